"""What a tally comes to in points and money, month by month, under what is assumed.

Where redemptions were simulated, what is redeemed, what expires and what is still wanted are those of the fold. Where
they were not, or something else is assumed than was simulated: of what stays issued the assumed part is redeemed so
many months after it was issued, at what it is worth, and the rest runs out as it does in the fold. Money rounds down
once for each month, the cost of all once by itself; a month's cost is what it adds to that.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from regulars.engine.program import Version, WalletRules
from regulars.programs.planning.assuming import WHOLE, Assumed, Behaviour
from regulars.programs.planning.tallying import GIVEN, Tally, worth_of

MOVES = (*GIVEN, "expired")


class Month(Struct, frozen=True):
    """`month` as 2026-07. Money in minor units: `redeemed_worth` leaves the till, `owed_worth` is still to be redeemed,
    `breakage_worth` is outstanding and never will be; `cost` is what the month's points add to the cost of all.

    Points: `issued`, `returned` with goods, `expired`, `redeemed` as assumed, `outstanding` at the end of the month.
    What was spent before its goods came back is returned when the member has points again.
    """

    month: str
    issued: int
    returned: int
    redeemed: int
    expired: int
    outstanding: int
    redeemed_worth: int
    owed_worth: int
    breakage_worth: int
    cost: int


class Wallet(Struct, frozen=True):
    """A wallet's months. `cost`: what the points that stay issued are worth as far as they are ever redeemed."""

    name: str
    months: tuple[Month, ...]
    cost: int


class Trade(Struct, frozen=True):
    """A month's trade with members: how many joined, their orders, and what is left of these in minor units: `revenue`,
    the margin of it (`gross`), and what is left of that after the `cost` of the month's points.

    `cash` leaves the till for what is redeemed; `owed` and `breakage` at the end; `so_far` the result up to then.
    """

    month: str
    joined: int
    orders: int
    revenue: int
    gross: int
    cost: int
    left: int
    cash: int
    owed: int
    breakage: int
    so_far: int


class Verdict(Struct, frozen=True):
    """`cost` of points as far as they are redeemed, `gross` what is left of revenue after goods, `left` after both.

    `break_even`: hundredths of a per cent that members must buy more for the program to pay for itself; None: they
    never could. `extra` is the margin on what they are assumed to buy more, `extra_cost` what points for that cost, and
    `result` what the program adds: extra less both costs. `pays_back`: the month from which on that is not below
    nothing; "": it is at the end. `is_affordable` within the budget; None where nobody said one.
    """

    revenue: int
    cost: int
    gross: int
    left: int
    break_even: int | None
    extra: int
    extra_cost: int
    result: int
    pays_back: str
    is_affordable: bool | None


def months_of(found: Tally) -> range:
    """From the first in which anything happened to the last, without gaps; what is wanted no more happens, too."""
    moved = (key[0] for counted in (found.points, found.spent, found.wanted) for key in counted)
    known = [*found.orders, *found.joined, *moved]
    return range(min(known), max(known) + 1) if known else range(0)


