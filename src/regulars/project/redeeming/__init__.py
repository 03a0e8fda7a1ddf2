"""`regulars bench redeem`: tills that hold and capture over HTTP, beside pgbench on the same database in the same run.

A new installation in a temporary folder is measured, durable as in production, and removed afterwards. `shop` fills
it, `load` is the tills, `verb` runs all of it and prints.
"""
