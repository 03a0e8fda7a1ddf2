"""`regulars bench orders`: orders over HTTP, through the gateway and the API door, beside pgbench in the same run.

A new installation in a temporary folder is measured, durable as in production, and removed afterwards. `shop` fills
it, `load` is the callers, `spent` counts CPU, `verb` runs all of it and prints.
"""
