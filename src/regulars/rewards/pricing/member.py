"""Who stands at the counter, and what they may use: conditions, limits, points, what all members share.

`Purse` counts what is used up while one offer after the other applies to a cart.
"""

from collections import Counter as Count
from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from regulars.engine import taking
from regulars.engine.account import Account, Known
from regulars.engine.calendar import date_of
from regulars.engine.catalogue import Cost, Coupon, Offer, Reward, is_within
from regulars.engine.facts import Activity, Order
from regulars.engine.program import Cap, Programs, Scene, Version
from regulars.rewards.pricing.cart import Cart, Laid, Shelf
from regulars.rewards.pricing.discounts import No

# Of what all share: the code where nothing is left.
GONE = {"stock": "out_of_stock", "uses": "uses_reached", "budget": "budget_gone"}


class Visit(Struct, frozen=True):
    """A program, a member (None: a guest) as of now, and where they are."""

    programs: Programs
    account: Account | None
    at: int
    where: Activity
    shelf: Shelf

    @property
    def version(self) -> Version:
        return self.programs.at(self.at)

    def scene(self, cart: Cart) -> Scene:
        """What conditions may look at: the goods' total is as the shop prices them."""
        day, clock = self.programs.calendar.local(self.at)
        account = self.account or Account()
        order = Order("", self.at, cart.lines, None, 0, cart.channel, cart.store, (), partner=cart.partner,
                      country=cart.country)  # fmt: skip
        tiers = tuple(ladder.tier for ladder in account.ladders.values())
        net = sum(line.total for line in cart.lines if line.kind == "goods")
        known: Known = replace(account.known, nth=account.orders + 1)
        return Scene(day, clock, tiers, net, order, known)


class Purse(Struct):
    """What is used up so far: points by wallet, what all share by key, offers by name."""

    points: Count[str] = field(default_factory=Count)
    shared: Count[str] = field(default_factory=Count)
    taken: Count[str] = field(default_factory=Count)


def checked(visit: Visit, laid: Laid) -> Offer:
    """The offer that is laid there, which this member may use now. Raises No."""
    if laid.kind == "coupon":
        return _coupon(visit, laid)
    reward = laid.bought or visit.version.rewards.get(laid.name)
    if reward is None:
        raise No("reward_unknown")
    if laid.kind == "reward":
        account = member(visit)
        _refuse(taking.not_yet_or_over(visit.programs, reward, visit.at))
        _refuse(taking.not_for(visit.programs, account, reward, visit.at, visit.where))
    return reward


def member(visit: Visit) -> Account:
    """Who has an account that can spend. Raises No."""
    account = visit.account
    if account is None:
        raise No("member_needed")
    if account.closed_at is not None:
        raise No("account_closed")
    if account.enrolled_at is None:
        raise No("not_a_member")
    return account


def _refuse(no: taking.No | None) -> None:
    if no is not None:
        raise No(no[0], **no[1])


def _coupon(visit: Visit, laid: Laid) -> Coupon:
    coupon = visit.version.coupons.get(laid.name)
    if coupon is None:
        raise No("coupon_unknown")
    day = visit.programs.calendar.day(visit.at)
    if not is_within(day, coupon.since, None):
        raise No("coupon_not_yet", **{"from": str(date_of(coupon.since or 0))})
    if not is_within(day, None, coupon.until):
        raise No("coupon_over", until=str(date_of(coupon.until or 0)))
    if coupon.asks or coupon.member_for or coupon.limits or coupon.first_order_only:
        account = member(visit)
        _refuse(taking.not_for(visit.programs, account, coupon, visit.at, visit.where))
        if coupon.first_order_only and account.orders:
            raise No("first_order_only")
    return coupon


# What it uses up


def take(
    visit: Visit, purse: Purse, laid: Laid, offer: Offer, minor: int
) -> tuple[tuple[Cost, ...], int, dict[str, int]]:
    """The points and the money that it costs, and what it takes of what all share, all counted as used. Raises No."""
    _within_limits(visit, purse, laid, offer)
    takes = _of_all(visit, purse, laid, offer, minor)
    costs, cash = price(visit, laid, offer)
    if costs:
        afford(member(visit), purse, costs)
    purse.points.update({cost.wallet: cost.points for cost in costs})
    purse.shared.update(takes)
    purse.taken[offer.name] += laid.kind != "issued"
    return costs, cash, takes


def _within_limits(visit: Visit, purse: Purse, laid: Laid, offer: Offer) -> None:
    already = purse.taken[offer.name]
    if isinstance(offer, Coupon):
        for cap in offer.limits:
            if visit.shelf.used.get(key_of(offer, cap), 0) + already >= cap.at_most:
                raise No("coupon_limit_reached", at_most=cap.at_most, per=cap.per)
    elif isinstance(offer, Reward) and laid.kind == "reward":
        _refuse(taking.used_up(visit.programs, member(visit), offer, visit.at, already))


def key_of(offer: Offer, cap: Cap) -> str:
    """Under which a member's own uses of a coupon are handed in."""
    return f"uses:{offer.name}" if cap.per == "lifetime" else f"uses:{offer.name}/{cap.per}"


def _of_all(visit: Visit, purse: Purse, laid: Laid, offer: Offer, minor: int) -> dict[str, int]:
    """An issued reward took its piece when it was issued."""
    takes = {}
    for supply in offer.supply:
        word = supply.key.partition(":")[0]
        if laid.kind == "issued" and word != "budget":
            continue
        wanted = minor if word == "budget" else 1
        left = visit.shelf.left.get(supply.key)
        if left is not None and wanted > left - purse.shared[supply.key]:
            raise No(GONE[word], left=max(left - purse.shared[supply.key], 0))
        takes[supply.key] = wanted
    return takes


def price(visit: Visit, laid: Laid, offer: Offer) -> tuple[tuple[Cost, ...], int]:
    """What a reward that is bought now costs: all of its points, or some of them and the rest in money, rounded up."""
    if laid.kind != "reward" or not isinstance(offer, Reward):
        return (), 0
    costs = taking.costs_of(offer, member(visit))
    if not laid.points or not costs or laid.points == costs[0].points:
        return costs, 0
    whole, least = costs[0].points, max(offer.points_at_least, 1)
    if not offer.cash or not least <= laid.points <= whole:
        raise No("cost_differs", points=whole)
    cash = -(-offer.cash * (whole - laid.points) // whole)
    return (Cost(costs[0].wallet, laid.points),), cash


def afford(account: Account, purse: Purse, costs: Sequence[Cost]) -> None:
    for cost in costs:
        left = available(account, purse.points, cost.wallet)
        if cost.points > left:
            raise No("not_enough_points", available=left, wallet=cost.wallet)


def available(account: Account, used: Mapping[str, int], wallet: str) -> int:
    mine = account.wallets.get(wallet)
    return max((mine.available if mine else 0) - used.get(wallet, 0), 0)
