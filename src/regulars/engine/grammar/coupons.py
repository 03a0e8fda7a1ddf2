"""Coupons, and what goes together on one order."""

import re

from regulars.engine import phrases
from regulars.engine.catalogue import ALONE, ON_CARTS, Coupon, Stacking
from regulars.engine.document import RawCoupon
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.gives import gives
from regulars.engine.grammar.rewards import limits, named, offered
from regulars.engine.problems import Wrong

SHORTEST, LONGEST, USUAL = 8, 32, 12
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,31}", re.ASCII)
_PREFIX = re.compile(r"[A-Z0-9]{1,8}-?", re.ASCII)


def coupons(desk: Desk) -> dict[str, Coupon]:
    found: dict[str, Coupon] = {}
    codes: set[str] = set()
    rewards = {raw.reward for raw in desk.raw.rewards}
    for place, raw in enumerate(desk.raw.coupons):
        path = f"coupons[{place}]"
        named(desk, f"{path}.coupon", raw.coupon, "coupon")
        if raw.coupon in found or raw.coupon in rewards:
            desk.blame(f"{path}.coupon", raw.coupon, "name_taken", sort="coupon")
        if raw.code and raw.code in codes:
            desk.blame(f"{path}.code", raw.code, "code_taken")
        codes.add(raw.code)
        found[raw.coupon] = _coupon(desk, path, raw)
    return found


def _coupon(desk: Desk, path: str, raw: RawCoupon) -> Coupon:
    given = gives(desk, f"{path}.gives", raw.gives)
    if not given.changes_cart:
        desk.blame(f"{path}.gives", given.kind, "coupon_off_cart")
    _codes(desk, path, raw)
    _refers(desk, path, raw)
    return Coupon(
        codes=raw.codes,
        code=raw.code,
        prefix=raw.prefix,
        length=desk.take(f"{path}.length", raw.length, _length, USUAL),
        first_order_only=raw.first_order_only == "true",
        refers=raw.refers == "true",
        limits=limits(desk, f"{path}.limit", f"uses:{raw.coupon}", raw.limit),
        **offered(desk, path, raw, raw.coupon, given),
    )


def _codes(desk: Desk, path: str, raw: RawCoupon) -> None:
    is_public = raw.codes == "public"
    if is_public and not _CODE.fullmatch(raw.code):
        desk.blame(f"{path}.code", raw.code, "code_not_possible", "SPRING")
    if not is_public and raw.code:
        desk.blame(f"{path}.code", raw.code, "code_for_everybody")
    for word in ("prefix", "length", "valid"):
        if is_public and (said := getattr(raw, word)):
            desk.blame(f"{path}.{word}", said, "only_handed_out")
    if raw.prefix and not _PREFIX.fullmatch(raw.prefix):
        desk.blame(f"{path}.prefix", raw.prefix, "prefix_not_possible", "SP-")


def _refers(desk: Desk, path: str, raw: RawCoupon) -> None:
    if raw.refers != "true":
        return
    if raw.codes != "personal":
        desk.blame(f"{path}.refers", raw.refers, "refers_not_personal")
    if desk.raw.referral is None:
        desk.blame(f"{path}.refers", raw.refers, "referral_missing")


def _length(text: str) -> int:
    found = phrases.whole(text)
    if not SHORTEST <= found <= LONGEST:
        raise Wrong("code_length", least=str(SHORTEST), most=str(LONGEST))
    return found


def stacking(desk: Desk) -> Stacking:
    """Kinds that are not named apply last, in the usual order."""
    raw = desk.raw.stacking
    for kind in raw.order:
        if kind not in ON_CARTS or raw.order.count(kind) > 1:
            desk.blame("stacking.order", kind, "stacking_order", *ON_CARTS)
    if ALONE in raw.groups:
        desk.blame("stacking.groups", ALONE, "alone_is_no_group")
    groups: dict[str, str] = {**raw.groups}
    order = (*raw.order, *(kind for kind in ON_CARTS if kind not in raw.order))
    if raw.at_most.endswith("%"):
        return Stacking(order, groups, None, desk.take("stacking.at_most", raw.at_most, phrases.percent, None))
    most = desk.take("stacking.at_most", raw.at_most, lambda text: phrases.money(text, desk.raw.currency), None)
    return Stacking(order, groups, most)
