"""Customers folded together, for programs whose budgets they share: every step of all of them in its total order.

Budgets are never drawn by time alone, so who comes first gets what is left, as at the till. All accounts are in memory
at once.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import merge

from regulars.engine.account import Account
from regulars.engine.due import advance
from regulars.engine.facts import Fact
from regulars.engine.fold import apply
from regulars.engine.program import Programs
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape
from regulars.engine.timeline import Happening, unrolled
from regulars.programs.planning.redeeming import Redeemer, Redeeming
from regulars.programs.planning.tallying import Span, joining

# Folded before somebody hears of it.
STEPS = 1_000

Turn = tuple[tuple[int, int, str], int, Happening]


def together(
    programs: Programs,
    customers: Iterable[tuple[str, list[Fact]]],
    span: Span,
    by: Redeeming | None = None,
    heard: Callable[[], None] = lambda: None,
) -> list[Tape]:
    """A tape for each customer, in the order given, up to an instant, and what they redeem on the way.

    `heard` is called every so many steps.
    """
    used: dict[str, int] = {}
    until = span.until
    tapes: list[Tape] = []
    redeemers: list[Redeemer | None] = []
    histories: list[Iterator[Turn]] = []
    for number, (customer, facts) in enumerate(customers):
        tapes.append(Tape(programs, Account(), purse=Purse(used=used)))
        steps = unrolled(joining(programs, facts, span.is_joining_told))
        redeemers.append(by.of(customer, steps[0].step[0]) if by and steps else None)
        histories.append(_turns(number, steps, until))
    for place, ((at, *_), number, step) in enumerate(merge(*histories, key=lambda turn: turn[:2])):
        if place % STEPS == 0:
            heard()
        if redeemer := redeemers[number]:
            redeemer.until(tapes[number], at)
        apply(tapes[number], step)
    for tape, redeemer in zip(tapes, redeemers, strict=True):
        if redeemer:
            redeemer.until(tape, until)
        advance(tape, until)
        if redeemer:
            redeemer.settle(tape, until)
    return tapes


def _turns(number: int, steps: list[Happening], until: int) -> Iterator[Turn]:
    return ((step.step, number, step) for step in steps if step.step[0] <= until)
