"""What `regulars plan` shows on the terminal: the verdict first, then months, rules and tiers, and what was assumed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console
from rich.table import Table
from rich.text import Text

from regulars.cli.import_tables import summary_table
from regulars.engine.program import Programs
from regulars.intake.planning import Folded
from regulars.programs import wording
from regulars.programs.planning.report import Against, Report, Tier, Verdict, Wallet


def tell(console: Console, programs: Programs, told: Report, found: Folded) -> None:
    if not told.months:
        console.print(_("The file holds no order of a known customer: there is nothing to fold."))
        return
    words = {
        "orders": f"{found.orders:,}",
        "customers": f"{told.customers:,}",
        "members": f"{told.members:,}",
        "since": told.months[0],
        "until": told.months[-1],
    }
    said = _(
        "%(since)s to %(until)s. Orders: %(orders)s. Customers: %(customers)s. Of these become members: %(members)s."
    )
    console.print(said % words)
    if found.counts.rejected or found.counts.left_out or found.counts.partly_refunded:
        console.print(summary_table(found.counts, None))
    for sentence in sentences(told.verdict, told.currency):
        console.print(Text(sentence, "bold"))
    for wallet in told.wallets:
        if any(month.issued for month in wallet.months):
            console.print(_months(wallet, told, programs))
    console.print(_rules(told, programs))
    if told.tiers:
        console.print(_tiers(told, programs))
    if told.against:
        _compare(console, told.against, told.currency, programs)
    for note in notes(told, found, programs):
        console.print(Text(note, "dim"))


def sentences(verdict: Verdict, currency: str) -> list[str]:
    """The verdict in words."""
    said = {
        "cost": wording.money(verdict.cost, currency),
        "share": share(verdict.cost, verdict.revenue),
        "revenue": wording.money(verdict.revenue, currency),
        "left": wording.money(verdict.left, currency),
        "gross": wording.money(verdict.gross, currency),
    }
    found = [_("Points cost %(cost)s, %(share)s of the members' revenue of %(revenue)s.") % said]
    found.append(_("Of a margin of %(gross)s %(left)s are left.") % said)
    if verdict.break_even is None:
        found.append(_("It cannot pay for itself: points cost more than the margin."))
    else:
        more = {"more": percent(verdict.break_even)}
        found.append(_("It pays for itself when members buy %(more)s more because of it.") % more)
    if verdict.is_affordable is not None:
        yes, no = _("That is within the budget."), _("That is more than the budget.")
        found.append(yes if verdict.is_affordable else no)
    return found


def share(part: int, whole: int) -> str:
    return percent(part * 10_000 // whole) if whole else "–"


def percent(hundredths: int) -> str:
    return f"{hundredths / 100:.1f} %"


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
            wording.money(trade.revenue, told.currency),
            *(_amount(wallet.name, count, programs) for count in points),
            wording.money(-month.redeemed_worth, told.currency),
            wording.money(month.owed_worth, told.currency),
        )
    return table


def _amount(wallet: str, count: int, programs: Programs) -> str:
    rules = programs.versions[-1].wallets[wallet]
    return wording.money(count, programs.currency) if rules.is_money else f"{count:,}"


def _rules(told: Report, programs: Programs) -> Table:
    table = Table(_("Rule"), _("Wallet"))
    for name in (_("Times"), _("Points"), _("Cost"), _("Share of it")):
        table.add_column(name, justify="right")
    for given in told.rules:
        table.add_row(
            wording.rule(given.rule, 1, programs),
            given.wallet,
            f"{given.times:,}",
            _amount(given.wallet, given.points, programs),
            wording.money(given.worth, told.currency),
            share(given.worth, told.verdict.cost),
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
        table.add_row(_of_set(tier, told, programs), *counts)
    return table


def _of_set(tier: Tier, told: Report, programs: Programs) -> str:
    """Its title; with the set, where there are several."""
    title = wording.tier(tier.tier, programs)
    return title if len({one.tier_set for one in told.tiers}) == 1 else f"{tier.tier_set} · {title}"


def _compare(console: Console, against: Against, currency: str, programs: Programs) -> None:
    words = {
        "gain": f"{against.gain:,}",
        "lose": f"{against.lose:,}",
        "same": f"{against.same:,}",
        "gained": wording.money(against.gained, currency),
        "lost": wording.money(against.lost, currency),
        "cost": wording.money(against.verdict.cost, currency),
    }
    console.print(Text(_("Against the program in force, whose points cost %(cost)s:") % words, "bold"))
    console.print(
        _(
            "%(gain)s customers gain %(gained)s, %(lose)s lose %(lost)s, %(same)s get the same "
            "(all their points at their worth)."
        )
        % words
    )
    for left, to, count in against.moves:
        moved = {"count": f"{count:,}", "left": _standing(left, programs), "to": _standing(to, programs)}
        console.print(_("From %(left)s to %(to)s: %(count)s") % moved)
    if against.most:
        console.print(_most(against, currency, programs))


def _standing(tier: str, programs: Programs) -> str:
    return wording.tier(tier, programs) if tier else _("no member")


def _most(against: Against, currency: str, programs: Programs) -> Table:
    table = Table(_("Customer"), title=_("Most affected"), title_justify="left")
    for name in (_("Before"), _("After"), _("Difference")):
        table.add_column(name, justify="right")
    table.add_column(_("Tier"))
    for change in against.most:
        moved = " → ".join(_standing(tier, programs) for tier in dict.fromkeys((change.tier_before, change.tier_after)))
        amounts = (wording.money(amount, currency) for amount in (change.before, change.after, change.more))
        table.add_row(change.customer, *amounts, moved)
    return table


def notes(told: Report, found: Folded, programs: Programs) -> list[str]:
    """What was assumed, what is not in it, and what a reader may want to mend."""
    behaviour, said = told.assumed.behaviour, []
    assumed = {
        "redeemed": percent(behaviour.redeemed),
        "months": behaviour.months,
        "margin": percent(told.assumed.margin),
    }
    said.append(
        ngettext(
            "Assumed, not measured: %(redeemed)s of all points are spent, %(months)s month after they were issued; "
            "%(margin)s of revenue are margin; customers buy as they did.",
            "Assumed, not measured: %(redeemed)s of all points are spent, %(months)s months after they were issued; "
            "%(margin)s of revenue are margin; customers buy as they did.",
            behaviour.months,
        )
        % assumed
    )
    if not any(version.joining for version in programs.versions):
        said.append(_("Every customer becomes a member with the first order: the draft does not say who joins."))
    if told.idle_rules:
        rules = _("; ").join(wording.rule(name, 1, programs) for name in told.idle_rules)
        said.append(_("Rules that gave nothing: %(rules)s") % {"rules": rules})
    for cut in told.cut:
        bound = wording.cap(cut.bound, cut.wallet, 1, programs)
        said.append(_("Cut %(times)s times: %(cap)s") % {"cap": bound, "times": f"{cut.times:,}"})
    if told.has_budgets:
        said.append(_("Budgets of campaigns are not held to in a plan: what they would refuse is counted as given."))
    if found.counts.guest_orders:
        guests = {"orders": f"{found.counts.guest_orders:,}"}
        said.append(_("Orders of guests, which are not in it: %(orders)s") % guests)
    return said
