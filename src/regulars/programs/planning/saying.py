"""A plan in words, in the language that is active now: the verdict, and plainly what is history, what is assumed and
what nobody simulated.
"""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.engine.program import Programs
from regulars.programs import wording
from regulars.programs.planning.assuming import HISTORY
from regulars.programs.planning.reckoning import Verdict
from regulars.programs.planning.report import Ground, Lacking, Report, Tier
from regulars.programs.planning.sensing import Swing

NO_BREAK = "\N{NO-BREAK SPACE}"


def headline(verdict: Verdict, currency: str) -> str:
    """What it costs."""
    said = {
        "cost": wording.reckoned(verdict.cost, currency),
        "share": share(verdict.cost, verdict.revenue),
        "revenue": wording.reckoned(verdict.revenue, currency),
    }
    return _("Points cost %(cost)s, %(share)s of the members’ revenue of %(revenue)s.") % said


def sentences(told: Report) -> list[str]:
    """What follows from that: the margin, break-even, what members buy more, the budget."""
    verdict, currency = told.verdict, told.currency
    said = {"left": wording.reckoned(verdict.left, currency), "gross": wording.reckoned(verdict.gross, currency)}
    found = [_("Of a margin of %(gross)s, %(left)s are left.") % said]
    if verdict.cost <= 0:
        found.append(_("Points cost nothing: nobody has to buy more for them."))
    elif verdict.break_even is None:
        found.append(_("It cannot pay for itself: points cost more than the margin."))
    else:
        more = {"more": percent(verdict.break_even)}
        found.append(_("It pays for itself when members buy %(more)s more because of it.") % more)
    if told.assumed.more:
        found += _with_more(told)
    if told.assumed.budget is not None:
        found.append(_affordable(told, told.assumed.budget))
    return found


def _affordable(told: Report, budget: int) -> str:
    words = {
        "budget": wording.reckoned(budget, told.currency),
        "cost": wording.reckoned(told.verdict.cost + told.verdict.extra_cost, told.currency),
        "rest": wording.reckoned(abs(rest_of(told, budget)), told.currency),
    }
    within = _("Points that cost %(cost)s are within the budget of %(budget)s: %(rest)s are left.")
    beyond = _("Points that cost %(cost)s are more than the budget of %(budget)s: %(rest)s are missing.")
    return (within if told.verdict.is_affordable else beyond) % words


def rest_of(told: Report, budget: int) -> int:
    """What all points leave of it, those for what members buy more among them; below nothing: what is missing."""
    return budget - told.verdict.cost - told.verdict.extra_cost


def cash(told: Report) -> Iterable[str]:
    """The months that ask for most."""
    paid = max(told.trade, key=lambda month: month.cash)
    owing = max(told.trade, key=lambda month: month.owed)
    words = {"cash": wording.reckoned(paid.cash, told.currency), "owed": wording.reckoned(owing.owed, told.currency)}
    if paid.cash > 0:
        yield _("At most %(cash)s leave the till in one month, %(month)s.") % (words | {"month": month(paid.month)})
    if owing.owed > 0:
        said = _("At most %(owed)s are still to be redeemed at the end of one, %(month)s.")
        yield said % (words | {"month": month(owing.month)})


def _with_more(told: Report) -> Iterable[str]:
    verdict = told.verdict
    said = {
        "more": percent(told.assumed.more),
        "extra": wording.reckoned(verdict.extra, told.currency),
        "cost": wording.reckoned(verdict.cost + verdict.extra_cost, told.currency),
        "result": wording.reckoned(abs(verdict.result), told.currency),
        "month": month(verdict.pays_back),
    }
    if verdict.result < 0:
        lost = _(
            "If members buy %(more)s more, that brings a margin of %(extra)s and points cost %(cost)s: %(result)s too "
            "much."
        )
        yield lost % said
        return
    gained = _(
        "If members buy %(more)s more, that brings a margin of %(extra)s and points cost %(cost)s: the program adds "
        "%(result)s."
    )
    yield gained % said
    yield _("From %(month)s on it has paid for itself.") % said


