"""Why a program stands where it does among others, in words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from regulars.programs.planning.assuming import Assumed
from regulars.programs.planning.fitting import Place
from regulars.programs.planning.saying import percent

FEW, MUCH = 2_000, 10


def reasons(place: Place) -> Iterator[str]:
    if place.by_margin == 1:
        yield _("It leaves the most margin.")
    if place.by_reach == 1 and place.reach:
        yield _("No other reaches more of the active customers.")
    if not place.reach:
        yield _("Nobody could have had a reward.")
    elif place.reach < FEW:
        yield _("Few could have had a reward: make the cheapest one cheaper, or earning faster.")
    if place.break_even is None:
        yield _("It cannot pay for itself: points cost more than the margin.")
    elif place.cost * MUCH > place.left + place.cost:
        yield _("It takes more than a tenth of the margin.")
    if not place.is_seen:
        yield _("What makes it special these orders do not tell: it will give, and cost, more than this.")
    if silent := [_silent(one.rule, one.asks) for one in place.silent]:
        yield _("Gave nothing in these orders: %(rules)s.") % {"rules": _(", ").join(silent)}


def assumed_in_words(assumed: Assumed) -> str:
    words = {
        "redeemed": percent(assumed.behaviour.redeemed),
        "months": assumed.behaviour.months,
        "margin": percent(assumed.margin),
    }
    return (
        _(
            "Assumed, not measured: %(redeemed)s of all points are spent, months until then: %(months)s; %(margin)s of "
            "revenue are margin; customers buy as they did."
        )
        % words
    )


def _silent(rule: str, asks: tuple[str, ...]) -> str:
    words = _asked()
    said = list(dict.fromkeys(words[one] for one in asks if one in words))
    return f"{rule} ({_(', ').join(said)})" if said else rule


def _asked() -> dict[str, str]:
    """What a rule asks for that a file of orders does not tell, or names otherwise."""
    named = _("goods, places or codes of other names")
    return {
        "activity": _("activities"),
        "anniversary": _("anniversaries"),
        "attribute": _("members' details"),
        "birthday": _("birthdays"),
        "country": _("countries"),
        "partner": _("partners"),
        "payment": _("how it was paid"),
        "plan": _("paid plans"),
        "profile": _("members' details"),
        "referral": _("friends"),
        "referred": _("friends"),
        "segment": _("segments"),
        "tag": _("tags"),
        **dict.fromkeys(("product", "category", "brand", "store", "channel", "code"), named),
    }
