"""Shortfalls that the till settles in money: `when_short: charge`.

A quote names the points that are short, as if the till withheld money for them; the refund then records which points it
did withhold money for, and that stands, also where the policy is another one by then: they come first. What is short
beyond them is owed, or let go under `write_off`. Money is rounded half up, cumulatively over those points of an order
that were charged at the same worth; another worth in a later version changes nothing about them. Only a refund can
charge: where nobody is at the till, the shortfall is owed. Worked examples: docs/rules/shortfall.md.
"""

from regulars.engine import lots
from regulars.engine.account import Charged, Lot, Memo, Wallet
from regulars.engine.lots import Move
from regulars.engine.program import WalletRules, Worth
from regulars.engine.tape import Touched

WORTHLESS = Worth(0, 1)


def taken_back(
    touched: Touched, wallet: Wallet, rules: WalletRules | None, name: str, like: Lot, at: int
) -> list[Move]:
    """Take so many points of an order back by the wallet's policy in force; those with the same dates first."""
    cause, funder, points, dates = like.cause, like.funder, like.points, (lots.last(like), like.matures_at)
    kept = recorded(touched, name, points)
    policy = rules.when_short if rules else "deficit"
    if policy == "charge" and touched.withheld is not None:
        policy = "deficit"
    moves = lots.take_back(wallet, cause, points - kept, policy, at, funder, dates=dates)
    if kept:
        moves.append(("charged", "issued", kept, funder))
    charge(touched.memo, rules, name, sum([moved for place, _, moved, _ in moves if place == "charged"]))
    return moves


def recorded(touched: Touched, name: str, points: int) -> int:
    """How many of the points money was withheld for, whatever the policy is by now; each is counted once."""
    kept = min(points, max((touched.withheld or {}).get(name, 0), 0))
    if kept and touched.withheld:
        touched.withheld[name] -= kept
    return kept


def charge(memo: Memo, rules: WalletRules | None, name: str, points: int) -> None:
    """Points and the money for them; none is known where they are worth nothing any more."""
    if points:
        value = rules.value if rules and rules.value else WORTHLESS
        so_far, worth = memo.charged.get(name) or Charged(), (value.minor, value.points)
        had = so_far.by_worth.get(worth, 0)
        minor = so_far.minor + money_for(value, had + points) - money_for(value, had)
        now = Charged(so_far.points + points, minor, {**so_far.by_worth, worth: had + points})
        memo.charged = {**memo.charged, name: now}


def money_for(worth: Worth, points: int) -> int:
    """Minor units, half up."""
    return (2 * points * worth.minor + worth.points) // (2 * worth.points)


def withheld(before: Memo | None, after: Memo) -> dict[str, tuple[int, int]]:
    """By wallet, the points charged between two states of an order's memo, and the minor units to withhold for them."""
    was = before.charged if before else {}
    found = {}
    for name, now in after.charged.items():
        had = was.get(name) or Charged()
        if now.points != had.points:
            found[name] = (now.points - had.points, now.minor - had.minor)
    return found