def measured(told: Report, ground: Ground) -> list[str]:
    """What is history: it ends with the last order; after that time alone goes by."""
    last = max((place for place, month in enumerate(told.trade) if month.orders), default=len(told.months) - 1)
    words = {
        "orders": f"{sum(month.orders for month in told.trade):,}",
        "customers": f"{told.customers:,}",
        "revenue": wording.reckoned(told.verdict.revenue, told.currency),
        "since": month(told.months[0]),
        "until": month(told.months[last]),
    }
    said = _(
        "Orders and refunds of %(customers)s customers from %(since)s to %(until)s: as members they placed %(orders)s "
        "orders and paid %(revenue)s."
    )
    found = [said % words]
    if told.months[last] != told.months[-1]:
        still = _("No orders after that: up to %(until)s points are only spent or run out.")
        found.append(still % {"until": month(told.months[-1])})
    if ground.members:
        proof = {"exact": f"{ground.exact:,}", "members": f"{ground.members:,}"}
        found.append(
            _("The program in force, folded again, matches the ledger: %(exact)s of %(members)s members.") % proof
        )
    if ground.guests:
        found.append(_("Orders of guests, which are not in it: %(orders)s") % {"orders": f"{ground.guests:,}"})
    return found


def assumed(told: Report, programs: Programs, ground: Ground) -> list[str]:
    """What nobody measured."""
    behaviour = told.assumed.behaviour
    words = {
        "redeemed": percent(behaviour.redeemed),
        "months": behaviour.months,
        "margin": percent(told.assumed.margin),
        "manner": manner(told.assumed.manner),
    }
    said = [
        ngettext(
            "%(redeemed)s of all points are spent, %(months)s month after they were issued.",
            "%(redeemed)s of all points are spent, %(months)s months after they were issued.",
            behaviour.months,
        )
        % words
    ]
    if told.assumed.manner == HISTORY:
        said[0] = joined([said[0], _("So it was so far, as far as the ledger shows.")])
    elif told.assumed.manner:
        said[0] = joined([said[0], _("That is the behaviour “%(manner)s”.") % words])
    said.append(_("%(margin)s of revenue are margin, after what the goods cost.") % words)
    if told.assumed.margins:
        of = (f"{name} {percent(part)}" for name, part in told.assumed.margins)
        said.append(_("Other margins: %(margins)s.") % {"margins": _("; ").join(of)})
    if told.unsold:
        said.append(_("No order has goods of these categories: %(names)s.") % {"names": _("; ").join(told.unsold)})
    said.append(_uplift(told))
    if not any(version.joining for version in programs.versions):
        said.append(_joining(ground))
    if benefits := programs.versions[-1].benefits:
        names = wording.listed(wording.worded(one.title, wording.language()) or one.name for one in benefits)
        said.append(_("Not counted: what benefits cost, and what members pay for them: %(names)s.") % {"names": names})
    return said


def _joining(ground: Ground) -> str:
    if ground.is_joining_told:
        return _(
            "Members are those that there are: neither the draft nor the program in force says who joins (enrolment)."
        )
    return _("Every customer becomes a member with the first order: the draft does not say who joins.")


def manner(name: str) -> str:
    """What a behaviour is called."""
    return {"eager": _("eager"), "usual": _("usual"), "idle": _("idle")}.get(name, name)


def _uplift(told: Report) -> str:
    if not told.assumed.more:
        return _("Customers buy as they did, no more and no less.")
    words = {"often": percent(told.assumed.more_orders), "each": percent(told.assumed.more_per_order)}
    said = _("Members buy %(often)s more often and %(each)s more each time because of the program; points grow alike.")
    return said % words


