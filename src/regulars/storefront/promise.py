"""What a version of the program promises, short enough to read at the counter: its points, its tiers, its rules."""

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.calendar import Span, Term, date_of, in_year
from regulars.engine.levels import UNREACHABLE, Level, TierRules
from regulars.engine.program import Rule, Version, WalletRules
from regulars.insight.wording import percent
from regulars.programs import wording
from regulars.programs.wording import worded
from regulars.storefront import writing
from regulars.storefront.shop import Shop

LEAP_YEAR = 2000


class Rung(Struct, frozen=True):
    name: str
    reach: str
    keep: str


class Earning(Struct, frozen=True):
    """A rule by name, and what it gives in a few words; when it applies is in the document."""

    name: str
    gives: str
    sometimes: bool


class Promise(Struct, frozen=True):
    worth: str
    pending: str
    expires: str
    rungs: list[Rung]
    earnings: list[Earning]


def promise(shop: Shop, number: int) -> Promise:
    version = shop.published.programs.numbered(number)
    wallet = version.wallets[next(iter(version.wallets))]
    return Promise(
        worth=_worth(shop, wallet),
        pending=span(wallet.pending) if wallet.pending else _("no wait"),
        expires=_lasting(wallet),
        rungs=_rungs(shop, version),
        earnings=[_earning(shop, rule) for rule in version.rules],
    )


def _worth(shop: Shop, wallet: WalletRules) -> str:
    if wallet.worth is None:
        return _("not named")
    points = wording.points(wallet.worth.points, wallet.name, shop.published.programs)
    return _("%(money)s for %(points)s") % {"money": shop.money(wallet.worth.minor), "points": points}


def _lasting(wallet: WalletRules) -> str:
    if wallet.expires is None:
        return _("never")
    lasts = lasting(wallet.expires)
    return _("%(time)s without activity") % {"time": lasts} if wallet.slides and wallet.expires.span.count else lasts


def lasting(term: Term) -> str:
    """How long something lasts, or until when."""
    if term.until is not None:
        return date_format(date_of(term.until))
    if term.yearly is not None and not term.span.count:
        return date_format(in_year(LEAP_YEAR, term.yearly.on), "MONTH_DAY_FORMAT")
    if not term.span.count:
        ends = {"month": _("the end of the month"), "quarter": _("the end of the quarter")}
        return ends.get(term.end_of, _("the end of the year"))
    return span(term.span)


def span(length: Span) -> str:
    counted = {
        "day": ngettext("%(count)s day", "%(count)s days", length.count),
        "hour": ngettext("%(count)s hour", "%(count)s hours", length.count),
        "month": ngettext("%(count)s month", "%(count)s months", length.count),
    }
    return counted[length.unit] % {"count": length.count}


def _rungs(shop: Shop, version: Version) -> list[Rung]:
    return [_rung(shop, rules, level) for rules in version.tier_sets.values() for level in rules.levels]


def _rung(shop: Shop, rules: TierRules, level: Level) -> Rung:
    def needed(amount: int) -> str:
        return shop.growth(rules.grows_by, amount) if 0 < amount < UNREACHABLE else ""

    name = worded(level.name, get_language() or "en") or level.tier
    return Rung(name, _("By invitation") if level.invitation else needed(level.reach), needed(level.retain))


def _earning(shop: Shop, rule: Rule) -> Earning:
    name = worded(rule.title, get_language() or "en") or rule.name
    return Earning(name, gives(shop, rule), bool(rule.scene_test or rule.line_test))


def gives(shop: Shop, rule: Rule) -> str:
    """What a rule gives, in a few words."""
    programs = shop.published.programs
    if rule.factors:
        factor = rule.factors[0]
        return _("%(factor)s× points") % {"factor": writing.plain(1 + factor.numerator / factor.denominator)}
    if rule.reward:
        return wording.reward(rule.reward, programs)
    if rule.kind == "percent":
        share = percent(rule.scale / rule.step, 0 if rule.scale * 100 % rule.step == 0 else 2)
        return _("%(share)s back as %(wallet)s") % {"share": share, "wallet": wording.unit(rule.wallet, programs)}
    points = wording.points(rule.points, rule.wallet, programs)
    if not rule.step:
        return points
    if rule.kind == "per_unit":
        return ngettext("%(points)s for each item", "%(points)s for every %(count)s items", rule.step) % {
            "points": points,
            "count": rule.step,
        }
    return _("%(points)s for every %(step)s") % {"points": points, "step": shop.money(rule.step)}
