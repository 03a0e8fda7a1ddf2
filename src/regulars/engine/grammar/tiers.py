"""Tier sets: the window that growth is counted in, and the levels with what they need."""

from itertools import pairwise

from regulars.engine import phrases
from regulars.engine.calendar import Span, Term
from regulars.engine.document import RawLevel, RawTierSet
from regulars.engine.grammar.desk import Desk
from regulars.engine.program import Level, TierRules

DEFAULT_VALIDITY = Term(Span(12, "month"))


def tier_set(desk: Desk, raw: RawTierSet) -> TierRules:
    window = desk.take("tiers[0].window", raw.window, phrases.rolling, Span(12, "month"))
    levels = tuple(_level(desk, f"tiers[0].levels[{place}]", level) for place, level in enumerate(raw.levels))
    if levels and levels[0].reach:
        desk.blame("tiers[0].levels[0].reach", raw.levels[0].reach, "the lowest tier is for everyone")
    names = [level.tier for level in levels]
    for place, name in enumerate(names):
        if name in names[:place]:
            desk.blame(f"tiers[0].levels[{place}].tier", name, "each tier needs a name of its own")
    for place, (lower, upper) in enumerate(pairwise(levels), start=1):
        if upper.reach <= lower.reach:
            desk.blame(f"tiers[0].levels[{place}].reach", str(upper.reach), "each tier must reach above the one before")
    return TierRules(raw.set, window, levels, {name: place for place, name in enumerate(names)})


def _level(desk: Desk, path: str, raw: RawLevel) -> Level:
    def amount(text: str) -> int:
        return phrases.money(text, desk.raw.currency)

    reach = desk.take(f"{path}.reach", raw.reach, amount, 0)
    retain = desk.take(f"{path}.retain", raw.retain, amount, reach)
    if retain > reach:
        desk.blame(f"{path}.retain", raw.retain, "staying must not need more than reaching")
    valid = desk.take(f"{path}.valid", raw.valid, phrases.term, DEFAULT_VALIDITY)
    grace = desk.take(f"{path}.grace", raw.grace, phrases.term, None)
    return Level(raw.tier, raw.name, reach, retain, valid, grace)
