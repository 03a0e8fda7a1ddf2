"""JSON Schema of what is written as YAML: for editors that help while typing, and for whoever generates documents.

Our own reader keeps every scalar as text, other readers of YAML make numbers and truth values of some: both pass. The
schema is never stricter than the grammar about shape and names, and says less about meaning.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

Schema = dict[str, Any]
SCALAR = ["string", "number", "boolean", "null"]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(kind: type[Any], title: str, described: Mapping[str, tuple[str, str]]) -> Schema:
    """Of a struct named RawX; `described` holds a sentence and a pattern for `X.word`."""
    raw = msgspec.json.schema(kind)
    parts = {name.removeprefix("Raw"): part for name, part in raw["$defs"].items()}
    root = raw["$ref"].rpartition("/")[2].removeprefix("Raw")
    return {
        "$schema": DIALECT,
        "title": title,
        "$ref": f"#/$defs/{root}",
        "$defs": {name: _part(name, part, described) for name, part in parts.items()},
    }


def _part(name: str, raw: Schema, described: Mapping[str, tuple[str, str]]) -> Schema:
    words = {word: _word(f"{name}.{word}", said, described) for word, said in raw["properties"].items()}
    found: Schema = {"type": "object", "properties": words, "additionalProperties": False}
    if raw.get("description"):
        found["description"] = raw["description"]
    if raw.get("required"):
        found["required"] = raw["required"]
    return found


def _word(name: str, raw: Schema, described: Mapping[str, tuple[str, str]]) -> Schema:
    sentence, pattern = described.get(name, ("", ""))
    found = _loose(raw, pattern)
    return {"description": sentence} | found if sentence else found


def _loose(raw: Schema, pattern: str) -> Schema:
    """Text may be any scalar; defaults that say nothing are left out."""
    found = {name: value for name, value in raw.items() if name != "default" or (value and isinstance(value, str))}
    if "$ref" in found:
        return {"$ref": found["$ref"].replace("/Raw", "/")}
    if found.get("type") == "string":
        found["type"] = SCALAR
        if pattern:
            found["pattern"] = f"^({pattern})?$"
    if "enum" in found:
        found["enum"] = [*found["enum"], *(value == "true" for value in found["enum"] if value in ("true", "false"))]
    if "anyOf" in found:
        # A part that is left out is not written; one that is written empty is none.
        parts = [_loose(one, pattern) for one in found["anyOf"] if one != {"type": "null"}]
        found = parts[0] if len(parts) == 1 else found | {"anyOf": parts}
    for below in ("items", "additionalProperties"):
        if isinstance(found.get(below), dict):
            found[below] = _loose(found[below], pattern)
    return found
