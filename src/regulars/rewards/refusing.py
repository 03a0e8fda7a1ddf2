"""Why nothing of what was asked about rewards was done. Codes are stable for ever and never reused."""

from collections.abc import Mapping

# Every code of this room, and whether the same request may be granted later. What a program's own rules refuse has the
# engine's codes (engine/decide.py, pricing).
CODES = {
    "adjustment_decided": False,
    "adjustment_unknown": False,
    "already_shipped": False,
    "approval_needless": False,
    "approval_own": False,
    "batch_cancelled": False,
    "batch_unknown": False,
    "cause_reused": False,
    "checkout_captured": False,
    "checkout_lapsed": False,
    "checkout_released": False,
    "checkout_unknown": False,
    "checkout_voided": False,
    "code_cancelled": False,
    "code_days": False,
    "code_expired": False,
    "code_held": True,
    "code_length": False,
    "code_mistyped": False,
    "code_not_yet_valid": True,
    "code_of_other_member": False,
    "code_unknown": False,
    "code_unsafe": False,
    "code_used": False,
    "codes_taken": False,
    "coupon_unknown": False,
    "draw_blank": False,
    "draw_unopened": False,
    "fulfilment_order": False,
    "hold_length": False,
    "issued_unknown": False,
    "member_unknown": False,
    "not_a_draw": False,
    "nothing_laid": False,
    "number_reused": False,
    "own_code": False,
    "phone_ambiguous": False,
    "plan_endless": False,
    "pool_empty": True,
    "reward_unknown": False,
    "seed_lost": True,
    "stock_quantity": False,
    "too_many_codes": True,
}


class Refused(Exception):
    """Nothing was changed. `parameters` say what would have been possible, `about` which thing of several it is."""

    def __init__(self, code: str, parameters: Mapping[str, object] | None = None, about: str = "") -> None:
        super().__init__(code)
        self.code, self.parameters, self.about = code, dict(parameters or {}), about
