"""What was gained, and by what. Points are worth what their wallet says; what is owed, or claimed of a hold, is less.

When everything that money paid for has come back, nothing may be left but what the document names as given away: at
joining, for an activity, on a birthday, written off, for goods that no money paid. Whatever else is left is a finding,
and so are points that outlive their last day, and whatever the books do not account for. Nothing is rounded but what
a reward gives beyond its price in other wallets: up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil

from msgspec import Struct

from regulars.engine.catalogue import Reward
from regulars.engine.explain import order_of, rule_of
from regulars.engine.outcome import Entry
from regulars.engine.program import Rule, Version
from regulars.engine.tape import Tape
from regulars.programs.attack.deeds import cash
from regulars.programs.attack.enacting import Stage

FREE = ("enrolment", "birthday", "anniversary", "profile", "activity", "plan", "tier")
REFERRALS = ("effect:referral", "referred")
# What a document may give away on purpose, and what it may not.
POLICIES = frozenset({"bonus", "gift", "grace", "per_order", "spent", "unpaid_goods", "write_off"})
FLAWS = frozenset(
    {
        "free_referral",
        "kept",
        "minted",
        "oneself",
        "overdue",
        "paid_with_points",
        "remains",
        "renewed",
        "split",
        "unbooked",
    }
)


class Gain(Struct, frozen=True):
    """So many points of a wallet by a policy or a flaw (`kind`), of a rule or a deed (`name`)."""

    kind: str
    wallet: str
    name: str
    points: int

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.kind, self.wallet, self.name)

    @property
    def is_policy(self) -> bool:
        return self.kind in POLICIES


# Net points by wallet, rule and order ("" for none); what rewards brought is weighed apart.
Issued = Counter[tuple[str, str, str]]


def issued(entries: Iterable[Entry]) -> Issued:
    found = Issued()
    for entry in entries:
        if "issued" in (entry.source, entry.target) and entry.kind != "adjust":
            points = entry.points if entry.source == "issued" else -entry.points
            found[entry.wallet, rule_of(entry.identity), order_of(entry.identity)] += points
    return found


def gains(stage: Stage) -> list[Gain]:
    """Of a stage on which everything that money paid for has come back."""
    version = stage.ground.version
    rules = {rule.name: rule for rule in version.rules}
    unpaid = {key for key in stage.orders if cash(stage, key) <= 0}
    has_free = not stage.orders.keys() <= stage.paid
    found: Counter[tuple[str, str, str]] = Counter()
    for tape in stage.tapes:
        for (wallet, name, order), points in issued(tape.entries).items():
            kind = _kind(rules[name], order in unpaid, unpaid) if name in rules else "kept"
            if kind == "kept" and has_free and name in rules and rules[name].trigger in REFERRALS:
                kind = "free_referral"
            found[kind, wallet, name] += points
        for entry in tape.entries:
            sign = (entry.source == "written_off") - (entry.target == "written_off")
            found["write_off", entry.wallet, entry.wallet] += sign * entry.points
    for gain in (*credited(stage), *exchanged(stage)):
        found[gain.key] += gain.points
    for wallet in version.wallets:
        found["unbooked", wallet, wallet] += sum(unaccounted(tape, wallet) for tape in stage.tapes)
    marks = {mark: Gain(mark.kind, mark.wallet, mark.name, mark.points) for mark in stage.marks}
    gained = [Gain(*key, points) for key, points in found.items() if points > 0]
    used = {name: sum(in_hand(tape, name) for tape in stage.tapes) for name in version.wallets}
    # What was given away and expired is nobody's gain; what should not be there is a flaw, wherever it went.
    return [*(one for one in gained if not one.is_policy or one.points <= used[one.wallet]), *marks.values()]


def credited(stage: Stage) -> Iterator[Gain]:
    """What rewards that rules gave put into accounts."""
    free = stage.orders.keys() - stage.paid
    rules = {rule.name: rule for rule in stage.ground.version.rules}
    for key, copy in stage.copies.items():
        grant, is_given, _number = key.rpartition("#")
        if not is_given or not copy.there or copy.gives.cost is None:
            continue
        rule = rules[grant.rpartition("|")[2]]
        kind = _kind(rule, bool(free), free)
        cost = copy.gives.cost
        yield Gain("spent" if kind == "kept" and copy.stays else kind, cost.wallet, rule.name, cost.points)


def exchanged(stage: Stage) -> Iterator[Gain]:
    """What rewards that points bought put into accounts, beyond what was paid for them. Several that each change points
    of one wallet into another's gain something where in the end no wallet has less."""
    net, of, dear = Counter[str](), dict[str, Reward](), list[Gain]()
    for reward, paid in bought(stage):
        cost = reward.gives.cost
        assert cost is not None
        more, gain = cost.points - paid[cost.wallet], surplus(stage.ground.version, {cost.wallet: cost.points}, paid)
        if reward.limits or reward.supply:
            yield Gain("bonus", cost.wallet, reward.name, gain[1] if gain else 0)
            continue
        if not more and stage.ground.version.wallets[cost.wallet].expires is not None:
            yield Gain("renewed", cost.wallet, reward.name, cost.points)
        net[cost.wallet] += cost.points
        net.subtract(paid)
        if more > 0:
            of.setdefault(cost.wallet, reward)
        if gain:
            dear.append(Gain("minted", gain[0], reward.name, gain[1]))
    if all(points >= 0 for points in net.values()):
        dear = [Gain("minted", wallet, reward.name, net[wallet]) for wallet, reward in of.items()]
    yield from dear


