"""The charts of a plan: what each says in a sentence, how it is drawn, and the same as a table."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.program import Programs
from regulars.insight import wording as months_as
from regulars.insight.plans import bars, drawing
from regulars.insight.plans.columns import columns
from regulars.insight.plans.drawing import Series
from regulars.programs import wording
from regulars.programs.planning import saying
from regulars.programs.planning.report import Issued, Report, Tier
from regulars.programs.planning.sensing import Swing

# So many rules have a colour of their own; the others share one.
COLOURS = ("first", "third", "second", "fourth")


class Picture(Struct, frozen=True):
    """`title` says the finding, `measure` what is drawn. `legend` names colours where the drawing has no room to."""

    name: str
    title: str
    measure: str
    wide: str
    narrow: str
    legend: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def pictures(told: Report, programs: Programs) -> dict[str, Picture]:
    """By name; what has nothing to show is left out."""
    months = [date.fromisoformat(f"{month}-01") for month in told.months]
    found = [margin(told, months), cash(told, months), liability(told, months)]
    found += issued(told, months, programs)
    found += [tiers(told, months, programs, name) for name in dict.fromkeys(tier.tier_set for tier in told.tiers)]
    found.append(tornado(told))
    return {picture.name: picture for picture in found}


def margin(told: Report, months: Sequence[date]) -> Picture:
    verdict, money = told.verdict, _money(told)
    words = {"share": saying.share(verdict.cost, verdict.gross), "left": money(verdict.left)}
    title = _("Points take %(share)s of the margin; %(left)s are left") % words
    series = [
        _series(_("Margin after rewards"), "first", [one.left for one in told.trade], told),
        _series(_("Cost of points"), "third", [one.cost for one in told.trade], told),
    ]
    names = (_("Month"), _("Orders"), _("Revenue"), _("Margin"), _("Cost of points"), _("Margin after rewards"))
    rows = [
        (_month(month), f"{one.orders:,}", *map(money, (one.revenue, one.gross, one.cost, one.left)))
        for month, one in zip(months, told.trade, strict=True)
    ]
    return _columns("margin", (title, _("Margin of the members’ orders, by month")), series, names, rows, told)


def cash(told: Report, months: Sequence[date]) -> Picture:
    money = _money(told)
    worst = max(told.trade, key=lambda one: one.cash)
    words = {"month": _month(months[told.trade.index(worst)]), "cash": money(worst.cash)}
    none = _("No points are redeemed within these months")
    title = _("%(month)s takes the most out of the till: %(cash)s") % words if worst.cash else none
    series = [_series(_("Cash effect"), "third", [-one.cash for one in told.trade], told)]
    names = (_("Month"), _("Cash effect"), _("What the program added so far"))
    rows = [(_month(month), money(-one.cash), money(one.so_far)) for month, one in zip(months, told.trade, strict=True)]
    return _columns("cash", (title, _("Worth of points redeemed, by month of redemption")), series, names, rows, told)


def liability(told: Report, months: Sequence[date]) -> Picture:
    money, last = _money(told), told.trade[-1]
    words = {"owed": money(last.owed), "breakage": money(last.breakage)}
    title = _("At the end %(owed)s are still to be redeemed; %(breakage)s more will never be") % words
    series = [
        _series(_("To be redeemed"), "first", [one.owed for one in told.trade], told),
        _series(_("Breakage"), "soft", [one.breakage for one in told.trade], told),
    ]
    names = (_("Month"), _("Outstanding"), _("To be redeemed"), _("Breakage"))
    rows = [
        (_month(month), *map(money, (one.owed + one.breakage, one.owed, one.breakage)))
        for month, one in zip(months, told.trade, strict=True)
    ]
    measure = _("Worth of points outstanding at the end of each month: the liability, with breakage")
    return _columns("liability", (title, measure), series, names, rows, told)


def issued(told: Report, months: Sequence[date], programs: Programs) -> Iterable[Picture]:
    """One of each wallet that got anything: the rules that gave most, and all others together."""
    for wallet in dict.fromkeys(one.wallet for one in told.issued):
        mine = sorted((one for one in told.issued if one.wallet == wallet), key=lambda one: -sum(one.points))
        whole = sum(sum(one.points) for one in mine)
        if not whole:
            continue
        said = {"rule": _rule(mine[0], programs), "share": saying.share(sum(mine[0].points), whole)}
        title = _("“%(rule)s” gives %(share)s of all that is issued") % said
        shown, rest = mine[: len(COLOURS)], mine[len(COLOURS) :]
        series = [
            _points(_rule(one, programs), role, one.points, wallet, programs)
            for one, role in zip(shown, COLOURS, strict=False)
        ]
        if rest:
            others = tuple(map(sum, zip(*(one.points for one in rest), strict=True)))
            series.append(_points(_("All other rules"), "soft", others, wallet, programs))
        names = (_("Month"), *(_rule(one, programs) for one in mine))
        rows = [
            (_month(month), *(saying.amount(wallet, one.points[place], programs) for one in mine))
            for place, month in enumerate(months)
        ]
        measure = _("Points issued by rule and month")
        if len({one.wallet for one in told.issued}) > 1:
            measure = _("Points issued by rule and month: %(wallet)s") % {"wallet": wallet}
        is_money = programs.versions[-1].wallets[wallet].is_money
        yield _columns(f"issued-{wallet}", (title, measure), series, names, rows, told, is_money)


def tiers(told: Report, months: Sequence[date], programs: Programs, tier_set: str) -> Picture:
    mine = [tier for tier in told.tiers if tier.tier_set == tier_set]
    roles = tier_roles(mine)
    series = [
        Series(wording.tier(one.tier, programs), role, one.members, tuple(f"{count:,}" for count in one.members))
        for one, role in zip(mine, roles, strict=True)
    ]
    rows = [(_month(month), *(one.said[place] for one in series)) for place, month in enumerate(months)]
    names = (_("Month"), *(one.name for one in series))
    title, measure = _standing(mine, programs), _("Members by tier at the end of each month")
    return _columns(f"tiers-{tier_set}", (title, measure), series, names, rows, told, is_money=False)


def tier_roles(mine: Sequence[Tier]) -> list[str]:
    """From the palest for the lowest tier to the strongest for the highest."""
    shades = ["rung-1", "rung-2", "rung-3", "rung-4", "rung-5"]
    last = len(mine) - 1
    return [shades[round(place * (len(shades) - 1) / last)] if last else shades[-1] for place in range(len(mine))]


def _standing(mine: Sequence[Tier], programs: Programs) -> str:
    whole = sum(tier.members[-1] for tier in mine)
    words = {"members": f"{whole:,}"}
    if len(mine) == 1:
        return _("%(members)s members at the end") % words
    above = sum(tier.members[-1] for tier in mine[1:])
    words |= {"share": saying.share(above, whole), "tier": wording.tier(mine[1].tier, programs)}
    return _("At the end %(share)s of %(members)s members stand on %(tier)s or above") % words


def tornado(told: Report) -> Picture:
    money, most = _money(told), told.swings[0]
    words = {
        "name": saying.assumption(most),
        "low": money(min(most.result_low, most.result_high)),
        "high": money(max(most.result_low, most.result_high)),
    }
    title = _("“%(name)s” matters most: the result lies between %(low)s and %(high)s") % words
    drawn = [_bar(swing, money) for swing in told.swings]
    wide, narrow = bars.tornado(drawn, told.verdict.result, told.currency, title)
    names = (_("Assumed"), _("Stated"), _("If it is"), _("Result"), _("Break-even"), _("Cash effect"))
    rows = [row for swing in told.swings for row in _ends(swing, money)]
    measure = _("What the program adds when one assumption is other than stated (line: %(result)s)")
    said = measure % {"result": money(told.verdict.result)}
    return Picture("tornado", title, said, wide, narrow, (), names, tuple(rows))


def _ends(swing: Swing, money: Callable[[int], str]) -> Iterable[tuple[str, ...]]:
    """What comes of the lower and of the higher value."""
    named = (saying.assumption(swing), saying.value(swing, swing.stated))
    for value, result, break_even, cash in (
        (swing.low, swing.result_low, swing.break_even_low, swing.cash_low),
        (swing.high, swing.result_high, swing.break_even_high, swing.cash_high),
    ):
        if value != swing.stated:
            outcome = (money(result), saying.break_even(break_even), money(-cash))
            yield (*named, saying.value(swing, value), *outcome)
            named = ("", "")


def _bar(swing: Swing, money: Callable[[int], str]) -> bars.Bar:
    ends = {"low": saying.break_even(swing.break_even_low), "high": saying.break_even(swing.break_even_high)}
    same = _("no difference to the result")
    moved = _("only to break-even: %(low)s to %(high)s") % ends
    return bars.Bar(
        saying.assumption(swing),
        swing.result_low,
        swing.result_high,
        saying.value(swing, swing.low),
        saying.value(swing, swing.high),
        f"{saying.assumption(swing)}: {money(swing.result_low)} – {money(swing.result_high)}",
        same if ends["low"] == ends["high"] else moved,
    )


def _columns(
    name: str,
    said: tuple[str, str],
    series: Sequence[Series],
    names: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    told: Report,
    is_money: bool = True,
) -> Picture:
    months = [date.fromisoformat(f"{month}-01") for month in told.months]
    wide, narrow = columns(months, series, told.currency if is_money else "", f"{said[0]}. {said[1]}.")
    legend = tuple((one.role, one.name) for one in series) if len(series) > 1 else ()
    return Picture(name, *said, wide, narrow, legend, names, tuple(rows))


def _series(name: str, role: str, values: Sequence[int], told: Report) -> Series:
    money = _money(told)
    return Series(name, role, tuple(values), tuple(map(money, values)))


def _points(name: str, role: str, values: Sequence[int], wallet: str, programs: Programs) -> Series:
    return Series(name, role, tuple(values), tuple(saying.amount(wallet, value, programs) for value in values))


def _money(told: Report) -> Callable[[int], str]:
    return lambda minor: drawing.money(minor, told.currency)


def _rule(one: Issued, programs: Programs) -> str:
    return saying.rule(one.rule, programs)


def _month(month: date) -> str:
    return months_as.short_month(month)
