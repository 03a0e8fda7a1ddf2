"""The report of a plan: what would have been given by month and by rule, where members would stand, what it costs.

Of what stays issued the assumed part is redeemed so many months after it was issued, at what it is worth; the rest runs
out as it does in the fold. Money rounds down once for each month, the cost of all once by itself.
"""

from collections.abc import Iterable

from msgspec import Struct

from regulars.engine.program import Programs, Version, WalletRules
from regulars.programs.planning.assuming import Assumed
from regulars.programs.planning.comparing import Change, Outcome
from regulars.programs.planning.tallying import Tally, worth_of

WHOLE = 10_000


class Month(Struct, frozen=True):
    """`month` as 2026-07. Money in minor units: `redeemed_worth` leaves the till, `owed_worth` is still to be redeemed.

    Points: `issued`, `returned` with goods, `expired`, `redeemed` as assumed, `outstanding` at the end of the month.
    """

    month: str
    issued: int
    returned: int
    redeemed: int
    expired: int
    outstanding: int
    redeemed_worth: int
    owed_worth: int


class Wallet(Struct, frozen=True):
    """A wallet's months. `cost`: what the points that stay issued are worth as far as they are ever redeemed."""

    name: str
    months: tuple[Month, ...]
    cost: int


class Given(Struct, frozen=True):
    """What a rule gave, less what came back; `worth` in minor units as far as it is ever redeemed."""

    rule: str
    wallet: str
    times: int
    points: int
    worth: int


class Cut(Struct, frozen=True):
    """How often a bound of a wallet left less of an award, but not nothing."""

    wallet: str
    bound: str
    times: int


class Trade(Struct, frozen=True):
    """A month's trade with members: how many joined, their orders, and what is left of these in minor units."""

    month: str
    joined: int
    orders: int
    revenue: int


class Tier(Struct, frozen=True):
    """Members on a tier at the end of each month of the plan."""

    tier_set: str
    tier: str
    members: tuple[int, ...]


class Verdict(Struct, frozen=True):
    """`cost` of points as far as they are redeemed, `gross` what is left of revenue after goods, `left` after both.

    `break_even`: hundredths of a per cent that members must buy more for the program to pay for itself; None: they
    never could. `is_affordable` within the budget; None where nobody said one.
    """

    revenue: int
    cost: int
    gross: int
    left: int
    break_even: int | None
    is_affordable: bool | None


class Against(Struct, frozen=True):
    """Beside the program in force: its own verdict, and who would get more or less; see `comparing.Comparison`."""

    verdict: Verdict
    gain: int
    lose: int
    same: int
    gained: int
    lost: int
    moves: tuple[tuple[str, str, int], ...]
    most: tuple[Change, ...]


class Report(Struct, frozen=True):
    program: str
    currency: str
    months: tuple[str, ...]
    customers: int
    members: int
    trade: tuple[Trade, ...]
    wallets: tuple[Wallet, ...]
    rules: tuple[Given, ...]
    tiers: tuple[Tier, ...]
    idle_rules: tuple[str, ...]
    cut: tuple[Cut, ...]
    verdict: Verdict
    against: Against | None
    assumed: Assumed
    has_budgets: bool


def report(programs: Programs, came_of: Outcome, assumed: Assumed, in_force: Programs | None = None) -> Report:
    """What a fold comes to, under what is assumed; beside the program in force, where that was folded too."""
    version, found = programs.versions[-1], came_of.tally
    months = _months(found)
    wallets = tuple(_wallet(rules, found, months, assumed) for rules in version.wallets.values())
    revenue = sum(found.revenue.values())
    return Report(
        version.slug,
        version.currency,
        tuple(map(_named, months)),
        found.customers,
        sum(found.joined.values()),
        tuple(Trade(_named(month), found.joined[month], found.orders[month], found.revenue[month]) for month in months),
        wallets,
        tuple(_given(version, found, assumed)),
        tuple(_tiers(version, found, months)),
        tuple(rule.name for rule in version.rules if not found.times[rule.name]),
        tuple(Cut(wallet, bound, times) for (wallet, bound), times in sorted(found.cut.items())),
        _verdict(revenue, sum(wallet.cost for wallet in wallets), assumed),
        _against(in_force, came_of, assumed) if in_force else None,
        assumed,
        programs.has_budgets,
    )


