"""The report of a plan: what would have been given by month and by rule, to whom, where members would stand, what it
costs, and how much that rests on what is assumed.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from regulars.engine.program import Programs, Version
from regulars.programs.beginning import has_begun
from regulars.programs.planning.assuming import WHOLE, Assumed
from regulars.programs.planning.comparing import Change, Group, Outcome
from regulars.programs.planning.reckoning import (
    Trade,
    Verdict,
    Wallet,
    months_of,
    named,
    reckoned,
    share_of,
    share_of_rules,
)
from regulars.programs.planning.sensing import Swing, swings
from regulars.programs.planning.tallying import GIVEN, Tally, worth_of


class Getter(Struct, frozen=True):
    """Members who stand on a tier at the end and got something by a rule, and how many points."""

    tier: str
    members: int
    points: int


class Given(Struct, frozen=True):
    """What a rule gave, less what came back; `worth` in minor units as far as it is ever redeemed. `to`: by main tier,
    the lowest first.
    """

    rule: str
    wallet: str
    times: int
    points: int
    worth: int
    to: tuple[Getter, ...]

    @property
    def members(self) -> int:
        return sum(getter.members for getter in self.to)


class Issued(Struct, frozen=True):
    """What a rule gave in each month of the plan, before anything came back."""

    rule: str
    wallet: str
    points: tuple[int, ...]


class Cut(Struct, frozen=True):
    """How often a bound of a wallet left less of an award, but not nothing."""

    wallet: str
    bound: str
    times: int


class Tier(Struct, frozen=True):
    """Members on a tier at the end of each month of the plan."""

    tier_set: str
    tier: str
    members: tuple[int, ...]


class Against(Struct, frozen=True):
    """Beside the program in force: its own verdict, and who would get more or less; see `comparing.Comparison`.

    `groups` are those who stand on a main tier by the program in force, the lowest first; "" is on none. `segments`
    are those anybody belongs to, by name.
    """

    verdict: Verdict
    gain: int
    lose: int
    same: int
    gained: int
    lost: int
    moves: tuple[tuple[str, str, int], ...]
    groups: tuple[tuple[str, Group], ...]
    most: tuple[Change, ...]
    segments: tuple[tuple[str, Group], ...] = ()


class Lacking(Struct, frozen=True):
    """What was given in a wallet that the draft lacks, less what was taken; no figure counts it."""

    wallet: str
    points: int
    is_money: bool


class Ground(Struct, frozen=True):
    """What a plan stands on besides customers: `guests` are orders of nobody known. Over the ledger, the program in
    force gave so many of its `members` `exact`ly what is written there; 0: it was a file. Where
    `is_joining_told`, the ledger says who is a member.
    """

    guests: int = 0
    members: int = 0
    exact: int = 0
    is_joining_told: bool = False


class Report(Struct, frozen=True):
    """`simulated`: hundredths of a per cent of the main wallet's points that come to be redeemed as members decided in
    the fold; None: redemptions are a share. `simulated_of` says the same of other wallets where it is not as stated.
    `unsold` are categories with a margin of their own of which the history sold nothing. `active` are members who
    bought lately, by the main tier where they stand at the end, the lowest first.
    """

    program: str
    currency: str
    months: tuple[str, ...]
    customers: int
    members: int
    trade: tuple[Trade, ...]
    wallets: tuple[Wallet, ...]
    rules: tuple[Given, ...]
    issued: tuple[Issued, ...]
    tiers: tuple[Tier, ...]
    idle_rules: tuple[str, ...]
    cut: tuple[Cut, ...]
    verdict: Verdict
    swings: tuple[Swing, ...]
    against: Against | None
    assumed: Assumed
    has_budgets: bool
    lacking: tuple[Lacking, ...] = ()
    simulated: int | None = None
    simulated_of: tuple[tuple[str, int], ...] = ()
    unsold: tuple[str, ...] = ()
    active: tuple[tuple[str, int], ...] = ()


def report(programs: Programs, came_of: Outcome, assumed: Assumed, in_force: Programs | None = None) -> Report:
    """What a fold comes to, under what is assumed; beside the program in force, where that was folded too."""
    version, found, since = programs.versions[-1], came_of.tally, came_of.since
    every = months_of(found)
    months = range(max(every.start, since), every.stop)
    wallets, trade, verdict = reckoned(version, found, assumed, since)
    return Report(
        version.slug,
        version.currency,
        tuple(map(named, months)),
        found.customers,
        sum(found.joined.values()),
        trade,
        wallets,
        tuple(_given(version, found, assumed, since)),
        tuple(_issued(version, found, months)),
        tuple(_tiers(version, found, every, len(every) - len(months))),
        tuple(rule.name for rule in version.rules if not found.times[rule.name]),
        tuple(Cut(wallet, bound, times) for (wallet, bound), times in sorted(found.cut.items())),
        verdict,
        swings(version, found, assumed, since),
        _against(in_force, came_of, assumed) if in_force else None,
        assumed,
        programs.has_budgets,
        tuple(_lacking(version, found, since, in_force)),
        _came_to(version, found, assumed),
        tuple(_others_came_to(version, found, assumed)),
        tuple(_unsold(found, assumed)),
        tuple((tier, found.active[tier]) for tier in main_tiers(version) if found.active[tier]),
    )


def _came_to(version: Version, found: Tally, assumed: Assumed) -> int | None:
    if found.behaviour != assumed.behaviour:
        return None
    return share_of(found, version.main_wallet.name, assumed.behaviour)(WHOLE)


def _others_came_to(version: Version, found: Tally, assumed: Assumed) -> Iterable[tuple[str, int]]:
    if found.behaviour != assumed.behaviour:
        return
    for wallet in version.wallets:
        came = share_of(found, wallet, assumed.behaviour)(WHOLE)
        if wallet != version.main_wallet.name and came != assumed.behaviour.redeemed:
            yield wallet, came


def _unsold(found: Tally, assumed: Assumed) -> Iterable[str]:
    sold = {category for _, category in found.sold}
    return (category for category, _ in assumed.margins if category not in sold)


def _given(version: Version, found: Tally, assumed: Assumed, since: int) -> Iterable[Given]:
    """Rules in document order; what is not a rule's, as it is called, after them. Each is worth what it adds to those
    before it, so that over all months they come to what the wallet costs.
    """
    net, so_far = _net(found, since), Counter[str]()
    for rule, wallet in _in_order(version, net):
        rules, points, before = version.wallets[wallet], net[rule, wallet], so_far[wallet]
        so_far[wallet] += points
        share = share_of_rules(found, wallet, assumed.behaviour)
        worth = worth_of(rules, share(so_far[wallet])) - worth_of(rules, share(before))
        to = (
            Getter(tier, found.getters[rule, wallet, tier], found.got[rule, wallet, tier])
            for tier in main_tiers(version)
            if found.getters[rule, wallet, tier]
        )
        yield Given(rule, wallet, found.times[rule], points, worth, tuple(to))


def _net(found: Tally, since: int) -> Counter[tuple[str, str]]:
    """What stays issued from a month on, by rule and wallet."""
    net: Counter[tuple[str, str]] = Counter()
    for (month, wallet, move, rule), points in found.points.items():
        if move in GIVEN and month >= since:
            net[rule, wallet] += points if move == "issued" else -points
    return net


def _lacking(version: Version, found: Tally, since: int, in_force: Programs | None) -> Iterable[Lacking]:
    sums: Counter[str] = Counter()
    for (_, wallet), points in _net(found, since).items():
        sums[wallet] += 0 if wallet in version.wallets else points
    for wallet, points in sorted(sums.items()):
        if points:
            known = [one.wallets[wallet] for one in (in_force.versions if in_force else ()) if wallet in one.wallets]
            yield Lacking(wallet, points, bool(known) and known[-1].is_money)


def _issued(version: Version, found: Tally, months: range) -> Iterable[Issued]:
    known = {(rule, wallet) for month, wallet, move, rule in found.points if move == "issued" and month in months}
    for rule, wallet in _in_order(version, known):
        yield Issued(rule, wallet, tuple(found.points[month, wallet, "issued", rule] for month in months))


def _in_order(version: Version, known: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without wallets that the version lacks."""
    order = {rule.name: place for place, rule in enumerate(version.rules)}
    known = (one for one in known if one[1] in version.wallets)
    return sorted(known, key=lambda one: (order.get(one[0], len(order)), one))


def main_tiers(version: Version) -> list[str]:
    """The lowest first; "" is on none."""
    return ["", *(level.tier for level in version.tiers.levels)] if version.tiers else [""]


def _tiers(version: Version, found: Tally, months: range, skipped: int) -> Iterable[Tier]:
    """Counted from the first month on, shown from a later one."""
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
            yield Tier(name, level.tier, tuple(shown[skipped:]))


def _against(in_force: Programs, came_of: Outcome, assumed: Assumed) -> Against | None:
    """Nothing where nothing is in force yet that gives anything: then there is nothing to compare with."""
    before, found = came_of.before, came_of.comparison
    if before is None or found is None or not has_begun(in_force.versions):
        return None
    version = in_force.versions[-1]
    *_, verdict = reckoned(version, before, assumed, came_of.since)
    moves = tuple((left, to, count) for (left, to), count in sorted(found.moves.items()))
    groups = tuple((tier, found.groups[tier]) for tier in main_tiers(version) if tier in found.groups)
    counts = (found.gain, found.lose, found.same, found.gained, found.lost)
    return Against(verdict, *counts, moves, groups, tuple(found.most), tuple(sorted(found.segments.items())))
