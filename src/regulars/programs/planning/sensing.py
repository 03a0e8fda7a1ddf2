"""How much a plan rests on each thing that it assumes: one is moved a little down and up, the others stay."""

from msgspec import Struct, structs

from regulars.engine.program import Version
from regulars.programs.planning.assuming import WHOLE, Assumed
from regulars.programs.planning.reckoning import reckoned
from regulars.programs.planning.tallying import Tally

# How far each is moved: hundredths of a per cent of points, revenue or purchases; whole months.
STEPS = {"redeemed": 1_500, "months": 2, "more_orders": 500, "more_per_order": 500, "margin": 500}


class Swing(Struct, frozen=True):
    """An assumption by name, moved to `low` and `high` around what was `stated`: what the program adds then (`result`),
    and what leaves the till within the months of the plan (`cash`), in minor units; `break_even` as in the verdict.
    """

    name: str
    low: int
    stated: int
    high: int
    result_low: int
    result_high: int
    cash_low: int
    cash_high: int
    break_even_low: int | None
    break_even_high: int | None

    @property
    def width(self) -> int:
        return abs(self.result_high - self.result_low)


def swings(version: Version, found: Tally, assumed: Assumed, since: int = 0) -> tuple[Swing, ...]:
    """The widest first. Nobody is taken to buy less than now because of a program."""
    shown = []
    for name, step in STEPS.items():
        stated = _value(assumed, name)
        low, high = max(stated - step, 0), stated + step
        if name in ("redeemed", "margin"):
            high = min(high, WHOLE)
        outcomes = (_outcome(version, found, _with(assumed, name, value), since) for value in (low, high))
        pairs = (end for both in zip(*outcomes, strict=True) for end in both)
        shown.append(Swing(name, low, stated, high, *pairs))
    return tuple(sorted(shown, key=lambda swing: -swing.width))


def _value(assumed: Assumed, name: str) -> int:
    holder = assumed.behaviour if name in assumed.behaviour.__struct_fields__ else assumed
    value: int = getattr(holder, name)
    return value


def _with(assumed: Assumed, name: str, value: int) -> Assumed:
    if name in assumed.behaviour.__struct_fields__:
        return structs.replace(assumed, behaviour=structs.replace(assumed.behaviour, **{name: value}))
    if name == "margin":
        moved = ((category, min(max(was + value - assumed.margin, 0), WHOLE)) for category, was in assumed.margins)
        return structs.replace(assumed, margin=value, margins=tuple(moved))
    return structs.replace(assumed, **{name: value})


def _outcome(version: Version, found: Tally, assumed: Assumed, since: int) -> tuple[int, int, int | None]:
    _, trade, verdict = reckoned(version, found, assumed, since)
    cash = sum(month.cash for month in trade)
    return verdict.result, cash + assumed.more_of(cash), verdict.break_even
