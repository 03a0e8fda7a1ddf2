"""`regulars bench pages`: what main pages of console and portal take the server with many members, beside an empty one.

`shop` fills an installation, `round` opens its pages, `verb` says what came of it.
"""
