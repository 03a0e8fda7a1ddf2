"""What a first load and its reconciliation show on the terminal: counts that add up to the list, sums that agree."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from regulars.cli.import_tables import adding_up
from regulars.cli.screen import Table
from regulars.intake.loading.reconciling import Report, Wallet
from regulars.intake.loading.totals import Sum, Totals
from regulars.programs import moves, wording
from regulars.programs.queries import Published


def totals_table(totals: Totals, shop: Published) -> Table:
    """The first number is the sum of the others."""
    rows = [(totals.lines, _("lines in the file, of which"))]
    rows.append((totals.members, _("members")))
    for wallet, taken in sorted(totals.taken.items()):
        amount = wording.amount(taken.points, wallet, shop.programs)
        said = {"balances": f"{taken.balances:,}", "wallet": wallet, "amount": amount}
        rows.append((taken.lots, _("lots of %(wallet)s in %(balances)s balances, %(amount)s in all") % said))
    rows.append((totals.known, _("were members already")))
    for wallet, repeated in sorted(totals.repeated.items()):
        rows.append((repeated.lots, _("lots of %(wallet)s known before") % {"wallet": wallet}))
    rows.append((totals.zero, _("of nothing")))
    return adding_up(rows, totals.rejected)


def report_tables(report: Report) -> Iterator[Table]:
    yield _lists(report)
    if report.wallets:
        yield _wallets(report.wallets)
    if report.held:
        yield _held(report)
    if report.history:
        yield _history(report)


def _lists(report: Report) -> Table:
    said = {"program": report.program, "when": report.made_at}
    columns = (_("List"), _("Lines"), _("Taken"), _("Known before"), _("Of nothing"), _("Not taken"))
    table = Table(*columns, title_justify="left")
    table.title = _("%(program)s, as of %(when)s") % said
    _right(table)
    for one in report.lists:
        name = f"{one.file} ({one.as_of})" if one.as_of else one.file
        name = name if one.finished_at else _("%(name)s, stopped before its end") % {"name": name}
        numbers = (one.lines, one.taken, one.repeated, one.zero, sum(one.rejected.values()))
        table.add_row(name, *(f"{number:,}" for number in numbers))
    members = {"members": f"{report.members:,}", "joined": f"{report.joined:,}"}
    table.caption = _("%(members)s members taken, %(joined)s of them in the ledger") % members
    return table


def _wallets(wallets: list[Wallet]) -> Table:
    table = Table(_("Wallet"), "", _("Balances"), _("Lots"), _("Points"))
    _right(table, 2)
    for one in wallets:
        rows = [(_("in the lists"), one.files), (_("in the ledger"), one.ledger), (_("difference"), one.difference)]
        for place, (said, found) in enumerate(rows):
            table.add_row(f"{one.source} / {one.wallet}" if not place else "", said, *_sum(found))
        for target, points in one.moved.items():
            table.add_row("", moves.place(target), "", "", f"{points:,}")
        if one.left_out != Sum():
            table.add_row("", _("left out"), *_sum(one.left_out))
    return table


def _held(report: Report) -> Table:
    table = Table(_("Wallet"), _("What all members have now"))
    _right(table)
    for wallet, points in report.held.items():
        table.add_row(wallet, f"{points:,}")
    return table


def _history(report: Report) -> Table:
    table = Table(_("Orders"), _("New"), _("Known before"), _("Refused"))
    _right(table)
    for one in report.history:
        table.add_row(one.file, f"{one.recorded:,}", f"{one.known:,}", f"{one.refused:,}")
    for source, orders in report.orders.items():
        said = {"source": source, "orders": f"{orders:,}"}
        table.add_section()
        table.add_row(_("%(source)s: %(orders)s in the ledger") % said, "", "", "")
    return table


def _sum(found: Sum) -> list[str]:
    return [f"{number:,}" for number in (found.balances, found.lots, found.points)]


def _right(table: Table, start: int = 1) -> None:
    for column in table.columns[start:]:
        column.justify = "right"
