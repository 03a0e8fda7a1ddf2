"""What an import shows on the terminal: the first orders as understood, and counts that add up to the file."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.cli.screen import Table
from regulars.engine.money import format_major
from regulars.intake.orders import LateRefund, OrderIn
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.faults import REASONS
from regulars.programs.wording import listed

if TYPE_CHECKING:
    # A plan shows the same counts and knows no database.
    from regulars.intake.previewing import Preview, Shown
    from regulars.intake.queries import Tally


def preview_tables(found: "Preview", currency: str) -> list[Table | str]:
    summary = summary_table(found.counts, None)
    if found.counts.refunded:
        summary.add_row(format_major(found.counts.refunded, currency), _("given back by the refunds altogether"))
    if ahead := found.ahead + found.ahead_refunds:
        summary.add_row(
            f"{ahead:,}", _("of these will not be taken: %(reason)s") % {"reason": REASONS["too_far_in_future"]}
        )
    if found.known:
        summary.add_row(f"{found.known:,}", _("of these orders are known already"))
    tables: list[Table | str] = [*(_arrival(shown, currency) for shown in found.first), summary]
    if found.unused:
        tables.append(_("Columns that are not used: %(columns)s") % {"columns": listed(found.unused)})
    return tables


def _arrival(shown: "Shown", currency: str) -> Table:
    arrival, time = shown.arrival, f"{shown.local_time:%Y-%m-%d %H:%M:%S}"
    if isinstance(arrival, LateRefund):
        return _refund(arrival, time, currency)
    return _order(arrival, time, currency)


def _order(order: OrderIn, time: str, currency: str) -> Table:
    said = (time, order.id, order.customer or order.card or _("guest"), order.channel, order.store, *order.codes)
    table = Table(title="  ".join(filter(None, said)), title_justify="left")
    for name in (_("Line"), _("Product"), _("Category"), _("Brand"), _("Quantity"), _("Discount"), _("Total")):
        table.add_column(name)
    for line in order.lines:
        money = (format_major(line.discount, currency), format_major(line.total, currency))
        table.add_row(line.line, line.sku, line.category, line.brand, str(line.quantity), *money)
    return table


def _refund(late: LateRefund, time: str, currency: str) -> Table:
    table = Table(title="  ".join((time, _("Refund"), late.refund.id, "→", late.order)), title_justify="left")
    for name in (_("Line"), _("Quantity"), _("Total")):
        table.add_column(name)
    for line in late.refund.lines:
        table.add_row(line.line, str(line.quantity), "" if line.total is None else format_major(line.total, currency))
    if late.refund.amount is not None:
        table.add_row("", "", format_major(late.refund.amount, currency))
    return table


def summary_table(counts: Counts, tally: "Tally | None") -> Table:
    """The first number is the sum of the others."""
    return _table(summary(counts, tally))


def summary(counts: Counts, tally: "Tally | None" = None) -> list[tuple[str, str]]:
    """How many lines became what; the first number is the sum of the others."""
    rows = [(counts.lines, _("lines in the file, of which"))]
    rows += _orders_kept(tally) if tally else [(counts.order_lines, _in_orders(counts.orders))]
    rows.append((counts.refund_lines, _in_refunds(counts.refunds, tally.refunds_known if tally else 0)))
    rows += [(number, _("left out: %(name)s") % {"name": name}) for name, number in counts.left_out.items()]
    return _adding_up(rows, counts.rejected)


def adding_up(rows: list[tuple[int, str]], rejected: Mapping[str, int]) -> Table:
    """The first number, and below it what it is the sum of: these, and what was not taken by its code."""
    return _table(_adding_up(rows, rejected))


def _adding_up(rows: list[tuple[int, str]], rejected: Mapping[str, int]) -> list[tuple[str, str]]:
    rows = rows + [
        (number, _("not taken: %(reason)s") % {"reason": REASONS[code]}) for code, number in rejected.items()
    ]
    return [(f"{number:,}", said) for place, (number, said) in enumerate(rows) if number or not place]


def _table(rows: Sequence[tuple[str, str]]) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for number, said in rows:
        table.add_row(number, said)
    return table


def refused_for(reasons: Sequence[tuple[str, int]]) -> list[str]:
    """Why the ledger refused what it did, and how often: the code, and what it says where there are words for it."""
    said = {code: f": {REASONS[code]}" for code, _number in reasons if code in REASONS}
    return [f"{number:,} × {code}{said.get(code, '')}" for code, number in reasons]


def _in_orders(orders: int) -> str:
    return ngettext("in %(orders)s order", "in %(orders)s orders", orders) % {"orders": f"{orders:,}"}


def _in_refunds(refunds: int, known: int) -> str:
    if known:
        said = ngettext(
            "in %(refunds)s refund, %(known)s of them known before",
            "in %(refunds)s refunds, %(known)s of them known before",
            refunds,
        )
        return said % {"refunds": f"{refunds:,}", "known": f"{known:,}"}
    return ngettext("in %(refunds)s refund", "in %(refunds)s refunds", refunds) % {"refunds": f"{refunds:,}"}


def _orders_kept(tally: "Tally") -> list[tuple[int, str]]:
    new, known, refused = tally.orders_recorded, tally.orders_known, tally.orders_refused
    return [
        (
            tally.lines_recorded,
            ngettext("in %(orders)s new order", "in %(orders)s new orders", new) % {"orders": f"{new:,}"},
        ),
        (
            tally.lines_known,
            ngettext("in %(orders)s order known before", "in %(orders)s orders known before", known)
            % {"orders": f"{known:,}"},
        ),
        (
            tally.lines_refused,
            ngettext("in %(orders)s order refused", "in %(orders)s orders refused", refused)
            % {"orders": f"{refused:,}"},
        ),
    ]
