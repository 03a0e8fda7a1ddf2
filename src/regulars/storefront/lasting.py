"""What a member has in each wallet by the last day it can be used: "120 points until 31 March"."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from regulars.engine.account import Lot
from regulars.ledger.queries import Statement
from regulars.programs import wording
from regulars.storefront.shop import Shop

LISTED = 8


class Part(Struct, frozen=True):
    """So much (`words`) until the end of a day; None: it lasts. `is_pending` until it can be spent."""

    words: str
    until: date | None
    is_pending: bool


class Lasting(Struct, frozen=True):
    """One wallet, soonest first; `more` are so many days that are not listed. `is_main` needs no name."""

    name: str
    is_main: bool
    parts: list[Part]
    more: int


def lasting(shop: Shop, statement: Statement | None) -> list[Lasting]:
    """Wallets that hold something, the main one first."""
    programs = shop.published.programs
    found = []
    for name, wallet in statement.account.wallets.items() if statement else ():
        parts = [*_parts(shop, name, wallet.lots), *_parts(shop, name, wallet.waiting, is_pending=True)]
        if parts:
            is_main = name == programs.main_wallet
            found.append(Lasting(name, is_main, parts[:LISTED], max(len(parts) - LISTED, 0)))
    return sorted(found, key=lambda one: not one.is_main)


def _parts(shop: Shop, wallet: str, lots: Iterable[Lot], *, is_pending: bool = False) -> list[Part]:
    days: dict[date | None, int] = {}
    for lot in lots:
        until = shop.local(lot.expires_at - 1).date() if lot.expires_at is not None else None
        days[until] = days.get(until, 0) + lot.points
    ordered = sorted(days.items(), key=lambda one: (one[0] is None, one[0] or date.min))
    return [Part(wording.points(held, wallet, shop.published.programs), day, is_pending) for day, held in ordered]
