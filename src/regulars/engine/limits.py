"""What a member may redeem: points by local day, as far back as a limit of the wallet looks.

Holds count from the day they were made; what is released, lapses or comes back gives its room back to that day. The
version in force when something was decided says whether it took any.
Worked examples: docs/rules/spending.md.
"""

from regulars.engine.account import Wallet
from regulars.engine.calendar import date_of, day_of
from regulars.engine.program import SpendRules
from regulars.engine.tape import Tape, wallet_of

PERIODS = ("day", "week", "month", "year")


def count(tape: Tape, name: str, decided_at: int, points: int) -> None:
    """A decision made at an instant took so many points, or gave them back. Days no limit looks at are forgotten."""
    rules = tape.programs.at(decided_at).wallets.get(name)
    if rules is None or not rules.spend.per:
        return
    wallet, day = wallet_of(tape.account, name), tape.programs.calendar.day(decided_at)
    if points < 0:
        wallet.redeemed = [(on, had + points if on == day else had) for on, had in wallet.redeemed]
    else:
        first = min(first_day(period, day) for period, _ in rules.spend.per)
        kept = {on: had for on, had in wallet.redeemed if on >= first}
        kept[day] = kept.get(day, 0) + points
        wallet.redeemed = sorted(kept.items())


def used(wallet: Wallet, period: str, day: int) -> int:
    """Points redeemed or held in the day, week, month or year that a local day lies in."""
    first = first_day(period, day)
    return sum([points for on, points in wallet.redeemed if on >= first])


def room(rules: SpendRules, wallet: Wallet, day: int) -> int | None:
    """How many more points may be redeemed on a day; None: no limit."""
    left = [most - used(wallet, period, day) for period, most in rules.per]
    return max(min(left), 0) if left else None


def first_day(period: str, day: int) -> int:
    """Weeks begin on Monday."""
    if period == "day":
        return day
    if period == "week":
        return day - (day + 3) % 7
    local = date_of(day)
    return day_of(local.replace(day=1) if period == "month" else local.replace(day=1, month=1))
