"""Cells of files that people open in a spreadsheet: what it would run as a formula gets an apostrophe in front."""

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A telephone's number with its plus is none of these: it would lose the plus.
NUMBER = re.compile(r"-[0-9]+(?:[.,][0-9]+)*|[+][0-9]{1,3}(?:,[0-9]{3})*")


def harmless(text: str) -> str:
    """What is a number with a sign stays one."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text) else text
