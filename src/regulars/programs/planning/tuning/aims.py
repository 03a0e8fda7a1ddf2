"""What a plan shall come to: `cost <= 2 %`, `liability <= 5000`, `result >= 0`, `silver >= 15 %`.

`cost` and `liability` (at the end, as far as it will be redeemed) are of revenue where they are per cent, else money;
so are `margin`, what is left after rewards, and `result`, what the program adds. The name of a tier is the share of
those who stand on it or above at the end, of members who bought lately.
"""

import re
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from regulars.engine.money import minor_digits
from regulars.programs.planning.report import Report

ASKED = re.compile(r"\s*(?P<name>[\w-]+)\s*(?P<sign><=|>=)\s*(?P<bound>-?\d+(?:\.\d+)?)\s*(?P<percent>%)?\s*$")
MONEY = ("cost", "liability", "margin", "result")


class NoSuchAim(ValueError):
    """What was asked is no aim of this program."""


class Aim(Struct, frozen=True):
    """`bound`: a share of revenue or of members, else minor units."""

    name: str
    is_most: bool
    bound: Fraction
    is_share: bool
    asked: str

    def missed_by(self, value: Fraction) -> float:
        """0 where it is met; else by how much of the bound."""
        over = value - self.bound if self.is_most else self.bound - value
        return float(max(over, Fraction(0)) / (abs(self.bound) or 1))


def aim(asked: str, currency: str, tiers: list[str]) -> Aim:
    """Raises NoSuchAim."""
    found = ASKED.match(asked)
    if found is None:
        raise NoSuchAim(asked)
    name, is_share = found["name"], bool(found["percent"])
    if name not in MONEY and not (name in tiers and is_share):
        raise NoSuchAim(asked)
    bound = Fraction(Decimal(found["bound"]))
    scaled = bound / 100 if is_share else bound * 10 ** minor_digits(currency)
    return Aim(name, found["sign"] == "<=", scaled, is_share, asked.strip())


def measured(told: Report, name: str, is_share: bool) -> Fraction:
    """What a plan comes to by a measure."""
    if name in MONEY:
        verdict = told.verdict
        last = told.trade[-1].owed if told.trade else 0
        found = {"cost": verdict.cost, "liability": last, "margin": verdict.left, "result": verdict.result}[name]
        return Fraction(found, verdict.revenue or 1) if is_share else Fraction(found)
    main = [tier.tier for tier in told.tiers if tier.tier_set == told.tiers[0].tier_set]
    above = sum(members for tier, members in told.active if tier in main[main.index(name) :])
    return Fraction(above, sum(members for _, members in told.active) or 1)
