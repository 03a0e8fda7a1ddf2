"""An order to be entered by hand: what the form says of it, and what would come of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import unquote
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from regulars.console.adjusting import foreseen
from regulars.console.asking import Form
from regulars.contract.fields import AMOUNT_LIMIT
from regulars.contract.problems import KINDS
from regulars.engine.calendar import instant_of
from regulars.engine.explain import order_of
from regulars.engine.facts import Line
from regulars.engine.outcome import Entry
from regulars.intake import entering
from regulars.intake.entering import EnteringRefused
from regulars.intake.orders import OrderIn
from regulars.ledger import order_list
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.programs import wording
from regulars.programs.explain import said as sentence
from regulars.storefront.shop import Shop

LINES = 5
MOST_UNITS = 10_000
BY_HAND = "desk"
RECENT = 200
REFUSED: Mapping[str, Promise] = {
    "order_above_limit": gettext_lazy(
        "It would earn more than one person may give. Ask the owner to enter it, or have the shop’s system send it."
    ),
    "order_known": gettext_lazy("An order of this number is known already; nothing was changed."),
    "order_not_by_hand": gettext_lazy("It no longer stands as it was entered by hand; nothing was changed."),
    "order_of_other_member": gettext_lazy("This order is known already, as a guest’s or another member’s."),
    "version_conflict": gettext_lazy("Somebody entered this order already, and otherwise."),
}


class Row(Struct, frozen=True):
    """A line of the form, numbered from one, and whether it stands there from the beginning."""

    number: int
    sku: str
    category: str
    quantity: str
    total: str
    fault: str


class Preview(Struct, frozen=True):
    """What would be. `lines` say what the order earns, `others` what else changes."""

    number: str
    at: datetime
    amount: str
    earns: list[str]
    lines: list[str]
    others: list[str]
    before: str
    after: str
    pending: str
    tier: str


class TakenBack(Struct, frozen=True):
    """What would be without the order. `lines` say what changes."""

    lines: list[str]
    before: str
    after: str
    tier: str


def sources(shop: Shop) -> dict[str, str]:
    """Where orders come from, the most frequent of late first, and none of these."""
    recent = Counter(unquote(one.key.partition("/")[0]) for one in order_list.newest(raw(), shop.id, None, RECENT))
    found = sorted((-recent[name], name) for name in entering.sources(shop.id) if name != BY_HAND)
    return {name: name for _count, name in found} | {BY_HAND: _("From none: no system will send it")}


def rows(form: Form) -> list[Row]:
    names = ("sku", "category", "quantity", "total")
    return [
        Row(place, *(form.sent.get(f"{name}-{place}", "") for name in names), form.faults.get(f"line-{place}", ""))
        for place in range(1, LINES + 1)
    ]


def order(form: Form, shop: Shop, member_id: UUID) -> OrderIn:
    """What the form asks for; what is wrong stands at its fields."""
    number, source, store = form.text("order", 100), form.text("source", 100), form.text("store", 100)
    if not number or not number.isprintable():
        form.faults["order"] = _("The number on the receipt.")
    if source not in sources(shop):
        form.faults["source"] = _("Choose where it came from.")
    return OrderIn(
        source=source,
        id=number,
        lines=tuple(_lines(form, shop)),
        member_id=member_id,
        paid_at=_paid_at(form, shop),
        store=store if store.isprintable() else "",
    )


def _paid_at(form: Form, shop: Shop) -> int:
    try:
        said = datetime.fromisoformat(form.text("paid"))
    except ValueError:
        said = None
    if said is None or said.tzinfo is not None:
        form.faults["paid"] = _("When it was paid: a day and a time.")
        return shop.now
    paid = said.replace(tzinfo=shop.published.programs.zone)
    if paid.year < 2000 or instant_of(paid) > shop.now:
        form.faults["paid"] = _("An order that was paid lies in the past.")
        return shop.now
    return instant_of(paid)


def _lines(form: Form, shop: Shop) -> Iterator[Line]:
    for row in rows(form):
        sku, category = form.text(f"sku-{row.number}", 100), form.text(f"category-{row.number}", 100)
        if not (row.total or sku or category or row.number == 1):
            continue
        read = Form({"quantity": row.quantity.strip() or "1", "total": row.total})
        quantity, total = read.whole("quantity", 1, MOST_UNITS), read.money("total", shop)
        if read.faults or not 0 < total <= AMOUNT_LIMIT // LINES or not (sku + category).isprintable():
            form.faults[f"line-{row.number}"] = next(iter(read.faults.values()), _("An amount above zero."))
        yield Line(str(row.number), sku, quantity, total, category)


def preview(shop: Shop, wanted: OrderIn, *, may_exceed: bool) -> Preview:
    """It is done, looked at, and undone before anybody else could see it. Raises Refused, EnteringRefused."""
    return foreseen(lambda: _tried(shop, wanted, may_exceed))


def _tried(shop: Shop, wanted: OrderIn, may_exceed: bool) -> Preview:
    assert wanted.member_id is not None
    assert wanted.paid_at is not None
    programs, main = shop.published.programs, shop.published.programs.main_wallet
    had = ledger.statement(raw(), programs, wanted.member_id, shop.now)
    done = entering.keep(shop.published, wanted, shop.now, may_exceed=may_exceed)
    if done.outcome == "repeated":
        raise EnteringRefused("order_known", done.key)
    has = ledger.statement(raw(), programs, wanted.member_id, shop.now)
    assert has is not None
    own = [entry for entry in done.entries if entry.kind == "earn" and order_of(entry.identity) == done.key]
    others = [entry for entry in done.entries if entry not in own and not _is_time(entry)]
    before, balance = had.balances[main].available if had else 0, has.balances[main]
    return Preview(
        number=wanted.id,
        at=shop.local(wanted.paid_at),
        amount=shop.money(sum(line.total for line in wanted.lines)),
        earns=[wording.points(points, wallet, programs) for wallet, points in _earned(own).items()],
        lines=[sentence(entry, programs) for entry in own],
        others=[sentence(entry, programs) for entry in others],
        before=wording.points(before, main, programs),
        after=wording.points(balance.available, main, programs),
        pending=wording.points(balance.pending, main, programs) if balance.pending else "",
        tier=shop.tier(has.tier) if had is None or had.tier != has.tier else "",
    )


def taking_back(shop: Shop, key: str, member_id: UUID) -> TakenBack:
    """Looked at as `preview` does it. Raises Refused, EnteringRefused."""
    return foreseen(lambda: _tried_back(shop, key, member_id))


def _tried_back(shop: Shop, key: str, member_id: UUID) -> TakenBack:
    programs, main = shop.published.programs, shop.published.programs.main_wallet
    had = ledger.statement(raw(), programs, member_id, shop.now)
    done = entering.take_back(shop.published, key, shop.now)
    has = ledger.statement(raw(), programs, member_id, shop.now)
    assert had is not None
    assert has is not None
    return TakenBack(
        lines=[sentence(entry, programs) for entry in done.entries if not _is_time(entry)],
        before=wording.points(had.balances[main].available, main, programs),
        after=wording.points(has.balances[main].available, main, programs),
        tier=shop.tier(has.tier) if had.tier != has.tier else "",
    )


def _is_time(entry: Entry) -> bool:
    """Whether points only became free, or wait again: not how many there are."""
    return {entry.source, entry.target} == {"pending", "available"}


def _earned(entries: list[Entry]) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in entries:
        found[entry.wallet] = found.get(entry.wallet, 0) + entry.points
    return found


def said(no: EnteringRefused) -> str:
    return str(REFUSED[no.code] if no.code in REFUSED else KINDS[no.code].title)
