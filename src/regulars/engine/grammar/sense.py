"""What cannot be meant: a document whose every phrase is right, but whose parts together make no sense.

A contradiction is refused; what only looks like a mistake, or gives too much away, is a warning.
"""

from regulars.engine.conditions import listed
from regulars.engine.document import RawDocument, RawGoal, RawRule
from regulars.engine.grammar.attributes import values
from regulars.engine.grammar.bounds import bounded
from regulars.engine.grammar.campaigns import dated
from regulars.engine.grammar.demand import demanded, named_in, together
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.factors import factors
from regulars.engine.grammar.ladders import ladders
from regulars.engine.grammar.lasting import lasting
from regulars.engine.grammar.offers import offers
from regulars.engine.grammar.wallets import spendable
from regulars.engine.program import Rule, Version, WalletRules

# What a machine calls its own zone, and zones with leap seconds or from a private folder: no place has any of these.
NO_PLACES = ("localtime", "posixrules", "Factory")
NOT_SHARED = ("posix/", "right/")


def sense(desk: Desk, version: Version) -> None:
    """Asked of a document that is right in its parts."""
    if desk.raw.timezone in NO_PLACES or desk.raw.timezone.startswith(NOT_SHARED):
        desk.blame("timezone", desk.raw.timezone, "timezone_unknown", "Asia/Taipei")
    ladders(desk, version)
    _of_joining(desk)
    factors(desk, version)
    lasting(desk, version)
    values(desk)
    bounded(desk, version)
    spendable(desk, version)
    offers(desk, version)
    rules = {rule.name: rule for rule in version.rules}
    for place, raw in enumerate(desk.raw.earn):
        path, rule = f"earn[{place}]", rules[raw.rule]
        if (campaign := version.campaigns.get(rule.campaign)) and not rule.step and rule.points > campaign.budget:
            desk.blame(f"{path}.campaign", raw.campaign, "gift_above_budget")
        _leaves_out_higher_tiers(desk, path, raw)
        if reason := demanded(dated(desk.raw, raw), desk.raw.currency, named_in(desk.raw)).contradiction:
            desk.blame_since(reason, f"{path}.when", "", "never_met")
        elif raw.goal is not None:
            _can_be_reached(desk, path, raw, raw.goal)
        elif rule.factors:
            _multiplies_something(desk, path, raw, rule)
        elif rule.trigger == "order" and not rule.reward:
            _gives_less_than_it_takes(desk, path, raw, rule, version.wallets[rule.wallet])


def _of_joining(desk: Desk) -> None:
    """Which order makes a member, or counts for a friend."""
    raw = desk.raw
    for path, said in (("enrolment", raw.enrolment), ("referral", raw.referral)):
        when = None if said is None or isinstance(said, str) else said.when
        if reason := demanded(when, raw.currency, named_in(raw)).contradiction:
            desk.blame_since(reason, f"{path}.when", "", "never_met")


def _leaves_out_higher_tiers(desk: Desk, path: str, raw: RawRule) -> None:
    """Whoever rises beyond the one tier that a rule names would lose what it gives."""
    named = listed(raw.when.tier) if raw.when else ()
    for tier_set in desk.raw.tiers:
        tiers = [level.tier for level in tier_set.levels]
        if len(named) == 1 and named[0] in tiers[1:-1] and not _told_apart(desk.raw, named[0], tiers):
            above = tiers[tiers.index(named[0]) :]
            said = f"tier: [{', '.join(above)}]"
            desk.warn(f"{path}.when.tier", named[0], "higher_tiers_left_out", said)


def _told_apart(raw: RawDocument, tier: str, tiers: list[str]) -> bool:
    """Whether higher tiers have rules of their own."""
    above = set(tiers[tiers.index(tier) + 1 :])
    return any(rule.when and above & set(listed(rule.when.tier)) for rule in raw.earn)


def _can_be_reached(desk: Desk, path: str, raw: RawRule, goal: RawGoal) -> None:
    for place, step in enumerate(goal.steps):
        if reason := together(dated(desk.raw, raw), step.when, desk.raw.currency, named_in(desk.raw)).contradiction:
            desk.blame_since(reason, f"{path}.goal.steps[{place}].when", "", "never_met")


def _multiplies_something(desk: Desk, path: str, raw: RawRule, rule: Rule) -> None:
    bases = {one.rule: dated(desk.raw, one) for one in desk.raw.earn}
    for factor in rule.factors:
        name = factor.base.name
        if reason := together(dated(desk.raw, raw), bases[name], desk.raw.currency, named_in(desk.raw)).contradiction:
            desk.blame_since(reason, f"{path}.multiply.{name}", name, "multiplies_nothing")


def _gives_less_than_it_takes(desk: Desk, path: str, raw: RawRule, rule: Rule, wallet: WalletRules) -> None:
    least = max(demanded(raw.when, desk.raw.currency).least, 0)
    if not rule.step and not least and not raw.limit:
        desk.warn(path, raw.rule, "split_orders_earn")
    price, worth = rule.step or least, wallet.value
    if not price or worth is None or rule.kind == "per_unit":
        return
    if rule.points * rule.scale * worth.minor >= price * worth.points:
        desk.warn(f"{path}.give", raw.give, "order_earns_its_worth")