def surplus(version: Version, given: Mapping[str, int | Fraction], paid: Mapping[str, int]) -> tuple[str, int] | None:
    """By how many points, of the wallet of which the most is given, that is worth more than what is paid for it; None:
    it is not, or nobody knows. Where what pays does not say what it is worth, only points of its wallet count."""
    values = {name: wallet.value for name, wallet in version.wallets.items()}
    each = {name: Fraction(value.minor, value.points) for name, value in values.items() if value}
    paid = {name: points for name, points in paid.items() if points}
    if not paid:
        each = dict.fromkeys(given, Fraction(1))
    elif not paid.keys() <= each.keys():
        each = dict.fromkeys(paid, Fraction(1)) if len(paid) == 1 else {}
    if not given.keys() & each.keys():
        return None
    worths = {name: points * each.get(name, 0) for name, points in given.items()}
    wallet = max(worths, key=lambda name: worths[name])
    more = sum(worths.values()) - sum(points * each[name] for name, points in paid.items())
    return (wallet, ceil(more / each[wallet])) if more > 0 else None


def bought(stage: Stage) -> Iterator[tuple[Reward, Counter[str]]]:
    """Each reward that put credit into an account, and what was paid for it."""
    for tape in stage.tapes:
        for key, spent in tape.spent.items():
            reward, copy = stage.ground.version.rewards.get(spent.reward), stage.copies.get(key)
            if reward is None or reward.gives.cost is None or copy is None or not copy.there:
                continue
            others = {cost.wallet: f"{key}-{cost.wallet}" for cost in reward.costs if cost.wallet != spent.wallet}
            paid = {wallet: tape.spent[other].points for wallet, other in others.items() if other in tape.spent}
            yield reward, Counter({spent.wallet: spent.points, **paid})


def _kind(rule: Rule, of_unpaid: bool, unpaid: set[str]) -> str:
    """By which policy, or flaw, points of a rule are left."""
    if is_free(rule):
        return "gift"
    if rule.trigger == "goal" and rule.goal is not None:
        counts_money = any(step.measure == "spend" for step in rule.goal.steps)
        return "unpaid_goods" if any(unpaid) and not counts_money else "kept"
    if not of_unpaid:
        return "kept"
    return "unpaid_goods" if rule.kind in ("fixed", "per_unit") else "paid_with_points"


def is_free(rule: Rule) -> bool:
    """Given for something else than buying."""
    if rule.trigger == "goal" and rule.goal is not None:
        return all(step.activity for step in rule.goal.steps)
    return rule.trigger.partition(":")[0] in FREE


def in_hand(tape: Tape, name: str) -> int:
    """Points that a member has, or used."""
    return has(tape, name) + places_of(tape, name)["redeemed"]


def has(tape: Tape, name: str) -> int:
    """Less what is owed, and what is claimed of holds."""
    wallet = tape.account.wallets.get(name)
    if wallet is None:
        return 0
    claimed = sum(claim.points for held in wallet.holds for claim in held.claims)
    return wallet.available + wallet.pending + wallet.held - wallet.deficit - claimed


def places_of(tape: Tape, name: str) -> Counter[str]:
    """What a wallet's entries brought to each place of the ledger."""
    places: Counter[str] = Counter()
    for entry in tape.entries:
        if entry.wallet == name:
            places[entry.source] -= entry.points
            places[entry.target] += entry.points
    return places


def unaccounted(tape: Tape, name: str) -> int:
    """Points that a member has or used, and that no entry issued. Points settled in money count as paid for."""
    places = places_of(tape, name)
    memos = [touched.memo for touched in tape.touched.values()]
    charged = sum(memo.charged[name].points for memo in memos if name in memo.charged)
    gone = sum(places[place] for place in ("redeemed", "expired", "merged", "transferred", "written_off"))
    return has(tape, name) + gone - charged + places["issued"]


def worth(version: Version, wallet: str, points: int) -> int | None:
    """Minor units, rounded down; None where the wallet has no worth."""
    value = version.wallets[wallet].value
    return None if value is None else points * value.minor // value.points
