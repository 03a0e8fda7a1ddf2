"""What happened to a member, newest first, as slips of a till receipt: a slip per cause, a line per entry.

Entries stand in the order in which they were written down, so that the balance beside them adds up. Orders that moved
no points and changes of tier are laid between them by their time.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from heapq import merge
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from regulars.engine.explain import order_of
from regulars.engine.outcome import Announcement, Entry
from regulars.insight import wording as figures
from regulars.intake.simulating import is_simulated
from regulars.ledger.queries import LedgerLine, OrderLine
from regulars.programs import wording
from regulars.programs.explain import said as sentence
from regulars.storefront.shop import Shop

NOTHING_NOTED: Mapping[str, tuple[str, ...]] = {}


class Line(Struct, frozen=True):
    """Why, ±points, balance. Pending points change no balance: `label` says so in its place.

    `tone` is plus, minus, waiting or nothing.
    """

    why: str
    points: str
    tone: str
    label: str
    balance: str


class Slip(Struct, frozen=True):
    """What only takes its course (points mature, or expire) has no title: its line says all. `order` is the key of the
    order that it is about."""

    at: datetime
    title: str
    order: str = ""
    amount: str = ""
    more: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


class Month(Struct, frozen=True):
    begins: datetime
    slips: list[Slip]


def months(slips: Iterable[Slip]) -> list[Month]:
    grouped = [list(found) for _month, found in groupby(slips, lambda slip: (slip.at.year, slip.at.month))]
    return [Month(found[0].at, found) for found in grouped]


def timeline(
    shop: Shop,
    entries: list[LedgerLine],
    orders: list[OrderLine],
    story: Iterable[Announcement],
    noted: Mapping[str, tuple[str, ...]] = NOTHING_NOTED,
) -> list[Slip]:
    """`noted` says more about causes (`adjust:KEY`), for those who may read it."""
    known = {line.order.key: line for line in orders}
    grouped = [(cause, list(lines)) for cause, lines in groupby(entries, lambda line: cause_of(line.entry))]
    told = {cause for cause, _lines in grouped}
    quiet = (order_slip(shop, line, []) for key, line in known.items() if f"order:{key}" not in told)
    moved = (_entry_slip(shop, cause, lines, known, noted) for cause, lines in grouped)
    steps = reversed(list(_tier_slips(shop, story)))
    return list(merge(moved, quiet, steps, key=lambda slip: slip.at, reverse=True))


def cause_of(entry: Entry) -> str:
    """`order:web/A-1`: what the entry is about. Points that settle a deficit belong to what brought them."""
    return entry.identity.removeprefix("repay:").partition("|")[0]


def _entry_slip(
    shop: Shop, cause: str, lines: list[LedgerLine], known: dict[str, OrderLine], noted: Mapping[str, tuple[str, ...]]
) -> Slip:
    kind, key = cause.partition(":")[0], order_of(lines[0].entry.identity)
    if kind == "order" and key in known:
        return order_slip(shop, known[key], lines)
    at = shop.local(lines[0].entry.occurred_at)
    name = _("Simulated for the demonstration") if is_simulated(cause) else title(kind, key)
    more = noted.get(cause.partition("/")[0], ())
    return Slip(at, name, order=key, more=more, lines=tuple(said(shop, lines)))


def order_slip(shop: Shop, line: OrderLine, lines: list[LedgerLine]) -> Slip:
    order = line.order
    returned = _("%(amount)s returned") % {"amount": shop.money(line.refunded_minor)} if line.refunded_minor else ""
    state = _("cancelled") if order.cancelled else ""
    return Slip(
        at=shop.local(order.paid_at or order.version_at),
        title=title("order", order.key),
        order=order.key,
        amount=shop.money(line.net_minor + line.refunded_minor),
        more=tuple(filter(None, (place_of(order.store, order.channel), items_of(line), returned, state))),
        lines=tuple(said(shop, lines)) or (Line(_("This order earned no points."), "", "", "", ""),),
    )


def said(shop: Shop, lines: Iterable[LedgerLine]) -> Iterator[Line]:
    for line in lines:
        points, tone, label = effect(line.entry)
        balance = "" if label else figures.count(line.available)
        yield Line(sentence(line.entry, shop.published.programs), points, tone, label, balance)


def effect(entry: Entry) -> tuple[str, str, str]:
    """What the entry did to what can be spent; where it did nothing, to what is pending."""
    spendable = entry.points * ((entry.target == "available") - (entry.source == "available"))
    if spendable:
        return figures.signed(spendable), "plus" if spendable > 0 else "minus", ""
    pending = entry.points * ((entry.target == "pending") - (entry.source == "pending"))
    return figures.signed(pending), "waiting", _("pending") if pending else ""


def place_of(store: str, channel: str) -> str:
    return _("store %(name)s") % {"name": store} if store else channel


def items_of(line: OrderLine) -> str:
    count = sum(each.quantity for each in line.order.lines)
    return ngettext("%(count)s item", "%(count)s items", count) % {"count": figures.count(count)}


def title(kind: str, order: str) -> str:
    words = {
        "edit": _("Order %(number)s was changed"),
        "enrolment": _("Joined the program"),
        "order": _("Order %(number)s"),
        "refund": _("Return from order %(number)s"),
    }
    return words.get(kind, "") % {"number": wording.order(order)}


def _tier_slips(shop: Shop, story: Iterable[Announcement]) -> Iterator[Slip]:
    ladder = list(shop.every_tier)
    for told in story:
        if told.kind == "tier.changed":
            before, after = told.payload["from"], told.payload["to"]
            up = after in ladder and before in ladder and ladder.index(after) > ladder.index(before)
            words = _("Reached the tier %(tier)s") if up else _("Moved to the tier %(tier)s")
            yield Slip(shop.local(told.occurred_at), words % {"tier": shop.tier(after)})
