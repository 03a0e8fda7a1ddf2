"""Why points, a reward or a coupon cannot be used, as one sentence in the language that is active now.

Codes and parameters are the engine's (`engine.decide`) and the cart's (`pricing.refusals`); here they get their words.
"""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "above_maximum": _("At most %(at_most)s points can be used at once."),
    "above_share_of_order": _("At most %(at_most)s points can pay for this order."),
    "account_closed": _("The membership has ended."),
    "actor_missing": _("It must be known who gives or takes points by hand."),
    "already_claimed": _("This order belongs to a member already."),
    "already_one": _("These are one member already."),
    "amount_not_positive": _("More than zero points are needed."),
    "approval_missing": _("A second person must approve more than %(above)s points."),
    "below_minimum": _("At least %(at_least)s points are used at once."),
    "budget_gone": _("This offer has been used up."),
    "cart_currency": _("Carts are priced in %(currency)s here."),
    "cart_empty": _("There is nothing in the cart."),
    "cart_line_repeated": _("The line %(line)s is in the cart twice."),
    "cart_negative": _("The line %(line)s is below zero."),
    "choice_missing": _("Choose one of these: %(products)s"),
    "choice_not_offered": _("This cannot be chosen; these can: %(products)s"),
    "claim_too_late": _("This order can no longer be claimed."),
    "cost_differs": _("The reward costs %(points)s points."),
    "coupon_limit_reached": _("This coupon was used as often as it may be."),
    "coupon_not_yet": _("This coupon can be used from %(from)s on."),
    "coupon_over": _("This coupon could be used until %(until)s."),
    "coupon_unknown": _("There is no such coupon."),
    "first_order_only": _("This coupon is for a first order."),
    "hold_closed": _("This reservation was completed or given back already."),
    "hold_ends_too_early": _("A reservation must end later than it begins."),
    "hold_lapsed": _("The time of this reservation is over."),
    "hold_unknown": _("There is no such reservation."),
    "laid_repeated": _("%(id)s is named twice."),
    "laid_unknown": _("Only a reward, an issued reward, a coupon or points can be used."),
    "limit_reached": _("%(room)s more points can be used for now."),
    "member_needed": _("This is for members."),
    "member_too_new": _("This can be had from %(from)s on, after a longer membership."),
    "merge_not_last": _("A later merge must be undone first."),
    "merge_unknown": _("There is no such merge."),
    "more_than_left": _("At most %(left)s points can be given back."),
    "not_a_guest": _("This order belongs to a member."),
    "not_a_member": _("Only members can use points."),
    "not_a_step": _("Points are used in steps of %(step)s."),
    "not_enough_points": _("There are only %(available)s points."),
    "not_for_member": _("This is for other members, or another time or place."),
    "not_together": _("This does not go together with another offer that is used."),
    "nothing_left": _("Nothing of the price is left to take off."),
    "nothing_matches": _("Nothing in the cart matches this offer."),
    "order_discount_reached": _("The most that can be taken off an order is reached."),
    "order_too_small": _("For orders of %(order_at_least)s or more; %(missing)s are missing."),
    "out_of_stock": _("This is out of stock."),
    "reason_missing": _("A reason is needed."),
    "redemption_unknown": _("There is no such redemption."),
    "reward_limit_reached": _("This reward was taken as often as it may be."),
    "reward_not_yet": _("This reward can be had from %(from)s on."),
    "reward_over": _("This reward could be had until %(until)s."),
    "reward_unknown": _("There is no such reward."),
    "too_few_units": _("At least %(needed)s matching units must be in the cart."),
    "uses_reached": _("This offer has been used by as many as may."),
    "wallet_unknown": _("There is no such wallet."),
    "worth_nothing": _("Such points do not pay for a cart."),
    "wrong_plan": _("This is for members with this plan: %(needed)s"),
    "wrong_segment": _("This is for these members: %(needed)s"),
    "wrong_tier": _("This is for members of this tier: %(needed)s"),
}
# Of these the sentence speaks of an adjustment, or of numbers that are not said here.
BY_TITLE = {"approval_missing"}
# Parameters that are money, by code: in minor units.
MONEY = {"order_too_small": ("order_at_least", "missing"), "budget_gone": ("left",)}


def precisely(code: str, parameters: Mapping[str, object], money: Callable[[int], str]) -> str:
    """What would have been possible; "" where that is not known."""
    if code not in SENTENCES or code in BY_TITLE:
        return ""
    try:
        return sentence(code, parameters, money)
    except KeyError:
        return ""


def sentence(code: str, parameters: Mapping[str, object], money: Callable[[int], str]) -> str:
    """The sentence of a refusal, its money (minor units) and numbers as people write them."""
    words = {name: f"{value:,}" if isinstance(value, int) else str(value) for name, value in parameters.items()}
    for name in MONEY.get(code, ()):
        words[name] = money(int(str(parameters[name])))
    return str(SENTENCES[code]) % words
