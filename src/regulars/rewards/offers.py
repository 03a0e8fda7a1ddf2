"""What a program offers, as this room asks for it: rewards, coupons, and the things of which there are only so many."""

from collections.abc import Mapping

from msgspec.structs import replace

from regulars.engine.calendar import date_of
from regulars.engine.catalogue import Coupon, Offer, Reward, Supply
from regulars.engine.program import Programs


def reward(programs: Programs, name: str, at: int) -> Reward | None:
    return programs.at(at).rewards.get(name)


def issued(programs: Programs, name: str, issued_at: int, now: int) -> Reward | None:
    """As it was when a copy was issued; how much all share is as the version in force says, while it has the reward."""
    then, present = reward(programs, name, issued_at), reward(programs, name, now)
    return then if then is None or present is None else replace(then, supply=present.supply)


def asks_second_person(programs: Programs, offer: Reward, at: int) -> bool:
    """Whether nobody may give it alone: by its own word, or by how much of a wallet one person may give."""
    given = offer.gives.cost
    if offer.needs_approval or given is None:
        return offer.needs_approval
    above = programs.at(at).wallets[given.wallet].spend.approve_above
    return above is not None and given.points > above


def coupon(programs: Programs, name: str, at: int) -> Coupon | None:
    return programs.at(at).coupons.get(name)


def public_codes(programs: Programs, at: int) -> dict[str, str]:
    """Coupons by the code that everybody may know."""
    return {one.code: one.name for one in programs.at(at).coupons.values() if one.code}


def things_of(programs: Programs, offer: Offer, at: int) -> dict[str, Supply]:
    """What is taken of when somebody uses the offer now: where it renews itself, that of its present window."""
    return {_windowed(programs, supply.key, supply.per, at): supply for supply in offer.supply}


def budgets(sizes: Mapping[str, int]) -> dict[str, int]:
    """Those of which money is taken, as much as an offer takes off a cart."""
    return {thing: size for thing, size in sizes.items() if thing.startswith("budget:")}


def own_uses(programs: Programs, coupon: Coupon, member: object, at: int) -> dict[str, str]:
    """By what counts a member's uses of a coupon now, the window that it is: `member:spring:… → month`."""
    windows = {cap.per for cap in coupon.limits}
    return {_windowed(programs, f"member:{coupon.name}:{member}", per, at): per for per in sorted(windows)}


def _windowed(programs: Programs, key: str, per: str, at: int) -> str:
    if per == "lifetime":
        return key
    calendar = programs.calendar
    return f"{key}@{per}:{date_of(calendar.window(calendar.day(at), per))}"
