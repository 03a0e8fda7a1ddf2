"""A member's history page by page: so many entries each, and the orders without points of the same time."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from regulars.engine.calendar import datetime_of, instant_of
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.storefront.shop import Shop
from regulars.storefront.timeline import Slip, cause_of, timeline

ENTRIES = 60
ORDERS = 200
BEGINNING = 0
# No more digits than an instant of the calendar has: 17 reach to the year 5138.
PLACE = re.compile(r"([0-9]{1,9})\.([0-9]{1,17})")


class Place(Struct, frozen=True):
    """Where a page begins: entries below `seq` and what came before the instant `until`. None: at the newest."""

    seq: int | None = None
    until: int | None = None


class Page(Struct, frozen=True):
    slips: list[Slip]
    earlier: str


def place(token: str) -> Place:
    """Reads `SEQ.INSTANT`; anything else is the newest page."""
    found = PLACE.fullmatch(token)
    return Place(int(found[1]), int(found[2])) if found else Place()


def page(shop: Shop, member_id: UUID, begin: Place, noted: Mapping[str, tuple[str, ...]] | None = None) -> Page:
    """`noted` says more about some causes, for those who may read it."""
    entries = ledger.entries(raw(), shop.id, member_id, begin.seq, ENTRIES)
    more = len(entries) == ENTRIES
    entries = _whole(entries) if more else entries
    oldest = min((line.entry.occurred_at for line in entries), default=BEGINNING) if more else BEGINNING
    since = min(oldest, begin.until or oldest)
    orders = _orders(shop, member_id, begin.until, since)
    if len(orders) >= ORDERS:
        since = orders[-1].order.paid_at or since
    story = ledger.story(raw(), shop.published.programs, member_id, shop.now)
    told = [each for each in story if since <= each.occurred_at < (begin.until or shop.now + 1)]
    below = entries[-1].seq if entries else begin.seq or 0
    earlier = f"{below}.{since}" if more or len(orders) >= ORDERS else ""
    return Page(timeline(shop, entries, orders, told, noted or {}), earlier)


def _whole(entries: list[ledger.LedgerLine]) -> list[ledger.LedgerLine]:
    """Without the last cause, of which more may stand on the next page; but never nothing."""
    last = cause_of(entries[-1].entry)
    whole = [line for line in entries if cause_of(line.entry) != last]
    return whole or entries


def _orders(shop: Shop, member_id: UUID, until: int | None, since: int) -> list[ledger.OrderLine]:
    before: datetime | None = datetime_of(until) if until is not None else None
    found = ledger.orders(raw(), shop.id, member_id, before, ORDERS)
    return [line for line in found if line.paid_at is not None and instant_of(line.paid_at) >= since]
