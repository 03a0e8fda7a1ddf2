"""The JSON Schemas of what people write: programs and stories."""

from regulars.engine.document import RawDocument
from regulars.engine.grammar.described import DESCRIBED
from regulars.engine.schema import Schema, schema_of
from regulars.programs.stories.written import RawStory


def program_schema() -> Schema:
    return schema_of(RawDocument, "Regulars: a program", DESCRIBED)


def story_schema() -> Schema:
    """A program inside of it is described by the schema of programs, a part of it by any of its words."""
    found, program = schema_of(RawStory, "Regulars: a story", {}), program_schema()
    found["$defs"] |= {f"Program{name}": _renamed(part) for name, part in program["$defs"].items()}
    inline = {"anyOf": [{"$ref": "#/$defs/ProgramDocument"}, {"type": "string"}]}
    found["$defs"]["Story"]["properties"]["program"] = inline
    return found


def _renamed(part: object) -> object:
    """The same with its references to parts of a program."""
    if isinstance(part, dict):
        return {
            name: below.replace("#/$defs/", "#/$defs/Program") if name == "$ref" else _renamed(below)
            for name, below in part.items()
        }
    return [_renamed(one) for one in part] if isinstance(part, list) else part
