"""What the engine costs, measured in one run: CPU time per step, and the same in calls of an empty function.

Machines differ and are shared; a ratio within one run says more than a time. Nothing is read or written but memory.
"""

import gc
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from msgspec import Struct

from regulars.compiled import in_use
from regulars.engine import grammar
from regulars.engine.account import Account
from regulars.engine.due import advance
from regulars.engine.facts import Enrolment, Fact, Line, Order
from regulars.engine.fold import apply, fold
from regulars.engine.packing import packed, unpacked
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.engine.timeline import Happening, unrolled
from regulars.programs.presets import preset
from regulars.programs.tree import grown

DAY = 86_400_000_000
BEGIN = 1_767_225_600_000_000
CATEGORIES = ("oolong", "black-tea", "cups", "cake", "matcha", "sweets")
CALLS = 200_000
LIVE_LOTS = 50
MEMBERS = 200
MORE = 100
AGAIN = 20
LENGTHS = (100, 1_000, 10_000)


class Measured(Struct, frozen=True):
    """`microseconds` of CPU a piece; `calls`: the same in calls of an empty function."""

    name: str
    microseconds: float
    calls: float


class Bench(Struct, frozen=True):
    """`compiled`: how many modules ran as machine code (`regulars compile`)."""

    steps: list[Measured]
    account_bytes: int
    call_nanoseconds: float
    compiled: int

    @property
    def orders_per_second(self) -> float:
        return 1_000_000 / self.steps[0].microseconds


def bench_engine(progress: Callable[[str], None]) -> Bench:
    """Orders of three lines under the tea-house program, by one member after the other."""
    programs = _programs(1)
    steps = []
    with _undisturbed():
        call = _call_ns()
        progress("order")
        steps.append(_measured("order", _per_order(programs, MEMBERS, 50), call))
        for times in (2, 4):
            progress(f"rules x{times}")
            steps.append(_measured(f"rules x{times}", _per_order(_programs(times), MEMBERS // 4, 50), call))
        for length in LENGTHS:
            progress(f"history {length}")
            steps.append(_measured(f"history {length}", _in_order(programs, length), call))
        progress("late")
        steps.append(_measured("late", _late(programs), call))
    return Bench(steps, _account_bytes(programs), call, in_use())


def _measured(name: str, microseconds: float, call_ns: float) -> Measured:
    return Measured(name, microseconds, microseconds * 1000 / call_ns)


@contextmanager
def _undisturbed() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _programs(times: int) -> Programs:
    """The tea house, with all of its rules so many times."""
    tree: Any = grown(preset("tea-house")).tree
    rules = [rule for rule in tree["earn"] if rule.get("on", "order") == "order" and "limit" not in rule]
    for copy in range(1, times):
        tree["earn"] += [rule | {"rule": f"{rule['rule']}-{copy}"} for rule in rules]
    return Programs(1, [grammar.read(tree, 1, -(2**53))])


def _history(orders: int, seed: int, days: int = 2) -> list[Fact]:
    chance = random.Random(seed)  # noqa: S311  # the same orders every time
    at, found = BEGIN, list[Fact]([Enrolment("member", BEGIN)])
    for number in range(orders):
        at += 1 + int(DAY * days * 2 * chance.random())
        lines = tuple(
            Line(str(place), f"sku-{place}", chance.randint(1, 3), chance.choice([9_900, 25_000, 49_900, 12_050]),
                 chance.choice(CATEGORIES))
            for place in range(3)
        )  # fmt: skip
        found.append(Order(f"shop/{number}", at, lines, at, channel=chance.choice(["web", "store"]), store="north"))
    return found


def _call_ns() -> float:
    def nothing(value: int) -> int:
        return value

    def calls() -> None:
        for value in range(CALLS):
            nothing(value)

    return min(_seconds(calls) for _ in range(3)) / CALLS * 1e9


def _seconds(deed: Callable[[], object]) -> float:
    begun = time.process_time()
    deed()
    return time.process_time() - begun


def _per_order(programs: Programs, members: int, orders: int) -> float:
    """The best of three: microseconds an order, with the time that passes between them."""
    histories = [unrolled(_history(orders, seed)) for seed in range(members)]

    def all_of_them() -> None:
        for steps in histories:
            fold(Tape(programs, Account()), steps)

    return min(_seconds(all_of_them) for _ in range(3)) / (members * orders) * 1e6


def _in_order(programs: Programs, length: int) -> float:
    """One more order after so many, from the account as it is stored; days are looked up in the calendar once."""
    steps = unrolled(_history(length + MORE, 1, days=1))
    account = _stored(_folded(programs, steps[:-MORE]))

    def the_last(tape: Tape) -> None:
        for step in steps[-MORE:]:
            apply(tape, step)

    tapes = [Tape(programs, unpacked(account)) for _ in range(AGAIN)]
    return min(_seconds(partial(the_last, tape)) for tape in tapes) / MORE * 1e6


def _late(programs: Programs) -> float:
    """An order that is learned three weeks late, folded again from the state at the start of its month."""
    steps = unrolled(_history(LENGTHS[-1], 2, days=1))
    since = next(place for place, step in enumerate(steps) if step.step[0] > steps[-1].step[0] - 51 * DAY)
    tape = _folded(programs, steps[:since])
    advance(tape, steps[since].step[0] - 1)
    checkpoint = _stored(tape)

    def again() -> None:
        fold(Tape(programs, unpacked(checkpoint)), steps[since:])

    return min(_seconds(again) for _ in range(3)) * 1e6


def _folded(programs: Programs, steps: Sequence[Happening]) -> Tape:
    tape = Tape(programs, Account())
    for step in steps:
        apply(tape, step)
        tape.touched.clear()
        tape.entries.clear()
    return tape


def _stored(tape: Tape) -> bytes:
    return packed(tape.account)


def _account_bytes(programs: Programs) -> int:
    """An account with fifty live lots, as it is stored."""
    tape = Tape(programs, Account())
    for step in unrolled(_history(200, 3)):
        apply(tape, step)
        wallets = tape.account.wallets.values()
        if sum(len(wallet.lots) + len(wallet.waiting) for wallet in wallets) >= LIVE_LOTS:
            break
    return len(_stored(tape))
