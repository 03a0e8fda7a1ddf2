"""Customers folded together, for programs whose budgets they share: every step of all of them in its total order.

Budgets are never drawn by time alone, so who comes first gets what is left, as at the till. All accounts are in memory
at once.
"""

from collections.abc import Iterable, Iterator
from heapq import merge

from regulars.engine.account import Account
from regulars.engine.due import advance
from regulars.engine.facts import Fact
from regulars.engine.fold import apply
from regulars.engine.program import Programs
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape
from regulars.engine.timeline import Happening, unrolled
from regulars.programs.planning.tallying import joining

Turn = tuple[tuple[int, int, str], int, Happening]


def together(programs: Programs, customers: Iterable[tuple[str, list[Fact]]], until: int) -> list[Tape]:
    """A tape for each customer, in the order given, up to an instant."""
    used: dict[str, int] = {}
    tapes: list[Tape] = []
    histories: list[Iterator[Turn]] = []
    for number, (_, facts) in enumerate(customers):
        tapes.append(Tape(programs, Account(), purse=Purse(used=used)))
        histories.append(_turns(number, unrolled(joining(programs, facts)), until))
    for _, number, step in merge(*histories, key=lambda turn: turn[:2]):
        apply(tapes[number], step)
    for tape in tapes:
        advance(tape, until)
    return tapes


def _turns(number: int, steps: list[Happening], until: int) -> Iterator[Turn]:
    return ((step.step, number, step) for step in steps if step.step[0] <= until)
