"""What else is wrong with a document in which a word is none of the few that are possible.

What such a word means is not known, so that the document is judged with each that may stand there: only what is wrong
with all of them is said. Where that would be too many ways, these words are said first.
"""

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from regulars.engine.document import DocumentErrors
from regulars.engine.problems import Problem
from regulars.programs.tree import Tree, at, copied

WAYS_AT_MOST = 36


def all_wrong(tree: Tree, problems: Sequence[Problem], judge: Callable[[Tree], object]) -> list[Problem]:
    """These problems, and those that `judge` finds by any choice; it raises DocumentErrors."""
    choices = [problem for problem in problems if problem.code == "value_not_possible"]
    if not choices or len(choices) < len(problems) or prod(len(one.allowed) for one in choices) > WAYS_AT_MOST:
        return list(problems)
    common: list[Problem] | None = None
    for words in product(*(problem.allowed for problem in choices)):
        found = _found(tree, dict(zip((one.path for one in choices), words, strict=True)), judge)
        common = found if common is None else [problem for problem in common if problem in found]
        if not common:
            break
    return [*problems, *(common or [])]


def _found(tree: Tree, words: dict[str, str], judge: Callable[[Tree], object]) -> list[Problem]:
    chosen = copied(tree)
    for path, word in words.items():
        above, _, name = path.rpartition(".")
        part = at(chosen, above)
        if isinstance(part, dict) and name in part:
            part[name] = word
    try:
        judge(chosen)
    except DocumentErrors as errors:
        return errors.problems
    return []
