"""The terms of a program, made from the version in force: what a member may rely on, in sentences."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.calendar import UNTIL_FULFILLED, Span, Term
from regulars.engine.levels import LIFETIME, ROLLING, TierRules, Window
from regulars.engine.program import WalletRules
from regulars.insight import wording as figures
from regulars.programs import wording
from regulars.storefront import writing
from regulars.storefront.benefits import others
from regulars.storefront.promise import counted, lasting, span
from regulars.storefront.shop import Shop


class Part(Struct, frozen=True):
    heading: str
    sentences: list[str]


def terms(shop: Shop) -> list[Part]:
    """A part for each wallet, one for tiers, one for what is always so."""
    wallets = [Part(_name(shop, wallet), list(_of_wallet(shop, wallet))) for wallet in shop.rules.wallets.values()]
    tiers = [sentence for rules in shop.rules.tier_sets.values() for sentence in _of_tiers(rules)]
    parts = [*wallets, Part(_("Tiers"), tiers), Part(_("Benefits"), others(shop, shop.rules))]
    return [*(part for part in parts if part.sentences), Part(_("For everything"), list(_always(shop)))]


def _name(shop: Shop, wallet: WalletRules) -> str:
    said = wording.unit(wallet.name, shop.published.programs)
    return said[:1].upper() + said[1:]


def _of_wallet(shop: Shop, wallet: WalletRules) -> Iterator[str]:
    if wallet.worth is not None and not wallet.is_money:
        points = wording.points(wallet.worth.points, wallet.name, shop.published.programs)
        yield _("%(points)s are worth %(money)s with us. They cannot be paid out in cash.") % {
            "points": points,
            "money": shop.money(wallet.worth.minor),
        }
    yield _pending(wallet.pending)
    yield _expiry(wallet)
    for tier, term in wallet.by_tier.items():
        yield _expiry_in(shop.tier(tier), term)
    yield _("What expires first is used first.")
    yield _("When you return something, what it earned goes back; what you paid it with comes back as it was.")
    yield _shortfall(wallet)
    if wallet.on_closing == "pay_out":
        yield _("If you leave, we pay out what you can use at that time.")
    else:
        yield _("If you leave, what you have not used is gone.")


def _pending(pending: Span | None) -> str:
    if pending is None:
        return _("What you earn can be used at once.")
    if pending == UNTIL_FULFILLED:
        return _("What an order earns can be used once you have the goods.")
    return _("What an order earns can be used after %(time)s.") % {"time": span(pending)}


def _expiry(wallet: WalletRules) -> str:
    if wallet.expires is None:
        return _("It does not expire.")
    term, ends_at = wallet.expires, wallet.expires.end_of
    if not term.span.count or term.yearly is not None or term.until is not None:
        return _("It expires: %(time)s.") % {"time": lasting(term, slides=wallet.slides)}
    if ends_at == "day" and wallet.slides:
        return _("It expires after %(time)s without activity.") % {"time": span(term.span)}
    said = {
        "month": _("It expires after %(time)s, at the end of the month."),
        "quarter": _("It expires after %(time)s, at the end of the quarter."),
        "year": _("It expires after %(time)s, at the end of the year."),
    }
    sentence = said.get(ends_at) or _("It expires after %(time)s.")
    return sentence % {"time": counted(term.span, slides=wallet.slides)}


def _expiry_in(tier: str, term: Term | None) -> str:
    if term is None:
        return _("What you earn as %(tier)s does not expire.") % {"tier": tier}
    return _("What you earn as %(tier)s lasts: %(time)s.") % {"tier": tier, "time": lasting(term)}


def _shortfall(wallet: WalletRules) -> str:
    said = {
        "charge": _("If that was used already, its worth is taken off the money that you get back."),
        "deficit": _("If that was used already, what you earn next settles it first."),
        "write_off": _("If that was used already, we let it go."),
    }
    return said[wallet.when_short]


def _window(window: Window) -> str:
    """Over what time growth is counted, where it can be said in a sentence."""
    if window.kind == ROLLING and window.span is not None:
        return _("For a tier we count the last %(time)s.") % {"time": span(window.span)}
    if window.kind == LIFETIME:
        return _("For a tier we count everything since the beginning.")
    periods = {
        "year": _("For a tier we count from the beginning of each year."),
        "half-year": _("For a tier we count from the beginning of each half-year."),
        "quarter": _("For a tier we count from the beginning of each quarter."),
        "month": _("For a tier we count from the beginning of each month."),
    }
    return periods.get(window.period, "")


def _of_tiers(rules: TierRules) -> Iterator[str]:
    if window := _window(rules.window):
        yield window
    if rules.lifts:
        yield _("A tier that you reach counts for the order that reaches it.")
    else:
        yield _("A tier that you reach counts from your next order on.")
    said = {
        "full": _("Whoever does not keep a tier goes to the one that they reach then."),
        "never": _("A tier that you have reached stays yours."),
        "one level": _("Whoever does not keep a tier goes down by one."),
    }
    yield said[rules.downgrade]


def _always(shop: Shop) -> Iterator[str]:
    yield _("Days begin and end by the clock of %(zone)s.") % {"zone": writing.place(shop.zone_name)}
    yield _("Points are whole numbers: what does not fill a whole step of a rule earns nothing more.")
    yield _("The rules may change. An order keeps the rules of the day on which it was paid.")
    yield _("This is version %(number)s of the program, in force since %(day)s.") % {
        "number": shop.rules.number,
        "day": figures.day(shop.local(shop.rules.starts_at).date()),
    }
