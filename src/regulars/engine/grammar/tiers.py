"""Tier sets: what they grow by, the window that growth is counted in, and the levels with what they need.

Refused is what has no meaning: staying that needs more than reaching, tiers that do not rise, names that are not clear.
What makes no sense is found by `ladders`.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from regulars.engine import phrases
from regulars.engine.calendar import Span, Term
from regulars.engine.conditions import listed
from regulars.engine.document import RawLevel, RawTierSet
from regulars.engine.grammar.desk import Desk
from regulars.engine.levels import CALENDAR, JOINING, LIFETIME, ROLLING, TIER, UNREACHABLE, Level, TierRules, Window
from regulars.engine.problems import Wrong
from regulars.engine.program import WalletRules

DEFAULT_VALIDITY = Term(Span(12, "month"))
DEFAULT_WINDOW = Window(ROLLING, Span(12, "month"))
WINDOWS = {
    "since joining": Window(JOINING),
    "since tier start": Window(TIER),
    "lifetime": Window(LIFETIME),
    **{f"calendar {period}": Window(CALENDAR, None, period) for period in ("year", "half-year", "quarter", "month")},
}
MEASURES = ("spend", "orders", "points", "visits", "engagement")
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_NAME = re.compile(r"[^|/@]+")


def tier_sets(desk: Desk, wallets: dict[str, WalletRules]) -> dict[str, TierRules]:
    """All of them, in document order; the first is the program's main one."""
    found: dict[str, TierRules] = {}
    for place, raw in enumerate(desk.raw.tiers):
        if raw.set in found:
            desk.blame(f"tiers[{place}].set", raw.set, "name_taken", sort="tier set")
        if not _NAME.fullmatch(raw.set):
            desk.blame(f"tiers[{place}].set", raw.set, "name_not_possible", sort="tier set", signs="| / @")
        found[raw.set] = _tier_set(desk, f"tiers[{place}]", raw, wallets)
    _names_once(desk)
    return found


def _names_once(desk: Desk) -> None:
    """Conditions name a tier without its set."""
    seen: set[str] = set()
    for place, raw in enumerate(desk.raw.tiers):
        for number, level in enumerate(raw.levels):
            path = f"tiers[{place}].levels[{number}].tier"
            if level.tier in seen:
                desk.blame(path, level.tier, "name_taken", sort="tier")
            if not _NAME.fullmatch(level.tier):
                desk.blame(path, level.tier, "name_not_possible", sort="tier", signs="| / @")
            seen.add(level.tier)


def _tier_set(desk: Desk, path: str, raw: RawTierSet, wallets: dict[str, WalletRules]) -> TierRules:
    measure, wallet = _measure(desk, path, raw)
    waits_with = wallets.get(wallet) or wallets[desk.main_wallet]
    at_payment = raw.growth_counts == "at payment"
    weights = _weights(desk, path, raw, measure)
    levels = tuple(_level(desk, f"{path}.levels[{n}]", level, measure) for n, level in enumerate(raw.levels))
    places = {level.tier: place for place, level in enumerate(levels)}
    _ladder(desk, path, raw, levels)
    return TierRules(
        name=raw.set,
        window=desk.take(f"{path}.window", raw.window, _window, DEFAULT_WINDOW),
        levels=levels,
        places=places,
        grows_by=measure,
        wallet=wallet,
        weights=weights,
        at_payment=at_payment,
        pending=None if at_payment else waits_with.pending,
        lifts=raw.upgrade_applies == "this order",
        downgrade=raw.downgrade,
        floor=places.get(raw.floor, 0),
        above={
            level.tier: min([higher.reach for higher in levels[place:]], default=UNREACHABLE)
            for place, level in enumerate(levels, start=1)
        },
    )


def _measure(desk: Desk, path: str, raw: RawTierSet) -> tuple[str, str]:
    """(measure, wallet whose points count)."""
    measure, _, wallet = raw.grows_by.partition(" of ")
    wallets = desk.raw.wallets
    if measure not in MEASURES or (wallet and measure != "points"):
        desk.blame(f"{path}.grows_by", raw.grows_by, "growth_unknown", *MEASURES, "points of WALLET")
        return "spend", wallet
    if measure == "points":
        wallet = wallet or desk.main_wallet
        if wallet not in wallets:
            desk.blame(f"{path}.grows_by", raw.grows_by, "not_in_program", *wallets, sort="wallet")
    return measure, wallet


def _weights(desk: Desk, path: str, raw: RawTierSet, measure: str) -> dict[str, int]:
    if raw.engagement and measure != "engagement":
        desk.blame(f"{path}.engagement", raw.grows_by, "weights_without_engagement")
    if raw.visit and measure != "visits":
        desk.blame(f"{path}.visit", raw.grows_by, "visits_without_growth")
    if measure == "visits":
        return dict.fromkeys(listed(raw.visit) or ("visit",), 1)
    if measure != "engagement":
        return {}
    if not raw.engagement:
        desk.blame(f"{path}.engagement", "", "engagement_missing", "{review: 5, share: 2}")
    said = raw.engagement.items()
    return {name: desk.take(f"{path}.engagement.{name}", text, _weight, 1) for name, text in said}


def _level(desk: Desk, path: str, level: RawLevel, measure: str) -> Level:
    invited = level.invitation == "true"
    amount = _amount(desk, measure)
    reach = UNREACHABLE if invited else desk.take(f"{path}.reach", level.reach, amount, 0)
    retain = desk.take(f"{path}.retain", level.retain, amount, reach)
    valid = desk.take(f"{path}.valid", level.valid, phrases.term, DEFAULT_VALIDITY)
    grace = desk.take(f"{path}.grace", level.grace, phrases.term, None)
    if retain > reach:
        desk.blame(f"{path}.retain", level.retain, "retain_above_reach")
    if level.reach and invited:
        desk.blame(f"{path}.reach", level.reach, "reach_of_invitation")
    return Level(level.tier, level.name, reach, retain, valid, grace, invited)


def _amount(desk: Desk, measure: str) -> Callable[[str], int]:
    if measure == "spend":
        return lambda text: phrases.money(text, desk.raw.currency)
    return _whole


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise Wrong("not_whole")
    return int(text)


def _weight(text: str) -> int:
    weight = _whole(text)
    if not weight:
        raise Wrong("weight_of_nothing")
    return weight


def _window(text: str) -> Window:
    if text in WINDOWS:
        return WINDOWS[text]
    if not text.startswith("rolling "):
        raise Wrong("not_a_window", "rolling 12 months", *WINDOWS)
    return Window(ROLLING, phrases.rolling(text))


def _ladder(desk: Desk, path: str, raw: RawTierSet, levels: Sequence[Level]) -> None:
    if not levels:
        desk.blame(f"{path}.levels", "", "levels_missing")
        return
    if levels[0].reach:
        desk.blame(f"{path}.levels[0].reach", raw.levels[0].reach, "lowest_for_everyone")
    by_growth = [(place, level) for place, level in enumerate(levels) if not level.invitation]
    for (_, lower), (place, upper) in pairwise(by_growth):
        if upper.reach <= lower.reach:
            said = raw.levels[place].reach or "0"
            desk.blame(f"{path}.levels[{place}].reach", said, "tiers_not_rising")
    known = [level.tier for _, level in by_growth]
    if raw.floor and raw.floor not in known:
        desk.blame(f"{path}.floor", raw.floor, "floor_unknown", *known)
