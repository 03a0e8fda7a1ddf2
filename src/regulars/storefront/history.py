"""A member's history page by page: so many entries each, and the orders without points of the same time.

In the order in which it happened. What stands in the ledgers of those who became part of the member is told with it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from regulars.engine.calendar import datetime_of, instant_of
from regulars.engine.explain import order_of
from regulars.engine.facts import Hold, Redemption
from regulars.ledger import chronicle, codec
from regulars.ledger import queries as ledger
from regulars.ledger.chronicle import Arrival
from regulars.ledger.codec import KIND_ORDER, KIND_REFUND
from regulars.ledger.connect import raw
from regulars.ledger.queries import LedgerLine, OrderLine, Statement, Whose
from regulars.programs import wording
from regulars.storefront import words
from regulars.storefront.shop import Shop
from regulars.storefront.timeline import REWARDED, TOLD, UNITING, Beside, Slip, cause_of, timeline
from regulars.storefront.writing import short_day

ENTRIES = 60
ORDERS = 200
BEGINNING = 0
# No more digits than an instant of the calendar has: 17 reach to the year 5138.
PLACE = re.compile(r"[0-9]{1,17}")
# A file that comes at night is not late, nor is what comes along with the first that is known of somebody.
LATE = timedelta(days=2)
ALONG = timedelta(minutes=1)
SPENDING = (codec.KINDS[Redemption], codec.KINDS[Hold])


class Page(Struct, frozen=True):
    slips: list[Slip]
    earlier: str


def place(token: str) -> int | None:
    """Before which instant a page lies; anything else is the newest one."""
    return int(token) if PLACE.fullmatch(token) else None


def page(
    shop: Shop,
    member_id: UUID,
    held: Statement | None,
    until: int | None,
    noted: Mapping[str, tuple[str, ...]] | None = None,
) -> Page:
    """`noted` says more about some causes, for those who may read it."""
    people = held.people if held else {member_id}
    found, more = chronicle.happened(raw(), shop.id, people, until, ENTRIES)
    since = found[-1].entry.occurred_at if more else BEGINNING
    orders = _orders(shop, member_id, until, since)
    if len(orders) >= ORDERS:
        since, more = instant_of(orders[-1].paid_at or datetime_of(since)), True
    # Where it left them, the other ledger says the same again.
    own = [line for line in found if line.member_id == member_id or line.entry.kind not in UNITING]
    entries = [line for line in own if line.entry.occurred_at >= since]
    entries += _elsewhere(shop, held, orders, entries)
    story = ledger.story(raw(), shop.published.programs, member_id, shop.now)
    told = [each for each in story if since <= each.occurred_at < (until or shop.now + 1)]
    beside = _beside(shop, people, entries, orders, noted or {})
    return Page(timeline(shop, entries, orders, told, beside, member_id), str(since) if more else "")


def _orders(shop: Shop, member_id: UUID, until: int | None, since: int) -> list[OrderLine]:
    before: datetime | None = datetime_of(until) if until is not None else None
    found = ledger.orders(raw(), shop.id, member_id, before, ORDERS)
    return [line for line in found if line.paid_at is not None and instant_of(line.paid_at) >= since]


def _elsewhere(
    shop: Shop, held: Statement | None, orders: Sequence[OrderLine], entries: Sequence[LedgerLine]
) -> list[LedgerLine]:
    """What orders brought about while the member was part of another one, or another one of them."""
    if held is None or not held.account.parted:
        return []
    told = {order_of(line.entry.identity) for line in entries}
    silent = [line.order.key for line in orders if line.refunded_minor or (line.points and line.order.key not in told)]
    others = Whose([UUID(name) for name, _at in held.account.parted], set())
    about = ledger.entries_of_orders(raw(), shop.id, dict.fromkeys(silent, others))
    return [line for lines in about.values() for line in reversed(lines)]


def _beside(
    shop: Shop,
    people: Collection[UUID],
    entries: Sequence[LedgerLine],
    orders: Sequence[OrderLine],
    noted: Mapping[str, tuple[str, ...]],
) -> Beside:
    corrected = {line.recorded_at for line in entries if line.entry.kind == "correct"}
    arrived = chronicle.arrived(raw(), shop.id, people, corrected) if corrected else []
    keys = {line.order.key for line in orders} | {one.key for one in arrived if one.kind == KIND_ORDER}
    ever, known = chronicle.first_known(raw(), shop.id, people, keys)
    came = {f"order:{line.order.key}": (line.paid_at, known.get(line.order.key)) for line in orders}
    came |= {
        cause: (datetime_of(line.entry.occurred_at), line.recorded_at)
        for line in entries
        if (cause := cause_of(line.entry)).partition(":")[0] in TOLD
        and cause not in came
        and line.entry.kind != "correct"
    }
    late = {cause: at for cause, (paid, at) in came.items() if paid and at and ever and _is_late(paid, at, ever)}
    because = {
        at: said for at in corrected if (said := _said(shop, [one for one in arrived if one.recorded_at == at], known))
    }
    return Beside(noted, _rewards(shop, people, entries), late, because)


def _is_late(happened: datetime, came: datetime, ever: datetime) -> bool:
    return came - happened > LATE and came - ever > ALONG


def _said(shop: Shop, arrived: Sequence[Arrival], known: Mapping[str, datetime]) -> str:
    """What came in when something was corrected; nothing, where it was too much to name."""
    if not arrived:
        return ""
    first, count = arrived[0], len(arrived)
    on = {
        "day": short_day(shop.local(first.occurred_at).date()),
        "late": short_day(shop.local(first.recorded_at).date()),
    }
    if count > 1:
        said = ngettext(
            "%(count)s thing that happened before came in on %(late)s",
            "%(count)s things that happened before came in on %(late)s",
            count,
        )
        return said % {"count": count, **on}
    if first.kind == KIND_ORDER:
        is_new = known.get(first.key) == first.recorded_at
        said = (
            _("Order %(number)s of %(day)s came in on %(late)s")
            if is_new
            else _("Order %(number)s was changed on %(late)s")
        )
        return said % {"number": wording.order(first.key), **on}
    if first.kind == KIND_REFUND:
        said = _("The return from order %(number)s on %(day)s came in on %(late)s")
        return said % {"number": wording.order(first.key.rpartition("/")[0]), **on}
    return _("Something that happened on %(day)s came in on %(late)s") % on


def _rewards(shop: Shop, people: Collection[UUID], entries: Sequence[LedgerLine]) -> dict[str, str]:
    """What decisions redeemed, by their keys, called as it was then."""
    if not any(cause_of(line.entry).partition(":")[0] in REWARDED for line in entries):
        return {}
    found = {}
    for fact, _words in ledger.said_about(raw(), shop.id, people, SPENDING):
        if isinstance(fact, Hold | Redemption) and fact.reward:
            offer = shop.published.programs.at(fact.at).rewards.get(fact.reward)
            found[fact.key] = words.title(offer) if offer else fact.reward
    return found
