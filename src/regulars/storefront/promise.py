"""What a version of the program promises, short enough to read at the counter: its points and its tiers."""

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.calendar import Span, Term, date_of, in_year
from regulars.engine.levels import UNREACHABLE, Level, TierRules
from regulars.engine.program import Version, WalletRules
from regulars.programs import wording
from regulars.programs.wording import worded
from regulars.storefront.benefits import of_tier
from regulars.storefront.shop import Shop

LEAP_YEAR = 2000


class Rung(Struct, frozen=True):
    """`expires` is how long points last that are earned in this tier, where it says so itself."""

    name: str
    reach: str
    keep: str
    expires: str
    benefits: list[str]


class Promise(Struct, frozen=True):
    worth: str
    pending: str
    expires: str
    rungs: list[Rung]


def promise(shop: Shop, number: int) -> Promise:
    version = shop.published.programs.numbered(number)
    wallet = version.wallets[next(iter(version.wallets))]
    return Promise(
        worth=_worth(shop, wallet),
        pending=span(wallet.pending) if wallet.pending else _("no wait"),
        expires=_lasting(wallet.expires, slides=wallet.slides),
        rungs=[_rung(shop, version, rules, level) for rules in version.tier_sets.values() for level in rules.levels],
    )


def _worth(shop: Shop, wallet: WalletRules) -> str:
    if wallet.worth is None:
        return _("not named")
    points = wording.points(wallet.worth.points, wallet.name, shop.published.programs)
    return _("%(money)s for %(points)s") % {"money": shop.money(wallet.worth.minor), "points": points}


def lasting(term: Term, *, slides: bool = False) -> str:
    """How long something lasts, or until when; with `slides`, without activity."""
    if term.until is not None:
        return date_format(date_of(term.until))
    if term.yearly is not None and not term.span.count:
        return date_format(in_year(LEAP_YEAR, term.yearly.on), "MONTH_DAY_FORMAT")
    if not term.span.count:
        ends = {"month": _("the end of the month"), "quarter": _("the end of the quarter")}
        return ends.get(term.end_of, _("the end of the year"))
    said = counted(term.span, slides=slides)
    if term.yearly is not None:
        day = date_format(in_year(LEAP_YEAR, term.yearly.on), "MONTH_DAY_FORMAT")
        return _("%(time)s, up to the next %(day)s") % {"time": said, "day": day}
    rounded = {
        "month": _("%(time)s, up to the end of the month"),
        "quarter": _("%(time)s, up to the end of the quarter"),
        "year": _("%(time)s, up to the end of the year"),
    }
    return rounded.get(term.end_of, "%(time)s") % {"time": said}


def counted(length: Span, *, slides: bool) -> str:
    return _("%(time)s without activity") % {"time": span(length)} if slides else span(length)


def span(length: Span) -> str:
    said = {
        "day": ngettext("%(count)s day", "%(count)s days", length.count),
        "hour": ngettext("%(count)s hour", "%(count)s hours", length.count),
        "month": ngettext("%(count)s month", "%(count)s months", length.count),
    }
    return said[length.unit] % {"count": length.count}


def _rung(shop: Shop, version: Version, rules: TierRules, level: Level) -> Rung:
    def needed(amount: int) -> str:
        return shop.growth(rules.grows_by, amount) if 0 < amount < UNREACHABLE else ""

    own = version.wallets[next(iter(version.wallets))].by_tier
    return Rung(
        name=worded(level.name, get_language() or "en") or level.tier,
        reach=_("By invitation") if level.invitation else needed(level.reach),
        keep=needed(level.retain),
        expires=_lasting(own[level.tier]) if level.tier in own else "",
        benefits=of_tier(shop, version, level.tier),
    )


def _lasting(term: Term | None, *, slides: bool = False) -> str:
    return lasting(term, slides=slides) if term else _("never")
