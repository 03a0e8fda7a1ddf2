"""How long points last: as the wallet, the rule or the tier says; until a date, or while somebody is active."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache

from regulars.engine import phrases
from regulars.engine.calendar import Span, Term, date_of, in_year, plus_months
from regulars.engine.conditions import listed
from regulars.engine.document import RawWallet
from regulars.engine.grammar.campaigns import dated
from regulars.engine.grammar.demand import demanded
from regulars.engine.grammar.desk import Desk
from regulars.engine.phrases import AFTER
from regulars.engine.program import Version, WalletRules

RENEWING = ("orders", "spending")
_ACTIVITY = re.compile(r"activity ([^|\s]+)")
SHORT_YEAR = 2001
# Later dates are written by whoever means never.
LAST_YEAR = 2299


def of_wallet(desk: Desk, name: str, raw: RawWallet) -> tuple[Term | None, frozenset[str]]:
    """How long its points last, and what renews them."""
    path = f"wallets.{name}"
    slides = AFTER in raw.expires
    lasts = desk.take(f"{path}.expires", raw.expires, phrases.sliding if slides else phrases.lasting, None)
    if raw.renewed_by and not slides:
        desk.blame(f"{path}.renewed_by", ", ".join(listed(raw.renewed_by)), "nothing_to_renew", f"12 months{AFTER}")
    if not slides:
        return None if lasts == phrases.NEVER else lasts, frozenset()
    return lasts, frozenset(_renewing(desk, f"{path}.renewed_by", word) for word in listed(raw.renewed_by) or RENEWING)


def _renewing(desk: Desk, path: str, word: str) -> str:
    found = _ACTIVITY.fullmatch(word)
    if not found and word not in RENEWING:
        desk.blame(path, word, "one_of", *RENEWING, "activity NAME")
    return f"activity:{found[1]}" if found else word


def by_tier(desk: Desk, wallet: str) -> dict[str, Term | None]:
    """The tiers in which points of this wallet last otherwise; where no wallet is named, of the main one."""
    main = desk.main_wallet
    found: dict[str, Term | None] = {}
    for place, tier_set in enumerate(desk.raw.tiers):
        for number, level in enumerate(tier_set.levels):
            said, path = level.expires, f"tiers[{place}].levels[{number}].expires"
            if isinstance(said, str):
                said = {main: said} if said else {}
            elif wallet == main and (unknown := [name for name in said if name not in desk.raw.wallets]):
                desk.blame(path, unknown[0], "not_in_program", *desk.raw.wallets, sort="wallet")
            if wallet not in said:
                continue
            lasts = desk.take(path, said[wallet], phrases.lasting, None)
            found[level.tier] = None if lasts == phrases.NEVER else lasts
    return found


def renewals(wallets: Iterable[WalletRules]) -> dict[str, tuple[WalletRules, ...]]:
    """The wallets that each thing renews."""
    found: dict[str, tuple[WalletRules, ...]] = {}
    for wallet in wallets:
        for word in sorted(wallet.renewed_by):
            found[word] = (*found.get(word, ()), wallet)
    return found


def is_over_too_soon(pending: Span | None, lasts: Term | None) -> bool:
    """Whether points may be over before they can be spent; a date with a year says nothing of that."""
    if pending is None or lasts is None or lasts.until is not None:
        return False
    return timedelta(0) < _length(pending, max) >= _shortest(lasts)


def _shortest(term: Term) -> timedelta:
    """How long points last at least that are earned in the last moment of a day."""
    found = _length(term.span, min)
    if term.yearly is not None and (before := term.yearly.before) is not None:
        lasts = in_year(SHORT_YEAR, term.yearly.on) - in_year(SHORT_YEAR, before)
        found += timedelta(days=lasts.days % 365 + 1)
    return found


def _length(span: Span, which: Callable[[tuple[int, ...]], int]) -> timedelta:
    """The shortest (`min`) or the longest (`max`) that it can be; fulfilment may come at once."""
    if span.unit == "month":
        return timedelta(days=which(_days(span.count)))
    return timedelta(hours={"fulfilment": 0, "hour": 1, "day": 24}[span.unit] * span.count)


@cache
def _days(months: int) -> tuple[int, ...]:
    """How many days that is from the first of any month of four years on."""
    firsts = [plus_months(date(SHORT_YEAR, 1, 1), later) for later in range(48)]
    return tuple((plus_months(first, months) - first).days for first in firsts)


def lasting(desk: Desk, version: Version) -> None:
    """Refuses points that run out too soon and dates that mean never; warns of what may be gone on the day on which it
    is earned."""
    _matures_in_time(desk, version)
    for place, tier_set in enumerate(desk.raw.tiers):
        for number, level in enumerate(tier_set.levels):
            said = [level.expires] if isinstance(level.expires, str) else level.expires.values()
            for text in said:
                _is_never(desk, f"tiers[{place}].levels[{number}].expires", text)
    for name, wallet in desk.raw.wallets.items():
        _warn(desk, f"wallets.{name}.expires", wallet.expires, -1)
    for place, rule in enumerate(desk.raw.earn):
        _warn(desk, f"earn[{place}].expires", rule.expires, demanded(dated(desk.raw, rule), desk.raw.currency).last)


def _matures_in_time(desk: Desk, version: Version) -> None:
    for name, wallet in version.wallets.items():
        if is_over_too_soon(wallet.pending, wallet.expires):
            desk.blame(f"wallets.{name}.expires", desk.raw.wallets[name].expires, "expires_before_maturing")
        for place, tier_set in enumerate(desk.raw.tiers):
            for number, level in enumerate(tier_set.levels):
                if is_over_too_soon(wallet.pending, wallet.by_tier.get(level.tier)):
                    said = level.expires if isinstance(level.expires, str) else level.expires[name]
                    desk.blame(f"tiers[{place}].levels[{number}].expires", said, "expires_before_maturing")
    rules = {rule.name: rule for rule in version.rules}
    for place, raw in enumerate(desk.raw.earn):
        rule = rules[raw.rule]
        terms = (rule.expires, *rule.by_tier.values()) if raw.pending or raw.expires else ()
        if any(is_over_too_soon(rule.pending, lasts) for lasts in terms):
            desk.blame(f"earn[{place}]", raw.rule, "expires_before_maturing")


def _is_never(desk: Desk, path: str, text: str) -> bool:
    """Whether a date stands for the word."""
    until = phrases.lasting(text).until if text and AFTER not in text else None
    if until is None or date_of(until).year <= LAST_YEAR:
        return False
    desk.blame(path, text, "date_means_never", "never")
    return True


def _warn(desk: Desk, path: str, text: str, last: int) -> None:
    """`last` is the last day on which they can be earned; below zero: there is none."""
    if not text or AFTER in text:
        return
    if _is_never(desk, path, text):
        return
    term = phrases.lasting(text)
    if term.until is not None and not 0 <= last <= term.until:
        desk.warn(path, text, "earned_after_expiry")
    elif term != phrases.NEVER and term.until is None and not _shortest(term):
        longer = f"{text}, earned before 1 July" if term.yearly else f"end of next {term.end_of}"
        desk.warn(path, text, "earned_on_last_day", longer)
