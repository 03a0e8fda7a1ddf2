"""The schema of what is written as YAML: shape and names as strict as the reader, scalars as loose as other readers."""

from typing import Literal

from msgspec import Struct

from regulars.engine.schema import schema_of

SCALAR = ["string", "number", "boolean", "null"]


class RawLeaf(Struct, frozen=True, forbid_unknown_fields=True):
    """A leaf."""

    name: str
    color: str = "green"


class RawTree(Struct, forbid_unknown_fields=True):
    leaf: RawLeaf | None = None
    only: RawLeaf = RawLeaf("one")
    words: str | list[str] = ""
    several: list[RawLeaf] = []
    named: dict[str, str] = {}
    kind: Literal["", "true", "false", "both"] = ""
    plain: str = ""


DESCRIBED = {
    "Tree.words": ("Words.", "[a-z]+"),
    "Tree.named": ("Names.", "x"),
    "Tree.plain": ("", "y"),
    "Leaf.color": ("Which.", ""),
    "Tree.kind": ("A kind.", ""),
}


def test_the_whole_schema_of_a_small_document():
    leaf = {"$ref": "#/$defs/Leaf"}
    found = schema_of(RawTree, "A tree", DESCRIBED)
    assert found == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A tree",
        "$ref": "#/$defs/Tree",
        "$defs": {
            "Tree": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "leaf": leaf,
                    "only": leaf,
                    "words": {
                        "description": "Words.",
                        "anyOf": [
                            {"type": SCALAR, "pattern": "^([a-z]+)?$"},
                            {"type": "array", "items": {"type": SCALAR, "pattern": "^([a-z]+)?$"}},
                        ],
                    },
                    "several": {"type": "array", "items": leaf},
                    "named": {
                        "description": "Names.",
                        "type": "object",
                        "additionalProperties": {"type": SCALAR, "pattern": "^(x)?$"},
                    },
                    "kind": {"description": "A kind.", "enum": ["", "both", "false", "true", False, True]},
                    "plain": {"type": SCALAR, "pattern": "^(y)?$"},
                },
            },
            "Leaf": {
                "type": "object",
                "description": "A leaf.",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"type": SCALAR},
                    "color": {"description": "Which.", "type": SCALAR, "default": "green"},
                },
            },
        },
    }
