"""What whoever wrote a document probably meant where it cannot be read: the nearest word, the plain sign, another way.

A hint is data, in what a problem `told`: its name, and what its sentence names. `problems` gives it its words.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from msgspec.structs import replace

from regulars.engine.problems import Problem
from regulars.programs.currencies import meant_currency
from regulars.programs.tree import Tree, at
from regulars.programs.typed import Typed, typed_otherwise

ALIKE = 0.7
# All that may stand there is named.
NAMED_ALL = ("word_unknown", "value_not_possible")
_SHARE = re.compile(r"\d+(?:\.\d+)?%", re.ASCII)
_THOUSANDS = re.compile(r"(?<![\d.])(\d{1,3})((?:, ?\d{3})+)(?!\d)", re.ASCII)


def hinted(problem: Problem, tree: Tree) -> Problem:
    """The same with a hint, where there is one."""
    if "hint" in problem.told:
        return problem
    if found := _typed(problem):
        is_of_structure = found.instead == ":" and problem.code in ("braces_comma", "not_a_part", "word_unknown")
        return _with(problem, "sign", sign=found.sign, instead=": " if is_of_structure else found.instead)
    if amount := _in_thousands(problem):
        return replace(problem, code="comma_in_amount", allowed=(amount,))
    if _is_about_birthdays(problem, tree):
        return _with(problem, "birthday")
    if problem.code in ("not_a_gift", "not_a_share") and _SHARE.match(problem.value):
        return _with(problem, "share")
    near = _meant(problem)
    return _with(problem, "near", near=near) if near else problem


def _meant(problem: Problem) -> str:
    if problem.code == "currency_unknown":
        return meant_currency(problem.value)
    return nearest(problem.value, problem.allowed) if problem.code in NAMED_ALL else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like it; "" where none is."""
    return next(iter(get_close_matches(word.lower(), known, 1, ALIKE)), "")


def _with(problem: Problem, hint: str, **told: str) -> Problem:
    return replace(problem, told=problem.told | told | {"hint": hint})


def _typed(problem: Problem) -> Typed | None:
    """Where the value is a text that may be anything, its signs are not what is wrong."""
    is_misread = problem.code.startswith("not_") or problem.code.endswith(("_unknown", "_not_possible"))
    if is_misread or problem.code in ("braces_comma", "one_of"):
        return typed_otherwise(problem.value)
    return None


def _in_thousands(problem: Problem) -> str:
    """ "1 point per 1000 TWD" of "1 point per 1,000 TWD"; braces take that apart at its comma."""
    if problem.code == "braces_comma":
        said = problem.allowed[0].strip('"')
    elif problem.code.startswith("not_") and problem.code != "not_yaml":
        said = problem.value
    else:
        return ""
    amount = _THOUSANDS.sub(lambda found: found[1] + re.sub(r"\D", "", found[2]), said)
    return amount if amount != said else ""


def _is_about_birthdays(problem: Problem, tree: Tree) -> bool:
    if problem.code == "word_unknown":
        return problem.value == "birthday" and ".when" in problem.path
    if problem.code != "only_orders_multiply":
        return False
    rule = at(tree, problem.path)
    return isinstance(rule, dict) and rule.get("on") == "birthday"
