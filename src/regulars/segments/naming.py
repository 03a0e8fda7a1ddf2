"""Segments that a program document names: a warning for each that programs cannot use, before it is published."""

from collections.abc import Iterator

from regulars.engine.problems import Problem
from regulars.programs.document import DocumentProblem, placed
from regulars.programs.models import Program
from regulars.programs.tree import Unreadable, grown
from regulars.segments.queries import told

# What documents ask for that is meant for no one: a reward that is only given by hand.
NOBODY = "nobody"


def warnings(slug: str, document: str) -> list[DocumentProblem]:
    """Nothing where the document cannot be read: that is said elsewhere."""
    try:
        source = grown(document)
    except Unreadable:
        return []
    program_id = Program.objects.filter(slug=slug).values_list("id", flat=True).first()
    known = told(program_id) if program_id else frozenset()
    named = [(path, name) for path, name in _named(source.tree, "") if name not in known and name != NOBODY]
    return placed(source, [Problem(path, name, "segment_unknown", tuple(sorted(known))) for path, name in named])


def _named(tree: object, path: str) -> Iterator[tuple[str, str]]:
    """Wherever a condition asks for segments."""
    if isinstance(tree, dict):
        for name, below in tree.items():
            place = f"{path}.{name}" if path else str(name)
            if name == "segment":
                yield from ((place, word) for word in ([below] if isinstance(below, str) else below or ()))
            else:
                yield from _named(below, place)
    elif isinstance(tree, list):
        for number, below in enumerate(tree):
            yield from _named(below, f"{path}[{number}]")
