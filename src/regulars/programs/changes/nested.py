"""Conditions as they are told on one line, "any: ((category: tea), (tier: gold)), spend: 500 TWD", as words and values.

A value is a phrase, several of them, or conditions of its own.
"""

import re
from collections.abc import Iterator

Value = str | list["Value"] | dict[str, "Value"]

WORD = re.compile(r"([a-z_]+|zh-Han[ts]): ")
DEEPER = {"(": 1, ")": -1}


def nested(said: str) -> Value:
    """What a comma parts from a value without beginning a word belongs to that value."""
    parts: list[str] = []
    for part in _parted(said):
        if parts and WORD.match(parts[0]) and not WORD.match(part):
            parts[-1] += f", {part}"
        else:
            parts.append(part)
    heads = [WORD.match(part) for part in parts]
    if all(heads):
        return {head[1]: _value(part[head.end() :]) for head, part in zip(heads, parts, strict=True) if head}
    return [_value(part) for part in parts]


def _value(said: str) -> Value:
    if said.startswith("(") and len(list(_parted(said))) == 1:
        return nested(said[1:-1])
    return nested(said) if len(list(_parted(said))) > 1 else said


def _parted(said: str) -> Iterator[str]:
    """At the commas that stand inside of no bracket."""
    begun = depth = 0
    for place, sign in enumerate(said):
        depth += DEEPER.get(sign, 0)
        if not depth and said.startswith(", ", place):
            yield said[begun:place]
            begun = place + 2
    yield said[begun:]