def _months(found: Tally) -> range:
    """From the first in which anything happened to the last, without gaps."""
    known = [*found.orders, *found.joined, *(month for month, *_ in found.points)]
    return range(min(known), max(known) + 1) if known else range(0)


def _named(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _wallet(rules: WalletRules, found: Tally, months: range, assumed: Assumed) -> Wallet:
    behaviour, shown, moved = assumed.behaviour, [], _moved(rules.name, found)
    stays = _staying(moved, months)
    outstanding = issued_so_far = redeemed_so_far = 0
    for month in months:
        issued, returned, expired = (moved.get((month, move), 0) for move in ("issued", "returned", "expired"))
        redeemed = stays.get(month - behaviour.months, 0) * behaviour.redeemed // WHOLE
        expired = expired * (WHOLE - behaviour.redeemed) // WHOLE
        issued_so_far += issued - returned
        redeemed_so_far += redeemed
        outstanding += issued - returned - redeemed - expired
        owed = max(issued_so_far * behaviour.redeemed // WHOLE - redeemed_so_far, 0)
        worths = (worth_of(rules, redeemed), worth_of(rules, owed))
        shown.append(Month(_named(month), issued, returned, redeemed, expired, outstanding, *worths))
    cost = worth_of(rules, issued_so_far * behaviour.redeemed // WHOLE)
    return Wallet(rules.name, tuple(shown), cost)


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
    sums: dict[tuple[int, str], int] = {}
    for (month, name, move, _), points in found.points.items():
        if name == wallet:
            sums[month, move] = sums.get((month, move), 0) + points
    return sums


def _given(version: Version, found: Tally, assumed: Assumed) -> Iterable[Given]:
    """Rules in document order; what is not a rule's, as it is called, after them."""
    net: dict[tuple[str, str], int] = {}
    for (_, wallet, move, rule), points in found.points.items():
        if move != "expired":
            sign = 1 if move == "issued" else -1
            net[rule, wallet] = net.get((rule, wallet), 0) + sign * points
    order = {rule.name: place for place, rule in enumerate(version.rules)}
    for rule, wallet in sorted(net, key=lambda one: (order.get(one[0], len(order)), one)):
        rules, points = version.wallets[wallet], net[rule, wallet]
        worth = worth_of(rules, points * assumed.behaviour.redeemed // WHOLE)
        yield Given(rule, wallet, found.times[rule], points, worth)


def _tiers(version: Version, found: Tally, months: range) -> Iterable[Tier]:
    for name, rules in version.tier_sets.items():
        for level in rules.levels:
            members, shown = 0, []
            for month in months:
                members += sum(
                    count * ((to == level.tier) - (left == level.tier))
                    for (when, which, left, to), count in found.climbs.items()
                    if (when, which) == (month, name)
                )
                shown.append(members)
            yield Tier(name, level.tier, tuple(shown))


def _verdict(revenue: int, cost: int, assumed: Assumed) -> Verdict:
    gross = revenue * assumed.margin // WHOLE
    left = gross - cost
    # So much more bought brings so much more margin, and points for it.
    break_even = -(-cost * WHOLE // left) if left > 0 else None
    affordable = None if assumed.budget is None else cost <= assumed.budget
    return Verdict(revenue, cost, gross, left, break_even, affordable)


def _against(in_force: Programs, came_of: Outcome, assumed: Assumed) -> Against | None:
    before, found = came_of.before, came_of.comparison
    if before is None or found is None:
        return None
    months = _months(before)
    cost = sum(_wallet(rules, before, months, assumed).cost for rules in in_force.versions[-1].wallets.values())
    moves = tuple((left, to, count) for (left, to), count in sorted(found.moves.items()))
    verdict = _verdict(sum(before.revenue.values()), cost, assumed)
    return Against(verdict, found.gain, found.lose, found.same, found.gained, found.lost, moves, tuple(found.most))
