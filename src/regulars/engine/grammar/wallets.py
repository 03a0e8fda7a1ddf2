"""Wallets: what their points are called, are worth, wait for, and how long they last."""

import re
from datetime import timedelta

from regulars.engine import phrases
from regulars.engine.calendar import Span
from regulars.engine.conditions import listed
from regulars.engine.document import RawWallet
from regulars.engine.grammar.desk import Desk
from regulars.engine.program import WalletRules

_NAME = re.compile(r"[a-z][a-z_-]*")


def wallet(desk: Desk, name: str, raw: RawWallet) -> WalletRules:
    path = f"wallets.{name}"
    if not _NAME.fullmatch(name):
        desk.blame(path, name, "a wallet's name has small letters, '-' and '_'")
    pending = desk.take(f"{path}.pending", raw.pending, phrases.span, None)
    expires = desk.take(f"{path}.expires", raw.expires, phrases.term, None)
    if pending and expires and _length(pending) >= _length(expires.span):
        desk.blame(f"{path}.expires", raw.expires, "points must not expire before they mature")
    worth = desk.take(f"{path}.worth", raw.worth, lambda text: phrases.worth(text, desk.raw.currency), None)
    unit = {language: list(listed(words)) for language, words in raw.unit.items()}
    return WalletRules(name, unit, worth, pending, expires, raw.when_short)


def _length(span: Span) -> timedelta:
    """Short enough to compare: a month counts as 28 days."""
    hours = {"hour": 1, "day": 24, "month": 24 * 28}[span.unit]
    return timedelta(hours=hours * span.count)
