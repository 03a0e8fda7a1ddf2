"""A member's history page by page: so many entries each, and the orders without points of the same time.

In the order in which it happened. What stands in the ledgers of those who became part of the member is told with it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from regulars.engine.calendar import datetime_of, instant_of
from regulars.engine.facts import Activity, Enrolment, Hold, Order, Redemption, Refund, Theirs, Unmerge
from regulars.ledger import chronicle, codec
from regulars.ledger import orders as ledger
from regulars.ledger.chronicle import Known
from regulars.ledger.connect import raw
from regulars.ledger.orders import OrderLine
from regulars.ledger.queries import LedgerLine, Statement, story
from regulars.programs import wording
from regulars.rewards import books
from regulars.rewards.books import CheckoutLine
from regulars.storefront import lessened, words
from regulars.storefront.shop import Shop
from regulars.storefront.timeline import REWARDED, TOLD, UNITING, Beside, Slip, cause_of, timeline
from regulars.storefront.writing import short_day

ENTRIES = 60
ORDERS = 200
BEGINNING = 0
# No more digits than an instant of the calendar has: 17 reach to the year 5138.
PLACE = re.compile(r"[0-9]{1,17}")
# What the decisions of a checkout begin with.
NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/)")
# A file that comes at night is not late, nor is what comes along with the first that is known of somebody.
LATE = timedelta(days=2)
ALONG = timedelta(minutes=1)
# What somebody tells us of, and may tell late; decisions are made when they are recorded.
Arrival = Activity | Enrolment | Order | Refund


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
    known = chronicle.known(raw(), shop.id, people)
    others = _others(shop, held, known)
    entries += chronicle.elsewhere(raw(), shop.id, others, chronicle.own_orders(known), (since, until))
    facts = [one.fact for one in known if one.member_id == member_id]
    happened = story(raw(), shop.published.programs, member_id, facts, shop.now)
    told = [each for each in happened if since <= each.occurred_at < (until or shop.now + 1)]
    beside = _beside(shop, known, entries, orders, noted or {})
    return Page(timeline(shop, entries, orders, told, beside, member_id), str(since) if more else "")


def _orders(shop: Shop, member_id: UUID, until: int | None, since: int) -> list[OrderLine]:
    before: datetime | None = datetime_of(until) if until is not None else None
    found = ledger.orders(raw(), shop.id, member_id, before, ORDERS)
    return [line for line in found if line.paid_at is not None and instant_of(line.paid_at) >= since]


def _others(shop: Shop, held: Statement | None, known: Sequence[Known]) -> set[UUID]:
    """Who stands for something that orders brought about while the member was part of another one, or another one of
    them, and is not part of the member now."""
    if held is None or held.account.into or not any(isinstance(one.fact, Unmerge) for one in known):
        return set()
    found = ledger.whose(raw(), shop.id, held.people, {held.member_id: held.account})
    return set(found.accounts) - held.people


def _beside(
    shop: Shop,
    known: Sequence[Known],
    entries: Sequence[LedgerLine],
    orders: Sequence[OrderLine],
    noted: Mapping[str, tuple[str, ...]],
) -> Beside:
    first: dict[str, datetime] = {}
    for one in known:
        if isinstance(one.fact, Order):
            first[one.fact.key] = min(one.recorded_at, first.get(one.fact.key, one.recorded_at))
    came = {
        cause: (datetime_of(line.entry.occurred_at), line.recorded_at)
        for line in entries
        if (cause := cause_of(line.entry)).partition(":")[0] in TOLD and line.entry.kind != "correct"
    }
    came |= {
        f"order:{key}": (line.paid_at, first[key])
        for line in orders
        if (key := line.order.key) in first and line.paid_at
    }
    ever = min((one.recorded_at for one in known), default=None)
    late = {cause: at for cause, (happened, at) in came.items() if ever and _is_late(happened, at, ever)}
    corrected = {line.recorded_at for line in entries if line.entry.kind == "correct"}
    because = {at: _said(shop, [one for one in known if one.recorded_at == at], first) for at in corrected}
    amounts = lessened.amounts(one.fact for one in known if not isinstance(one.fact, Theirs))
    bought = _bought(shop, entries)
    called = _rewards(shop, known) | {
        fact: _("%(money)s off a purchase") % {"money": words.money(shop, part.minor)}
        for checkout in bought.values()
        for part in checkout.parts
        for fact in part.facts
        if part.kind == "points"
    }
    return Beside(noted, called, bought, amounts, late, because)


def _bought(shop: Shop, entries: Sequence[LedgerLine]) -> dict[str, CheckoutLine]:
    """The checkouts of which these entries tell, by what the keys of their decisions begin with."""
    numbers = set()
    for line in entries:
        kind, _colon, key = cause_of(line.entry).partition(":")
        if kind in REWARDED and (found := NUMBER.match(key)):
            numbers.add(UUID(found[0]))
    return {str(one.id): one for one in books.several(shop.id, numbers, shop.now)}


def _is_late(happened: datetime, came: datetime, ever: datetime) -> bool:
    return came - happened > LATE and came - ever > ALONG


def _said(shop: Shop, learned: Sequence[Known], first: Mapping[str, datetime]) -> str:
    """What came in when something was corrected; nothing, where nobody told of anything then."""
    found = {(type(one.fact), one.fact.key): one.fact for one in learned if isinstance(one.fact, Arrival)}
    told = sorted(found.values(), key=lambda fact: (codec.occurred_at(fact) or 0, fact.key))
    if not told:
        return ""
    fact, key, at = told[0], told[0].key, codec.occurred_at(told[0]) or 0
    late = learned[0].recorded_at
    on = {"day": short_day(shop.local(at).date()), "late": short_day(shop.local(late).date())}
    if len(told) > 1:
        said = ngettext(
            "%(count)s thing that happened before came in on %(late)s",
            "%(count)s things that happened before came in on %(late)s",
            len(told),
        )
        return said % {"count": len(told), **on}
    if isinstance(fact, Order) and first.get(key) == late:
        return _("Order %(number)s of %(day)s came in on %(late)s") % {"number": wording.order(key), **on}
    if isinstance(fact, Order):
        return _("Order %(number)s was changed on %(late)s") % {"number": wording.order(key), **on}
    if isinstance(fact, Refund):
        said = _("The return from order %(number)s on %(day)s came in on %(late)s")
        return said % {"number": wording.order(fact.order), **on}
    return _("Something that happened on %(day)s came in on %(late)s") % on


def _rewards(shop: Shop, known: Sequence[Known]) -> dict[str, str]:
    """What decisions redeemed, by their keys, called as it was then."""
    found = {}
    for one in known:
        fact = one.fact
        if isinstance(fact, Hold | Redemption) and fact.reward:
            offer = shop.published.programs.at(fact.at).rewards.get(fact.reward)
            found[fact.key] = words.title(offer) if offer else fact.reward
    return found
