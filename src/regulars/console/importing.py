"""A file of orders in the browser: what its columns are said to mean, how it would be understood, what came of it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from regulars.console import actors
from regulars.console.asking import Form
from regulars.console.import_manner import LOOKED_AT, mapped
from regulars.insight.wording import count
from regulars.intake.importing import Request
from regulars.intake.models import Upload
from regulars.intake.orders import LateRefund
from regulars.intake.previewing import Shown, preview
from regulars.intake.proposing import NEEDED
from regulars.intake.queries import Imported, imported, latest_imports, reasons
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.faults import REASONS
from regulars.intake.reading.peeking import ENCODINGS, UNDOING, Peek
from regulars.intake.uploading import path_of, read_as, rejects_of
from regulars.programs import wording
from regulars.storefront.shop import Shop

LISTED = 20
# What an order needs, and what it may have besides; the first four are needed.
COLUMNS: Mapping[str, Promise] = {
    "order": gettext_lazy("Order number"),
    "time": gettext_lazy("Paid at"),
    "product": gettext_lazy("Product"),
    "total": gettext_lazy("Line total"),
    "unit_price": gettext_lazy("Price of one"),
    "quantity": gettext_lazy("Quantity"),
    "customer": gettext_lazy("Customer number"),
    "card": gettext_lazy("Card number"),
    "category": gettext_lazy("Category"),
    "store": gettext_lazy("Store"),
    "refunded": gettext_lazy("Refunded, of this line"),
    "refunded_quantity": gettext_lazy("Units refunded"),
    "order_refunded": gettext_lazy("Refunded, of the whole order"),
    "refunded_at": gettext_lazy("Refunded at"),
}
NOTES: Mapping[str, Promise] = {
    "customer": gettext_lazy("Empty fields are guests’ orders."),
    "card": gettext_lazy("Only without a customer number: whose card it is."),
    "total": gettext_lazy("What was paid for the line, after discounts."),
    "unit_price": gettext_lazy("Only without a line total: times quantity."),
    "refunded": gettext_lazy("Altogether so far. Lines below zero are no returns then."),
    "order_refunded": gettext_lazy("On one of its lines, or the same on each."),
    "refunded_at": gettext_lazy("Where it is empty, when the order was paid."),
}
ENCODING_NAMES: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "big5": "Big5",
    "gb18030": "GB18030",
    "cp1252": "Windows-1252",
}
STATES: Mapping[str, Promise] = {
    Upload.NEW: gettext_lazy("columns not named yet"),
    Upload.WAITING: gettext_lazy("waiting"),
    Upload.RUNNING: gettext_lazy("under way"),
    Upload.DONE: gettext_lazy("done"),
    Upload.FAILED: gettext_lazy("failed"),
}


class Field(Struct, frozen=True):
    name: str
    title: str | Promise
    note: str | Promise
    is_needed: bool
    is_looked_at: bool
    chosen: str


class First(Struct, frozen=True):
    """One of the first orders as they would be understood."""

    at: datetime
    number: str
    who: str
    what: str
    amount: str


class Look(Struct, frozen=True):
    """`orders` are those that will be taken; `knows_some` of them, and takes what differs."""

    first: list[First]
    counts: list[tuple[str, str]]
    orders: int
    knows_some: bool
    warning: str
    is_possible: bool


class Row(Struct, frozen=True):
    """A line of the list: a file that was brought in, by the console or the terminal."""

    file: str
    url: str
    at: datetime
    who: str
    state: str | Promise
    tone: str
    orders: int | None
    refused: int | None


def columns(peek: Peek, form: Form) -> dict[str, str]:
    """The column for each thing: as was said, else as it looks."""
    said = form.sent if "order" in form.sent else peek.guess
    if said is peek.guess and "total" in peek.guess:
        said = {name: column for name, column in peek.guess.items() if name != "unit_price"}
    return {name: said[name] for name in COLUMNS if said.get(name) in peek.columns}


def fields(chosen: Mapping[str, str]) -> list[Field]:
    return [
        Field(name, title, NOTES.get(name, ""), name in NEEDED, name in LOOKED_AT, chosen.get(name, ""))
        for name, title in COLUMNS.items()
    ]


def encoding(form: Form) -> str:
    """What was chosen; empty where nothing was, or none of ours, which is said at its field."""
    said = form.text("encoding")
    if said and said not in ENCODINGS:
        form.faults["encoding"] = _("Choose one of these encodings.")
        return ""
    return said


def mapping(form: Form, peek: Peek) -> dict[str, object]:
    """As `docs/import.md` has it; whether it fits is for the intake to say."""
    proposal = mapped(form, peek, columns(peek, form))
    for name in proposal.missing:
        form.faults[name] = _("Choose a column.")
    if "total" in proposal.missing:
        form.faults["total"] = _("Choose a column for the line total, or for the price of one.")
    said = {**proposal.said, "source": form.text("source") or "shop"}
    if form.text("encoding") in ENCODINGS:
        said["encoding"] = form.text("encoding")
    if not form.text("returns"):
        said.pop("refunds", None)
    if form.text("announce"):
        said["announce"] = "true"
    return said


def look(shop: Shop, upload: Upload, said: Mapping[str, object]) -> Look:
    """Nothing is kept. Raises Unreadable."""
    found = preview(shop.published, Request(path_of(upload), read_as(said), processes=0))
    ahead = found.ahead + found.ahead_refunds
    late = [(str(REASONS["too_far_in_future"]), count(ahead))] if ahead else []
    new = found.counts.orders - found.ahead - found.known
    known = [(_("New orders"), count(new)), (_("Orders known before"), count(found.known))] if found.known else []
    unused = [(_("Columns that are not used"), wording.listed(found.unused))] if found.unused else []
    return Look(
        first=[_first(shop, shown) for shown in found.first],
        counts=[*counted(shop, found.counts), *known, *late, *unused],
        orders=found.counts.orders - found.ahead,
        knows_some=bool(found.known),
        warning=undoing(found.unused),
        is_possible=found.counts.arrivals > ahead,
    )


def undoing(unused: Collection[str]) -> str:
    """What whoever brings in the file must know, where it says what came back in a way that is not read."""
    columns = [name for name in unused if UNDOING.search(name)]
    if not columns:
        return ""
    return _(
        "Not read: %(columns)s. What they say was cancelled or came back is taken for sold and earns. Choose what was "
        "refunded among the columns, or take such lines out of the file first."
    ) % {"columns": wording.listed(columns)}


def _first(shop: Shop, shown: Shown) -> First:
    arrival, at = shown.arrival, shown.local_time
    if isinstance(arrival, LateRefund):
        amounts = [arrival.refund.amount, *(line.total for line in arrival.refund.lines)]
        stated = [amount for amount in amounts if amount is not None]
        return First(at, arrival.order, "", _("a return"), shop.money(sum(stated)) if stated else "")
    what = wording.listed(f"{line.quantity} × {line.sku}" for line in arrival.lines[:3])
    more = len(arrival.lines) - 3
    what = _("%(some)s and %(more)s more") % {"some": what, "more": more} if more > 0 else what
    return First(
        at,
        arrival.id,
        arrival.customer or arrival.card or _("Guest"),
        what,
        shop.money(sum(x.total for x in arrival.lines)),
    )


def counted(shop: Shop, counts: Counts) -> Iterator[tuple[str, str]]:
    """What becomes of every line of the file."""
    yield _("Lines in the file"), count(counts.lines)
    yield _("In orders"), _("%(lines)s, in %(orders)s orders") % _both(counts.order_lines, counts.orders)
    if counts.refund_lines:
        said = {**_both(counts.refund_lines, counts.refunds), "amount": shop.money(counts.refunded)}
        yield _("In returns"), _("%(lines)s, in %(orders)s returns of %(amount)s altogether") % said
    elif counts.refunds:
        said = {"returns": count(counts.refunds), "amount": shop.money(counts.refunded)}
        yield _("Given back of these orders"), _("%(amount)s, in %(returns)s returns") % said
    if counts.partly_refunded:
        yield _("Refunds of more than was paid or bought: no more than that comes back"), count(counts.partly_refunded)
    for code, number in counts.rejected.items():
        yield str(REASONS[code]), count(number)


def _both(lines: int, orders: int) -> dict[str, str]:
    return {"lines": count(lines), "orders": count(orders)}


def told(found: Imported) -> Iterator[tuple[str, str]]:
    """What came of an import, in orders and returns; then why some were not taken."""
    tally = found.tally
    yield _("New orders"), count(tally.orders_recorded)
    if tally.orders_known:
        yield _("Orders known before"), count(tally.orders_known)
    if tally.refunds_recorded or tally.refunds_known:
        yield _("Returns"), count(tally.refunds_recorded + tally.refunds_known)
    for code, number in reasons(found.run_id):
        yield str(REASONS.get(code, code)), count(number)
    for code, number in found.counts.rejected.items():
        yield str(REASONS[code]), count(number)


def has_rejects(upload: Upload) -> bool:
    return upload.state == Upload.DONE and rejects_of(upload).exists()


def rows(shop: Shop) -> list[Row]:
    """Files of the console and of the terminal, newest first."""
    uploads = list(Upload.objects.filter(program_id=shop.id).order_by("-id")[:LISTED])
    runs = {found.run_id: found for found in latest_imports(shop.id, LISTED)}
    called = actors.names(shop.id, {one.brought_by for one in uploads})
    told = {one.pk: _told_of(one, runs[one.run_id]) for one in uploads if one.run_id in runs}
    mine = [_of_upload(shop, one, told.get(one.pk), called) for one in uploads]
    theirs = [_of_run(shop, run) for number, run in runs.items() if number not in {one.run_id for one in uploads}]
    return sorted([*mine, *theirs], key=lambda row: row.at, reverse=True)[:LISTED]


def _of_upload(shop: Shop, upload: Upload, run: Imported | None, called: Mapping[str, str]) -> Row:
    screen = "import_columns" if upload.state == Upload.NEW else "import_run"
    is_wrong = upload.state == Upload.FAILED or (run is not None and run.took_nothing)
    return Row(
        file=upload.file_name,
        url=reverse(screen, args=[shop.slug, upload.pk]),
        at=shop.on_its_clock(upload.brought_at),
        who=called[upload.brought_by],
        state=_("nothing taken") if run and run.took_nothing else STATES[upload.state],
        tone="is-attention" if is_wrong else "is-accent" if upload.state == Upload.DONE else "",
        orders=run.tally.orders_recorded if run else None,
        refused=_refused(run) if run else None,
    )


def _of_run(shop: Shop, run: Imported) -> Row:
    state = STATES[Upload.DONE] if run.finished_at else _("not finished")
    return Row(
        file=run.file_name,
        url="",
        at=shop.on_its_clock(run.started_at),
        who=_("terminal"),
        state=_("nothing taken") if run.took_nothing else state,
        tone="is-attention" if run.took_nothing or not run.finished_at else "is-accent",
        orders=run.tally.orders_recorded,
        refused=_refused(run),
    )


def _refused(run: Imported) -> int:
    return run.tally.orders_refused + run.tally.refunds_refused + sum(run.counts.rejected.values())


def result(upload: Upload) -> Imported | None:
    return _told_of(upload, imported(upload.run_id)) if upload.run_id and upload.state == Upload.DONE else None


def _told_of(upload: Upload, run: Imported) -> Imported:
    """A file that was taken in before somebody brought it again has nothing new."""
    return run.again() if run.finished_at and run.finished_at < upload.brought_at else run
