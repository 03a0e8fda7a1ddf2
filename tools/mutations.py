"""The mutants of a module, as Mutmut makes them: those of functions and methods, not of decorated ones.

`strict=True` is no deed but a claim, as an assertion is: nobody sees it while it holds, so it is left as it is.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import libcst
from msgspec import Struct
from mutmut.mutation.file_mutation import create_mutations

from tools.mutants import Mutant

CLAIM = re.compile(r",\s*strict=\w+|,\s*(?=\))")


class Changed(Struct, frozen=True):
    """A mutant, the whole of its function as it would be, and the lines of the module that it would change."""

    mutant: Mutant
    function: str
    lines: range


def mutations(path: Path) -> Iterator[Changed]:
    """Always in the same order."""
    text = path.read_text()
    module, found, _, _ = create_mutations(str(path), text)
    begins, places = dict(_beginnings(ast.parse(text).body)), dict(_places(module.body))
    for mutation in found:
        node = mutation.contained_by_top_level_function
        if node not in places:
            continue
        function = node.with_changes(leading_lines=())
        changed = function.deep_replace(mutation.original_node, mutation.mutated_node)
        code = module.code_for_node(changed)
        was, becomes = module.code_for_node(function).splitlines(), code.splitlines()
        if CLAIM.sub("", "\n".join(was)) != CLAIM.sub("", "\n".join(becomes)):
            first, after = _same(was, becomes)
            mutant = Mutant(places[node], _told(was, first, after), _told(becomes, first, after))
            begin = begins[places[node]]
            yield Changed(mutant, code, range(begin + first, begin + len(was) - after))


def _same(was: list[str], becomes: list[str]) -> tuple[int, int]:
    """How many lines are the same at the beginning, and how many at the end."""
    most = min(len(was), len(becomes))
    first = next((n for n in range(most) if was[n] != becomes[n]), most)
    return first, next((n for n in range(most - first) if was[-1 - n] != becomes[-1 - n]), most - first)


def _told(lines: list[str], first: int, after: int) -> str:
    return "\n".join(line.strip() for line in lines[first : len(lines) - after])


def _places(body: Sequence[libcst.CSTNode], within: str = "") -> Iterator[tuple[libcst.FunctionDef, str]]:
    for node in body:
        if isinstance(node, libcst.FunctionDef):
            yield node, within + node.name.value
        elif isinstance(node, libcst.ClassDef):
            yield from _places(node.body.body, f"{node.name.value}.")


def _beginnings(body: Sequence[ast.stmt], within: str = "") -> Iterator[tuple[str, int]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield within + node.name, node.decorator_list[0].lineno if node.decorator_list else node.lineno
        elif isinstance(node, ast.ClassDef):
            yield from _beginnings(node.body, f"{node.name}.")
