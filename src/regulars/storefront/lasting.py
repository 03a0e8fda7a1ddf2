"""What a member has in each wallet by the days it can be used: "120 points until 31 March", "80 from 3 May"."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from regulars.engine.account import Lot
from regulars.engine.calendar import FOREVER
from regulars.ledger.queries import Statement
from regulars.programs import wording
from regulars.storefront.shop import Shop

LISTED = 8


class Part(Struct, frozen=True):
    """So many `points` (`words`) until the end of a day; None: it lasts. What `is_pending` can be used from a day on;
    None: from when its order is handed over."""

    points: int
    words: str
    until: date | None
    is_pending: bool
    usable: date | None


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
        parts = [*_parts(shop, name, wallet.lots), *_parts(shop, name, wallet.waiting)]
        if parts:
            is_main = name == programs.main_wallet
            found.append(Lasting(name, is_main, parts[:LISTED], max(len(parts) - LISTED, 0)))
    return sorted(found, key=lambda one: not one.is_main)


def waiting(shop: Shop, statement: Statement | None) -> list[Part]:
    """What of the main wallet cannot be used yet."""
    main = shop.published.programs.main_wallet
    wallet = statement.account.wallets.get(main) if statement else None
    return _parts(shop, main, wallet.waiting) if wallet else []


def _parts(shop: Shop, wallet: str, lots: Iterable[Lot]) -> list[Part]:
    """Those that are used up soonest first; of these, those that can be used soonest."""
    days: dict[tuple[date, date], tuple[Lot, int]] = {}
    for lot in lots:
        days_of = _day(shop, lot.expires_at, -1) or date.max, _day(shop, lot.matures_at) or date.max
        days[days_of] = lot, days.get(days_of, (lot, 0))[1] + lot.points
    return [
        Part(
            held,
            wording.points(held, wallet, shop.published.programs),
            _day(shop, lot.expires_at, -1),
            lot.matures_at is not None,
            _day(shop, lot.matures_at),
        )
        for _days, (lot, held) in sorted(days.items(), key=lambda one: one[0])
    ]


def _day(shop: Shop, at: int | None, later: int = 0) -> date | None:
    """The local day of an instant, or of one so many microseconds later; None where it never comes."""
    return None if at is None or at >= FOREVER else shop.local(at + later).date()
