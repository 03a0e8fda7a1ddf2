"""Tier sets that make no sense: tiers that nobody can reach or fall from, orders judged before they count."""

from regulars.engine.document import RawTierSet
from regulars.engine.grammar.desk import Desk
from regulars.engine.levels import TierRules
from regulars.engine.program import Version


def ladders(desk: Desk, version: Version) -> None:
    """Asked of tier sets that are right in their parts."""
    for place, (raw, rules) in enumerate(zip(desk.raw.tiers, version.tier_sets.values(), strict=True)):
        path = f"tiers[{place}]"
        _validities(desk, path, raw)
        _timing(desk, path, raw, rules)
        if rules.wallet and not _is_given(version, rules.wallet):
            said = "no rule gives such points: no tier above the lowest can be reached"
            desk.blame(f"{path}.grows_by", raw.grows_by, said)
        if rules.downgrade == "never":
            _falling(desk, path, raw, rules)


def _validities(desk: Desk, path: str, raw: RawTierSet) -> None:
    lowest = raw.levels[0]
    if lowest.valid or lowest.grace or lowest.retain:
        desk.blame(
            f"{path}.levels[0]", lowest.tier, "the lowest tier has no end: it needs no validity, grace or retain"
        )
    for place, level in enumerate(raw.levels[1:], start=1):
        if level.grace and not level.valid:
            desk.blame(f"{path}.levels[{place}].grace", level.grace, "say how long the tier is valid before its grace")


def _is_given(version: Version, wallet: str) -> bool:
    return any(rule.wallet == wallet for rule in version.rules)


def _timing(desk: Desk, path: str, raw: RawTierSet, rules: TierRules) -> None:
    if rules.at_payment and rules.weights:
        said = "activities count at once: there is no payment to wait for"
        desk.blame(f"{path}.growth_counts", raw.growth_counts, said)
    if not rules.lifts:
        return
    if rules.grows_by not in ("spend", "orders"):
        desk.blame(f"{path}.upgrade_applies", raw.upgrade_applies, "an order itself is raised only by spend or orders")
    elif not rules.at_payment:
        said = "an order can only be judged at the tier it gains with 'growth_counts: at payment'"
        desk.blame(f"{path}.upgrade_applies", raw.upgrade_applies, said)


def _falling(desk: Desk, path: str, raw: RawTierSet, rules: TierRules) -> None:
    """What is said of falling where nobody falls."""
    if raw.floor:
        desk.blame(f"{path}.floor", raw.floor, "nobody falls here, so that no floor is needed")
    if rules.at_payment:
        said = "a tier that is kept for ever must not be reached before its order can no longer be returned"
        desk.blame(f"{path}.growth_counts", raw.growth_counts, said)
    for place, level in enumerate(raw.levels):
        if level.grace or level.retain:
            said = "nobody falls from this tier, so that it needs neither retain nor grace"
            desk.blame(f"{path}.levels[{place}]", level.tier, said)
