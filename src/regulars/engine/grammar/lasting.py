"""How long points last: as the wallet, the rule or the tier says; until a date, or while somebody is active."""

import re
from collections.abc import Iterable
from datetime import timedelta

from regulars.engine import phrases
from regulars.engine.calendar import Span, Term, date_of, in_year
from regulars.engine.conditions import listed
from regulars.engine.document import RawWallet
from regulars.engine.grammar.campaigns import dated
from regulars.engine.grammar.demand import demanded
from regulars.engine.grammar.desk import Desk
from regulars.engine.phrases import AFTER
from regulars.engine.program import WalletRules

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


def by_tier(desk: Desk, wallet: str, pending: Span | None) -> dict[str, Term | None]:
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
            if is_over_too_soon(pending, found[level.tier]):
                desk.blame(path, said[wallet], "expires_before_maturing")
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
    return timedelta(0) < length(pending) >= _shortest(lasts)


def _shortest(term: Term) -> timedelta:
    """How long points last at least that are earned in the last moment of a day."""
    found = length(term.span)
    if term.yearly is not None and (before := term.yearly.before) is not None:
        lasts = in_year(SHORT_YEAR, term.yearly.on) - in_year(SHORT_YEAR, before)
        found += timedelta(days=lasts.days % 365 + 1)
    return found


def length(span: Span) -> timedelta:
    """Short enough to compare: a month counts as 28 days."""
    hours = {"fulfilment": 0, "hour": 1, "day": 24, "month": 24 * 28}[span.unit]
    return timedelta(hours=hours * span.count)


def lasting(desk: Desk) -> None:
    """Refuses dates that mean never, and warns of points that may be gone on the day on which they are earned."""
    for place, tier_set in enumerate(desk.raw.tiers):
        for number, level in enumerate(tier_set.levels):
            said = [level.expires] if isinstance(level.expires, str) else level.expires.values()
            for text in said:
                _is_never(desk, f"tiers[{place}].levels[{number}].expires", text)
    for name, wallet in desk.raw.wallets.items():
        _warn(desk, f"wallets.{name}.expires", wallet.expires, -1)
    for place, rule in enumerate(desk.raw.earn):
        _warn(desk, f"earn[{place}].expires", rule.expires, demanded(dated(desk.raw, rule), desk.raw.currency).last)


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
