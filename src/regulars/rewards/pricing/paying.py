"""Points that pay for a cart as money: as many as fit, at what they are worth, within the wallet's bounds.

Their worth is rounded down to the smallest unit of money and spread over the lines by largest remainder.
"""

from collections.abc import Sequence

from regulars.engine import decide, limits
from regulars.engine.catalogue import Cost
from regulars.rewards.pricing import member
from regulars.rewards.pricing.cart import Laid
from regulars.rewards.pricing.discounts import No
from regulars.rewards.pricing.member import Purse, Visit
from regulars.rewards.pricing.remaining import Off, Rest, shared


def pay(visit: Visit, purse: Purse, laid: Laid, rests: Sequence[Rest]) -> tuple[Off, Cost]:
    """What so many points take off what is left of the cart. Raises No."""
    account, rules = member.member(visit), visit.version.wallets.get(laid.wallet)
    if rules is None:
        raise No("wallet_unknown")
    if laid.points <= 0:
        raise No("amount_not_positive")
    if rules.value is None or not rules.value.minor:
        raise No("worth_nothing")
    left = sum(rest.left for rest in rests)
    fitting = left * rules.value.points // rules.value.minor
    points = min(laid.points, fitting - fitting % rules.spend.step)
    if not points:
        raise No("nothing_left")
    if refused := decide.refusal_of_bounds(rules, left, points):
        raise No(refused.code, **refused.parameters)
    member.afford(account, purse, (Cost(laid.wallet, points),))
    mine = account.wallets[laid.wallet]
    room = limits.room(rules.spend, mine, visit.programs.calendar.day(visit.at))
    if room is not None and points > room - purse.points[laid.wallet]:
        raise No("limit_reached", room=max(room - purse.points[laid.wallet], 0))
    purse.points[laid.wallet] += points
    minor = points * rules.value.minor // rules.value.points
    return Off(shared(minor, {rest.line.line: rest.left for rest in rests})), Cost(laid.wallet, points)
