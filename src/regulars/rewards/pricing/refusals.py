"""Why something is not possible with a cart. Codes are stable for ever."""

from regulars.engine import decide

# What a quote says besides the engine's codes, and whether asking again can help with the same cart.
OWN = {
    "budget_gone": True,
    "cart_currency": False,
    "cart_empty": False,
    "cart_line_repeated": False,
    "cart_negative": False,
    "choice_missing": False,
    "choice_not_offered": False,
    "coupon_limit_reached": True,
    "coupon_not_yet": True,
    "coupon_over": False,
    "coupon_unknown": False,
    "first_order_only": False,
    "laid_repeated": False,
    "laid_unknown": False,
    "member_needed": False,
    "not_together": False,
    "nothing_left": False,
    "nothing_matches": False,
    "order_discount_reached": False,
    "order_too_small": False,
    "out_of_stock": True,
    "too_few_units": False,
    "uses_reached": True,
    "worth_nothing": False,
}
CODES = decide.CODES | OWN
