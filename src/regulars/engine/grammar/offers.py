"""What rewards and coupons cannot mean, and what is probably not meant."""

from regulars.engine.catalogue import Cost, Coupon, Reward
from regulars.engine.document import RawWhen
from regulars.engine.grammar.demand import demanded, named_in
from regulars.engine.grammar.desk import Desk
from regulars.engine.program import Version


def offers(desk: Desk, version: Version) -> None:
    """Asked of a document that is right in its parts."""
    raw = desk.raw
    for place, reward in enumerate(raw.rewards):
        _can_be_met(desk, f"rewards[{place}]", reward.when, reward.gives.on)
        if reward.gives.draw and all(prize.is_blank for prize in version.rewards[reward.reward].gives.prizes):
            desk.blame(f"rewards[{place}].gives.draw", "", "draw_of_blanks")
        if reward.shown_until and reward.until and reward.until < reward.shown_until:
            desk.warn(f"rewards[{place}].shown_until", reward.shown_until, "shown_when_over")
        if reason := _gives_away(version.rewards[reward.reward]):
            desk.warn(f"rewards[{place}].gives.credit", reward.gives.credit, reason)
    for place, coupon in enumerate(raw.coupons):
        _can_be_met(desk, f"coupons[{place}]", coupon.when, coupon.gives.on)
        if coupon.codes == "public" and not _is_bounded(version.coupons[coupon.coupon]):
            desk.warn(f"coupons[{place}]", coupon.coupon, "code_without_end")


def _can_be_met(desk: Desk, path: str, who: RawWhen | None, on: RawWhen | None) -> None:
    for word, when in (("when", who), ("gives.on", on)):
        if reason := demanded(when, desk.raw.currency, named_in(desk.raw)).contradiction:
            desk.blame_since(reason, f"{path}.{word}", "", "never_met")


def _gives_away(reward: Reward) -> str:
    """Why whoever takes it, at the least that it costs anybody, has more points than before, or newer ones."""
    credit, costs = reward.gives.cost, (reward.costs, *reward.costs_for.values())
    if credit is None:
        return ""
    if not all(costs):
        return "" if reward.limits or reward.supply else "credit_without_limit"
    alone = (asked[0] for asked in costs if len(asked) == 1)
    return "credit_pays_for_itself" if any(_is_no_more(cost, credit) for cost in alone) else ""


def _is_no_more(cost: Cost, credit: Cost) -> bool:
    return cost.wallet == credit.wallet and cost.points <= credit.points


def _is_bounded(coupon: Coupon) -> bool:
    return bool(coupon.limits or coupon.supply or coupon.until is not None or coupon.first_order_only)
