"""Tier sets that make no sense: tiers that nobody can reach or fall from, orders judged before they count."""

from regulars.engine.document import RawTierSet
from regulars.engine.grammar.attaining import attainable
from regulars.engine.grammar.desk import Desk
from regulars.engine.levels import TierRules
from regulars.engine.program import Version


def ladders(desk: Desk, version: Version) -> None:
    """Asked of tier sets that are right in their parts."""
    for place, (raw, rules) in enumerate(zip(desk.raw.tiers, version.tier_sets.values(), strict=True)):
        path = f"tiers[{place}]"
        _lowest(desk, path, raw)
        _timing(desk, path, raw, rules)
        if rules.wallet and not _is_given(version, rules.wallet):
            desk.blame(f"{path}.grows_by", raw.grows_by, "tier_never_reached")
        elif rules.wallet:
            _reaches(desk, path, raw, rules, version)
        if rules.downgrade == "never":
            _falling(desk, path, raw, rules)


def _lowest(desk: Desk, path: str, raw: RawTierSet) -> None:
    lowest = raw.levels[0]
    if lowest.valid or lowest.grace or lowest.retain:
        desk.blame(f"{path}.levels[0]", lowest.tier, "lowest_without_end")


def _is_given(version: Version, wallet: str) -> bool:
    return any(rule.wallet == wallet for rule in version.rules)


def _reaches(desk: Desk, path: str, raw: RawTierSet, rules: TierRules, version: Version) -> None:
    """The lowest tier that the rules' points cannot reach; those above it need more."""
    for place, level in enumerate(rules.levels):
        most = None if level.invitation else attainable(desk.raw, version, rules, place)
        if most is not None and most < level.reach:
            desk.blame(f"{path}.levels[{place}].reach", raw.levels[place].reach, "tier_out_of_reach", most=str(most))
            return


def _timing(desk: Desk, path: str, raw: RawTierSet, rules: TierRules) -> None:
    if rules.at_payment and rules.weights:
        desk.blame(f"{path}.growth_counts", raw.growth_counts, "payment_not_awaited")
    if not rules.lifts:
        return
    if rules.grows_by not in ("spend", "orders"):
        desk.blame(f"{path}.upgrade_applies", raw.upgrade_applies, "lift_by_other_growth", "spend", "orders")
    elif not rules.at_payment:
        desk.blame(f"{path}.upgrade_applies", raw.upgrade_applies, "lift_before_maturing")


def _falling(desk: Desk, path: str, raw: RawTierSet, rules: TierRules) -> None:
    """What is said of falling where nobody falls."""
    if raw.floor:
        desk.blame(f"{path}.floor", raw.floor, "floor_not_needed")
    if rules.at_payment:
        desk.blame(f"{path}.growth_counts", raw.growth_counts, "tier_kept_too_early")
    for place, level in enumerate(raw.levels):
        if level.grace or level.retain:
            desk.blame(f"{path}.levels[{place}]", level.tier, "nobody_falls")