def named(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def wallets_of(version: Version, found: Tally, months: range, assumed: Assumed) -> tuple[Wallet, ...]:
    return tuple(_wallet(rules, found, months, assumed) for rules in version.wallets.values())


class Share(Struct, frozen=True):
    """Of what stays issued so much is ever redeemed, as a fraction."""

    parts: int
    of: int

    def __call__(self, points: int) -> int:
        return points * self.parts // self.of


def share_of(found: Tally, wallet: str, behaviour: Behaviour) -> Share:
    """As assumed, or as it came by simulation. Of another behaviour than was simulated as much less, or more, as it
    says less or more.
    """
    simulated, (_, stays) = found.behaviour, _staying_of(wallet, found)
    if simulated is None or not simulated.redeemed:
        return Share(behaviour.redeemed, WHOLE)
    parts = sum(points * WHOLE for (_, name), points in found.spent.items() if name == wallet)
    parts += sum(points for (_, name), points in found.wanted.items() if name == wallet)
    if stays <= 0:
        return Share(behaviour.redeemed, WHOLE)
    whole = stays * WHOLE * simulated.redeemed
    return Share(min(max(parts, 0) * behaviour.redeemed, whole), whole)


def share_of_rules(found: Tally, wallet: str, behaviour: Behaviour) -> Share:
    """The same of what stays of all that rules gave; what was spent before it went back is in that, too."""
    share, (given, stays) = share_of(found, wallet, behaviour), _staying_of(wallet, found)
    return Share(share.parts * stays, share.of * given) if given > 0 else share


def _staying_of(wallet: str, found: Tally) -> tuple[int, int]:
    """Points that were issued less those that went back, and with what of these was spent before."""
    sums: Counter[str] = Counter()
    for (_, name, move, _), points in found.points.items():
        if name == wallet:
            sums[move] += points
    given = sums["issued"] - sums["returned"]
    return given, given + sums["short"]


def _wallet(rules: WalletRules, found: Tally, months: range, assumed: Assumed) -> Wallet:
    if found.behaviour == assumed.behaviour:
        return _simulated(rules, found, months)
    behaviour, shown, moved = assumed.behaviour, [], _moved(rules.name, found)
    share, stays = share_of(found, rules.name, behaviour), _staying(moved, months)
    runs_out = WHOLE if found.behaviour else WHOLE - share(WHOLE)
    outstanding = issued_so_far = redeemed_so_far = cost = 0
    for month in months:
        issued, returned, expired = (moved.get((month, move), 0) for move in MOVES)
        redeemed = share(stays.get(month - behaviour.months, 0))
        expired = expired * runs_out // WHOLE
        issued_so_far += issued - returned
        redeemed_so_far += redeemed
        outstanding += issued - returned - redeemed - expired
        ever = share(issued_so_far)
        owed = worth_of(rules, max(ever - redeemed_so_far, 0))
        breakage = max(worth_of(rules, outstanding) - owed, 0)
        before, cost = cost, worth_of(rules, ever)
        worths = (worth_of(rules, redeemed), owed, breakage, cost - before)
        shown.append(Month(named(month), issued, returned, redeemed, expired, outstanding, *worths))
    return Wallet(rules.name, tuple(shown), cost)


def _simulated(rules: WalletRules, found: Tally, months: range) -> Wallet:
    """As members redeemed in the fold."""
    shown, moved, name = [], _moved(rules.name, found), rules.name
    outstanding = redeemed_so_far = wanted = cost = 0
    for month in months:
        issued, returned, expired = (moved.get((month, move), 0) for move in MOVES)
        redeemed = found.spent[month, name]
        redeemed_so_far += redeemed
        wanted += found.wanted[month, name]
        outstanding += issued - returned - redeemed - expired
        owed = worth_of(rules, max(wanted // WHOLE, 0))
        breakage = max(worth_of(rules, outstanding) - owed, 0)
        before, cost = cost, worth_of(rules, redeemed_so_far + wanted // WHOLE)
        worths = (worth_of(rules, redeemed), owed, breakage, cost - before)
        shown.append(Month(named(month), issued, returned, redeemed, expired, outstanding, *worths))
    return Wallet(name, tuple(shown), cost)


def _staying(moved: dict[tuple[int, str], int], months: range) -> dict[int, int]:
    """Of the points of each month those that never go back: what goes back counts against the latest before it."""
    stays: dict[int, int] = {}
    for month in months:
        stays[month] = moved.get((month, "issued"), 0)
        returned = moved.get((month, "returned"), 0)
        for earlier in range(month, months.start - 1, -1):
            part = min(returned, stays[earlier])
            stays[earlier] -= part
            returned -= part
    return stays


def _moved(wallet: str, found: Tally) -> dict[tuple[int, str], int]:
    """By month and one of `MOVES`."""
    sums: Counter[tuple[int, str]] = Counter()
    for (month, name, move, _), points in found.points.items():
        if name == wallet:
            sums[(month, "returned") if move == "short" else (month, move)] += -points if move == "short" else points
    return sums


def trade_of(found: Tally, months: range, wallets: Sequence[Wallet], assumed: Assumed) -> tuple[Trade, ...]:
    """All wallets together, month by month."""
    shown: list[Trade] = []
    paid, spent, sold = 0, 0, Counter[str]()
    for place, month in enumerate(months):
        mine = [wallet.months[place] for wallet in wallets]
        revenue, cost = found.revenue[month], sum(one.cost for one in mine)
        bought = {category: found.sold[month, category] for category, _ in assumed.margins}
        gross = assumed.gross_of(revenue, bought)
        paid, spent = paid + revenue, spent + cost
        sold.update(bought)
        # Rounded once, so that the last month says what the verdict says.
        so_far = assumed.more_of(assumed.gross_of(paid, sold)) - spent - assumed.more_of(spent)
        cash, owed = sum(one.redeemed_worth for one in mine), sum(one.owed_worth for one in mine)
        breakage = sum(one.breakage_worth for one in mine)
        counts = (found.joined[month], found.orders[month], revenue)
        shown.append(Trade(named(month), *counts, gross, cost, gross - cost, cash, owed, breakage, so_far))
    return tuple(shown)


def verdict_of(trade: Sequence[Trade], sold: Mapping[str, int], cost: int, assumed: Assumed) -> Verdict:
    revenue = sum(month.revenue for month in trade)
    gross = assumed.gross_of(revenue, sold)
    left = gross - cost
    # So much more bought brings so much more margin, and points for it.
    break_even = 0 if cost <= 0 else -(-cost * WHOLE // left) if left > 0 else None
    extra, extra_cost = assumed.more_of(gross), assumed.more_of(cost)
    affordable = None if assumed.budget is None else cost + extra_cost <= assumed.budget
    result = extra - cost - extra_cost
    return Verdict(revenue, cost, gross, left, break_even, extra, extra_cost, result, _since(trade), affordable)


def _since(trade: Sequence[Trade]) -> str:
    """The first of the last months in a row that are not below nothing."""
    found = ""
    for month in reversed(trade):
        if month.so_far < 0:
            break
        found = month.month
    return found


def reckoned(
    version: Version, found: Tally, assumed: Assumed, since: int = 0
) -> tuple[tuple[Wallet, ...], tuple[Trade, ...], Verdict]:
    """From a month on; what was issued before is part of what is outstanding, redeemed and owed."""
    months = months_of(found)
    shown = range(max(months.start, since), months.stop)
    wallets = tuple(_from(wallet, len(months) - len(shown)) for wallet in wallets_of(version, found, months, assumed))
    trade = trade_of(found, shown, wallets, assumed)
    sold: Counter[str] = Counter()
    for (month, category), amount in found.sold.items():
        sold[category] += amount if month in shown else 0
    return wallets, trade, verdict_of(trade, sold, sum(wallet.cost for wallet in wallets), assumed)


def _from(wallet: Wallet, place: int) -> Wallet:
    months = wallet.months[place:]
    return Wallet(wallet.name, months, sum(month.cost for month in months))
