"""What `regulars plan` shows on the terminal: the verdict first, then months, rules and tiers, and what was assumed."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from rich.text import Text

from regulars.cli.import_tables import summary_table
from regulars.cli.screen import Console, Table
from regulars.engine.program import Programs
from regulars.intake.reading.counting import Counts
from regulars.programs import wording
from regulars.programs.planning import saying
from regulars.programs.planning.reckoning import Wallet
from regulars.programs.planning.report import Against, Ground, Report


def tell(console: Console, programs: Programs, told: Report, ground: Ground, counts: Counts | None) -> None:
    """`counts` says what a file held; None: it was the ledger."""
    words = {
        "orders": f"{sum(month.orders for month in told.trade):,}",
        "customers": f"{told.customers:,}",
        "members": f"{told.members:,}",
        "since": saying.month(told.months[0]),
        "until": saying.month(told.months[-1]),
    }
    said = _(
        "%(since)s to %(until)s. Orders: %(orders)s. Customers: %(customers)s. Of these become members: %(members)s."
    )
    console.print(said % words)
    if counts and (counts.rejected or counts.left_out or counts.partly_refunded):
        console.print(summary_table(counts, None))
    for sentence in (saying.headline(told.verdict, told.currency), *saying.sentences(told), *saying.cash(told)):
        console.print(Text(sentence, "bold"))
    for wallet in told.wallets:
        if any(month.issued for month in wallet.months):
            console.print(_months(wallet, told, programs))
    console.print(_rules(told, programs))
    if told.tiers:
        console.print(_tiers(told, programs))
    if told.against:
        _compare(console, told.against, told.currency, programs)
    console.print(_sensitivity(told))
    for note in _notes(told, ground, programs):
        console.print(Text(note, "dim"))


def _months(wallet: Wallet, told: Report, programs: Programs) -> Table:
    table = Table(title=wallet.name, title_justify="left")
    table.add_column(_("Month"))
    names = (_("Joined"), _("Orders"), _("Revenue"), _("Issued"), _("Returned"), _("Redeemed"), _("Expired"))
    for name in (*names, _("Outstanding"), _("Cash effect"), _("Still to be redeemed")):
        table.add_column(name, justify="right")
    for trade, month in zip(told.trade, wallet.months, strict=True):
        points = (month.issued, month.returned, month.redeemed, month.expired, month.outstanding)
        table.add_row(
            month.month,
            f"{trade.joined:,}",
            f"{trade.orders:,}",
            wording.reckoned(trade.revenue, told.currency),
            *(saying.amount(wallet.name, count, programs) for count in points),
            wording.reckoned(-month.redeemed_worth, told.currency),
            wording.reckoned(month.owed_worth, told.currency),
        )
    return table


def _rules(told: Report, programs: Programs) -> Table:
    table = Table(_("Rule"), _("Wallet"))
    for name in (_("Times"), _("Points"), _("Cost"), _("Share of it")):
        table.add_column(name, justify="right")
    for given in told.rules:
        table.add_row(
            saying.rule(given.rule, programs),
            given.wallet,
            f"{given.times:,}",
            saying.amount(given.wallet, given.points, programs),
            wording.reckoned(given.worth, told.currency),
            saying.share(given.worth, told.verdict.cost),
        )
    return table


def _tiers(told: Report, programs: Programs) -> Table:
    """At the end of the plan, and half-way."""
    table = Table(_("Tier"), title=_("Members by tier"), title_justify="left")
    halfway = len(told.months) // 2
    for place in sorted({halfway, len(told.months) - 1}):
        table.add_column(told.months[place], justify="right")
    for tier in told.tiers:
        counts = [f"{tier.members[place]:,}" for place in sorted({halfway, len(told.months) - 1})]
        table.add_row(saying.tier_of_set(tier, told, programs), *counts)
    return table


def _compare(console: Console, against: Against, currency: str, programs: Programs) -> None:
    words = {
        "gain": f"{against.gain:,}",
        "lose": f"{against.lose:,}",
        "same": f"{against.same:,}",
        "gained": wording.reckoned(against.gained, currency),
        "lost": wording.reckoned(against.lost, currency),
        "cost": wording.reckoned(against.verdict.cost, currency),
    }
    console.print(Text(_("Against the program in force, whose points cost %(cost)s:") % words, "bold"))
    console.print(
        _(
            "Customers who gain: %(gain)s, %(gained)s in all; who lose: %(lose)s, %(lost)s in all; who get the same: "
            "%(same)s. That is all their points at their worth."
        )
        % words
    )
    for left, to, count in against.moves:
        moved = {"count": f"{count:,}", "left": saying.standing(left, programs), "to": saying.standing(to, programs)}
        console.print(_("From %(left)s to %(to)s: %(count)s") % moved)
    if against.segments:
        console.print(_segments(against, currency))
    if against.most:
        console.print(_most(against, currency, programs))


def _segments(against: Against, currency: str) -> Table:
    table = Table(_("Segment"), title=saying.by_segment(), title_justify="left")
    names = (_("They gain"), _("They lose"), _("The same"), _("They get more"), _("They get less"))
    for name in names:
        table.add_column(name, justify="right")
    for segment, group in against.segments:
        counts = (f"{count:,}" for count in (group.gain, group.lose, group.same))
        table.add_row(
            segment, *counts, wording.reckoned(group.gained, currency), wording.reckoned(-group.lost, currency)
        )
    return table


def _most(against: Against, currency: str, programs: Programs) -> Table:
    table = Table(_("Customer"), title=_("Most affected"), title_justify="left")
    for name in (_("Before"), _("After"), _("Difference")):
        table.add_column(name, justify="right")
    table.add_column(_("Tier"))
    for change in against.most:
        tiers = dict.fromkeys((change.tier_before, change.tier_after))
        moved = " → ".join(saying.standing(tier, programs) for tier in tiers)
        amounts = (wording.reckoned(amount, currency) for amount in (change.before, change.after, change.more))
        table.add_row(change.customer, *amounts, moved)
    return table


def _sensitivity(told: Report) -> Table:
    table = Table(_("Assumed"), title=_("What the result rests on"), title_justify="left")
    for name in (_("Stated"), _("From"), _("Result"), _("To"), _("Result")):
        table.add_column(name, justify="right")
    for swing in told.swings:
        table.add_row(
            saying.assumption(swing),
            saying.value(swing, swing.stated),
            saying.value(swing, swing.low),
            wording.reckoned(swing.result_low, told.currency),
            saying.value(swing, swing.high),
            wording.reckoned(swing.result_high, told.currency),
        )
    return table


def _notes(told: Report, ground: Ground, programs: Programs) -> Iterable[str]:
    """What was assumed, what is not in it, and what a reader may want to mend."""
    yield from saying.to_mend(told, programs)
    said = [
        (_("History"), saying.measured(told, ground)),
        (_("Assumed, not measured"), saying.assumed(told, programs, ground)),
        (_("Simulated"), saying.simulated(told)),
    ]
    for name, lines in said:
        yield _("%(name)s: %(said)s") % {"name": name, "said": saying.joined(lines)}
