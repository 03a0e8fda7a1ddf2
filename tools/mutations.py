"""The mutants of a module, as Mutmut makes them: those of functions and methods, not of decorated ones."""

from collections.abc import Iterator, Sequence
from difflib import ndiff
from pathlib import Path

import libcst
from mutmut.mutation.file_mutation import create_mutations

from tools.mutants import Mutant


def mutations(path: Path) -> Iterator[tuple[Mutant, str]]:
    """Each with the whole source as it would be; always in the same order."""
    text = path.read_text()
    module, found, _, _ = create_mutations(str(path), text)
    places = dict(_places(module.body))
    for mutation in found:
        function = mutation.contained_by_top_level_function
        changed = module.deep_replace(mutation.original_node, mutation.mutated_node)
        if function in places and isinstance(changed, libcst.Module) and changed.code != text:
            told = list(ndiff(text.splitlines(), changed.code.splitlines()))
            yield Mutant(places[function], _lines(told, "-"), _lines(told, "+")), changed.code


def _lines(told: list[str], sign: str) -> str:
    return "\n".join(line[2:].strip() for line in told if line.startswith(f"{sign} "))


def _places(body: Sequence[libcst.CSTNode], within: str = "") -> Iterator[tuple[libcst.FunctionDef, str]]:
    for node in body:
        if isinstance(node, libcst.FunctionDef):
            yield node, within + node.name.value
        elif isinstance(node, libcst.ClassDef):
            yield from _places(node.body.body, f"{node.name.value}.")