def simulated(told: Report) -> list[str]:
    """What the plan works out itself, and how far that goes."""
    found = [
        _(
            "The draft is folded as if it had always been in force. Who moves to another tier on the day it is "
            "published is another question, which is answered before publishing."
        ),
        _("Points, tiers and expiry of each customer: by the fold that the ledger uses, one customer after the other."),
        _redeemed(told),
    ]
    if told.has_budgets:
        found.append(_("Budgets of campaigns: all customers draw from them, in the order in which they bought."))
    if told.lacking:
        amounts = (f"{one.wallet} {_counted(one, told.currency)}" for one in told.lacking)
        found.append(
            _("What was given in wallets that the draft lacks is left out: %(amounts)s.")
            % {"amounts": _("; ").join(amounts)}
        )
    return found


def _redeemed(told: Report) -> str:
    if told.simulated is None:
        return _("Redemptions only as a share of all points: no member's limits, and not the catalogue.")
    words = {"stated": percent(told.assumed.behaviour.redeemed), "came": percent(told.simulated)}
    said = _(
        "Redemptions: each member decides once a month, and spends the stated share as far as points are left, the "
        "least is reached and limits allow."
    )
    found = [said]
    if words["came"] != words["stated"]:
        found.append(_("Instead of %(stated)s of the points that comes to %(came)s.") % words)
    for wallet, share in told.simulated_of:
        found.append(_("Of %(wallet)s that comes to %(came)s.") % {"wallet": wallet, "came": percent(share)})
    return joined(found)


def _counted(one: Lacking, currency: str) -> str:
    return wording.reckoned(one.points, currency) if one.is_money else f"{one.points:,}"


def to_mend(told: Report, programs: Programs) -> list[str]:
    """Rules that gave nothing, and bounds that left less."""
    said = []
    if told.idle_rules:
        rules = _("; ").join(wording.rule(name, 1, programs) for name in told.idle_rules)
        said.append(_("Rules that gave nothing: %(rules)s") % {"rules": rules})
    for cut in told.cut:
        bound = wording.cap(cut.bound, cut.wallet, 1, programs)
        said.append(_("Cut %(times)s times: %(cap)s") % {"cap": bound, "times": f"{cut.times:,}"})
    return said


def assumption(swing: Swing) -> str:
    """What an assumption is called."""
    return {
        "redeemed": _("Points that are ever spent"),
        "months": _("Months until they are spent"),
        "more_orders": _("How much more often members buy"),
        "more_per_order": _("How much more they buy each time"),
        "margin": _("Margin"),
    }[swing.name]


def value(swing: Swing, figure: int) -> str:
    return f"{figure:,}" if swing.name == "months" else percent(figure)


def break_even(hundredths: int | None) -> str:
    return _("out of reach") if hundredths is None else f"+{percent(hundredths)}"


def rule(name: str, programs: Programs) -> str:
    """What no rule gave or took is somebody's doing."""
    return wording.rule(name, 1, programs) if name else _("by hand")


def standing(tier: str, programs: Programs) -> str:
    return wording.tier(tier, programs) if tier else _("no tier")


def by_segment() -> str:
    return _("By segment, as they belong to it at the end; whoever belongs to several is counted in each")


def tier_of_set(tier: Tier, told: Report, programs: Programs) -> str:
    """Its title; with the set, where there are several."""
    title = wording.tier(tier.tier, programs)
    return title if len({one.tier_set for one in told.tiers}) == 1 else f"{tier.tier_set} · {title}"


def month(text: str) -> str:
    """ "July 2026" of 2026-07."""
    return wording.month(date.fromisoformat(f"{text}-01")) if text else ""


def amount(wallet: str, count: int, programs: Programs) -> str:
    rules = programs.versions[-1].wallets[wallet]
    return wording.reckoned(count, programs.currency) if rules.is_money else f"{count:,}"


def share(part: int, whole: int) -> str:
    return percent(part * 10_000 // whole) if whole else "–"


def joined(sentences: Iterable[str]) -> str:
    """One after the other; in Chinese nothing stands between them."""
    return ("" if wording.language().startswith("zh") else " ").join(sentences)


def percent(hundredths: int, digits: int = 1) -> str:
    """The sign stays on the line of its figure."""
    return f"{hundredths / 100:.{digits}f}{'' if wording.language().startswith('zh') else NO_BREAK}%"
