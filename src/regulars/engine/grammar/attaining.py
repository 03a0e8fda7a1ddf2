"""The most that rules can ever give to a member who has not reached a tier yet, where it can be told."""

from regulars.engine.document import RawDocument
from regulars.engine.grammar.demand import demanded
from regulars.engine.levels import TierRules
from regulars.engine.program import Rule, Version


def attainable(raw: RawDocument, version: Version, ladder: TierRules, place: int) -> int | None:
    """Points that the set grows by, in a lifetime, from below this place on its ladder; None: as many as one likes."""
    ahead = frozenset(level.tier for level in ladder.levels[place:] if not level.invitation)
    rules = [rule for rule in version.rules if rule.wallet == ladder.wallet and not _is_ahead(raw, rule, ahead)]
    found = 0
    for rule in rules:
        most = _most(version, rule)
        if most is None:
            return min(_caps_of_all(version, rules), default=None)
        found += most
    return min([found, *_caps_of_all(version, rules)])


def _is_ahead(raw: RawDocument, rule: Rule, ahead: frozenset[str]) -> bool:
    """Whether only members who are there already can meet it."""
    if rule.trigger.startswith("tier:"):
        return rule.trigger.removeprefix("tier:") in ahead
    return any(name == "tier" and values <= ahead for name, values in demanded(rule.asked, raw.currency).any_of)


def _most(version: Version, rule: Rule) -> int | None:
    caps = [cap for cap in version.bounds.get(rule.name, ()) if cap.per == "lifetime"]
    found = [cap.at_most for cap in caps if not cap.counts_times]
    if rule.kind == "fixed":
        times = [cap.at_most for cap in caps if cap.counts_times] + [1] * _is_once(rule)
        found += [rule.points * most for most in times]
    return min(found, default=None)


def _is_once(rule: Rule) -> bool:
    goal = rule.goal
    return rule.trigger == "enrolment" or (goal is not None and goal.per == "lifetime" and not goal.repeats)


def _caps_of_all(version: Version, rules: list[Rule]) -> list[int]:
    """Of caps that bound all of these rules together."""
    names = {rule.name for rule in rules}
    lasting = [cap for cap in version.caps if cap.per == "lifetime" and not cap.counts_times]
    return [cap.at_most for cap in lasting if names <= cap.rules]
