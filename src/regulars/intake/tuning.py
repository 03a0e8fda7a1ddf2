"""A draft tuned over a file of orders: a seeded sample of its customers for the search, all of them for the outcome."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, structs

from regulars.engine.document import DocumentErrors
from regulars.engine.facts import Fact, Order
from regulars.engine.grammar import reviewed
from regulars.engine.program import Programs
from regulars.intake.planning import ALWAYS, Question, Staged, always, fold_staged, sampled, staged
from regulars.intake.reading.mapping import Mapping
from regulars.intake.working import without_cycle_search
from regulars.programs.canonical import canonical
from regulars.programs.planning.assuming import Assumed
from regulars.programs.planning.comparing import outcome
from regulars.programs.planning.report import Report, report
from regulars.programs.planning.tallying import Span
from regulars.programs.planning.tuning.aims import Aim
from regulars.programs.planning.tuning.numbers import Number, moved
from regulars.programs.planning.tuning.searching import Search, Steps, search, tried

SAMPLE_ORDERS = 1_500
# So many of the best of the sample are folded over all customers, until one meets the aims there.
CONFIRMED = 3
Customers = Sequence[tuple[str, list[Fact]]]


class Wanted(Struct, frozen=True):
    """Which numbers of a tree to move, what its plan shall come to, under what is assumed; how to look and how long."""

    tree: Any
    numbers: tuple[Number, ...]
    aims: tuple[Aim, ...]
    assumed: Assumed
    seed: int
    seconds: float


class Tuned(Struct, frozen=True):
    """What a search found over `customers` of a sample, with `orders` of theirs; the best over all customers: its
    `steps`, its `text`, its whole report, what it comes to by each aim there, and whether it meets all of them.
    """

    found: Search
    customers: int
    orders: int
    steps: Steps
    text: str
    told: Report
    values: tuple[Fraction, ...]
    is_met: bool


def tune_file(
    wanted: Wanted, programs: Programs, path: Path, mapping: Mapping, progress: Callable[[int, int], None]
) -> Tuned | None:
    """None where the file holds no order of a known customer, or no candidate is a program.

    Raises Unreadable, and ImportError where scipy is not installed. `progress`: orders of the best that are folded, of
    how many.
    """
    # Before the file is read, which may take minutes.
    import_module("scipy.optimize")
    with staged(path, mapping, programs, ("", "")) as read:
        if read.span is None:
            return None
        span = structs.replace(read.span, categories=tuple(name for name, _ in wanted.assumed.margins))
        chosen = sampled(read, SAMPLE_ORDERS, wanted.seed)
        aims = [_of_sample(one, chosen, read) for one in wanted.aims]
        with without_cycle_search():
            found = search(
                wanted.numbers, aims, lambda steps: planned(wanted, steps, chosen, span), wanted.seed, wanted.seconds
            )
        return _confirmed(wanted, found, read, chosen, progress) if found.tried else None


def planned(wanted: Wanted, steps: Steps, chosen: Customers, span: Span) -> Report | None:
    """The plan of a candidate over some customers; None: it is no program."""
    try:
        version = reviewed(moved(wanted.tree, wanted.numbers, steps), 1, ALWAYS).version
    except DocumentErrors:
        return None
    programs = Programs(1, [version])
    return report(programs, outcome(programs, None, chosen, span), wanted.assumed)


def _of_sample(one: Aim, chosen: Customers, read: Staged) -> Aim:
    """Money of all customers becomes that of a sample, by its orders."""
    if one.is_share:
        return one
    return structs.replace(one, bound=one.bound * _orders(chosen) / max(read.orders, 1))


def _orders(chosen: Customers) -> int:
    return sum(isinstance(fact, Order) for _, facts in chosen for fact in facts)


def _confirmed(
    wanted: Wanted, found: Search, read: Staged, chosen: Customers, progress: Callable[[int, int], None]
) -> Tuned:
    """The first of the best that meets the aims over all customers, else the one that misses them least."""
    best: tuple[float, Tuned] | None = None
    for one in found.tried[:CONFIRMED]:
        text = text_of(moved(wanted.tree, wanted.numbers, one.steps))
        question = Question(text, categories=tuple(name for name, _ in wanted.assumed.margins))
        told = report(always(text), fold_staged(read, question, progress), wanted.assumed)
        again = tried(one.steps, wanted.numbers, wanted.aims, told)
        assert again is not None
        tuned = Tuned(found, len(chosen), _orders(chosen), one.steps, text, told, again.values, not again.missed)
        if best is None or again.missed < best[0]:
            best = (again.missed, tuned)
        if not again.missed:
            break
    assert best is not None
    return best[1]


def text_of(tree: Any) -> str:
    """The document in its canonical form; what was written beside it is not part of it."""
    return canonical(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))
