"""Segments in words, in the language that is active now: what a condition asks, and what is wrong with one."""

from collections.abc import Mapping, Sequence

from babel.dates import get_month_names
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from regulars.engine.program import Programs
from regulars.programs import wording
from regulars.programs.problems import alternatives
from regulars.segments.definition import Condition, Definition, Fault, Ground, Group, amount
from regulars.segments.vocabulary import ABOUT, NO_TIER

NOTHING_SAID = "-"
LANGUAGES = {"en": "English", "zh-hant": "繁體中文", "zh-hans": "简体中文"}
CONSENTS: Mapping[str, Promise] = {"news": _("letters"), "terms": _("the terms")}
MONTHS: Mapping[str, Promise] = {"this": _("this month"), "next": _("next month")}
# What a condition asks; `values`, `number`, `of` and `days` are filled in.
SENTENCES: Mapping[str, Promise] = {
    "activity.did": _("did %(values)s"),
    "activity.did_not": _("never did %(values)s"),
    "attribute.is": _("%(of)s: %(values)s"),
    "attribute.is_not": _("%(of)s: not %(values)s"),
    "balance.at_least": _("has at least %(number)s"),
    "balance.at_most": _("has at most %(number)s"),
    "birthday.is": _("has a birthday in %(values)s"),
    "birthday.is_not": _("has no birthday in %(values)s"),
    "brand.did": _("bought the brand %(values)s"),
    "brand.did_not": _("bought nothing of the brand %(values)s"),
    "category.did": _("bought from the category %(values)s"),
    "category.did_not": _("bought nothing from the category %(values)s"),
    "channel.did": _("bought by %(values)s"),
    "channel.did_not": _("bought nothing by %(values)s"),
    "consent.is": _("agreed to %(of)s"),
    "consent.is_not": _("did not agree to %(of)s"),
    "country.is": _("is in %(values)s"),
    "country.is_not": _("is not in %(values)s"),
    "expiring.within": _("has points that run out within %(number)s days"),
    "frequency_class.at_least": _("frequency class %(number)s or higher"),
    "frequency_class.at_most": _("frequency class %(number)s or lower"),
    "joined.over": _("joined more than %(number)s days ago"),
    "joined.within": _("joined in the last %(number)s days"),
    "joined_by.is": _("joined by %(values)s"),
    "joined_by.is_not": _("did not join by %(values)s"),
    "language.is": _("reads %(values)s"),
    "language.is_not": _("does not read %(values)s"),
    "money_class.at_least": _("money class %(number)s or higher"),
    "money_class.at_most": _("money class %(number)s or lower"),
    "orders.at_least": _("orders: %(number)s or more"),
    "orders.at_most": _("orders: %(number)s or fewer"),
    "plan.is": _("has the plan %(values)s"),
    "plan.is_not": _("does not have the plan %(values)s"),
    "product.did": _("bought %(values)s"),
    "product.did_not": _("did not buy %(values)s"),
    "recency.over": _("last bought more than %(number)s days ago"),
    "recency.within": _("last bought at most %(number)s days ago"),
    "recency_class.at_least": _("recency class %(number)s or higher"),
    "recency_class.at_most": _("recency class %(number)s or lower"),
    "redeemed.did": _("redeemed points"),
    "redeemed.did_not": _("did not redeem points"),
    "referred.is": _("was brought by another member"),
    "referred.is_not": _("was brought by nobody"),
    "returned.did": _("brought something back"),
    "returned.did_not": _("brought nothing back"),
    "rfm.is": _("RFM group %(values)s"),
    "rfm.is_not": _("not in the RFM group %(values)s"),
    "spend.at_least": _("spent at least %(number)s"),
    "spend.at_most": _("spent at most %(number)s"),
    "store.did": _("bought at %(values)s"),
    "store.did_not": _("bought nothing at %(values)s"),
    "tag.did": _("bought goods marked %(values)s"),
    "tag.did_not": _("bought no goods marked %(values)s"),
    "tier.is": _("stands on %(values)s"),
    "tier.is_not": _("does not stand on %(values)s"),
    "to_next_tier.at_least": _("is missing at least %(number)s for the next tier"),
    "to_next_tier.at_most": _("is missing at most %(number)s for the next tier"),
}
FAULTS: Mapping[str, Promise] = {
    "condition_unknown": _("there is no such condition; possible is %(allowed)s"),
    "condition_without_value": _("say which, or how many"),
    "days_not_possible": _("whole days from %(least)s to %(most)s"),
    "group_of_nothing": _("choose at least one condition"),
    "name_missing": _("a name is needed"),
    "key_not_possible": _("small letters, digits, “-” and “_”, at most 40"),
    "not_a_segment": _("this is no segment: %(value)s"),
    "number_not_possible": _("a number from %(least)s to %(most)s is needed"),
    "one_of": _("possible is %(allowed)s"),
    "too_many": _("at most %(allowed)s"),
    "word_not_needed": _("this asks for nothing more: leave it out"),
    "word_too_long": _("at most %(allowed)s signs"),
}


def definition(asked: Definition, known: Ground, programs: Programs) -> str:
    """All of it as a sentence: "joined in the last 30 days, and orders: 1 or fewer"."""
    said = [group(one, known, programs) for one in asked.groups if one.conditions]
    together = gettext("; and ") if asked.match == "all" else gettext("; or ")
    return together.join(said)


def group(asked: Group, known: Ground, programs: Programs) -> str:
    said = [condition(one, known, programs) for one in asked.conditions]
    if asked.match == "none":
        words = gettext("none of these: %(said)s") if len(said) > 1 else gettext("not: %(said)s")
        return words % {"said": gettext(", or ").join(said)}
    return (gettext(", and ") if asked.match == "all" else gettext(", or ")).join(said)


def condition(one: Condition, known: Ground, programs: Programs) -> str:
    words = {
        "number": number(one, known, programs),
        "of": of(one.asked.of, one.of, programs),
        "values": wording.one_of([_quoted(one, each, programs) for each in one.values]),
    }
    said = str(SENTENCES[f"{one.about}.{one.how}"]) % words
    return gettext("%(said)s in the last %(days)s days") % {"said": said, "days": one.days} if one.days else said


def _quoted(one: Condition, word: str, programs: Programs) -> str:
    """What the shop named itself stands in quotes."""
    said = value(one.about, word, programs)
    is_own = said == word and (one.asked.values == "words" or one.about == "attribute")
    return gettext("“%(word)s”") % {"word": said} if is_own else said


def number(one: Condition, known: Ground, programs: Programs) -> str:
    """The number of a condition with its unit; "" where it has none."""
    kind = one.asked.values
    if kind not in ("days", "count", "class", "money", "growth", "points") or not one.values:
        return ""
    if kind in ("days", "class"):
        return one.value
    found = amount(one.value, one, known)
    if kind == "money" or (kind == "growth" and known.growth_in_money):
        return wording.money(found, known.currency)
    return wording.points(found, one.of or known.wallets[0], programs) if kind == "points" else f"{found:,}"


def value(about: str, word: str, programs: Programs) -> str:
    """How one of the values of a condition is called."""
    if about == "language":
        return LANGUAGES[word]
    if about == "rfm":
        # What draws charts takes a second to import, and few need it.
        from regulars.insight.charts.rfm import segment

        return segment(word)
    if about == "tier":
        return gettext("no tier") if word == NO_TIER else wording.tier(word, programs)
    if about == "birthday":
        return str(MONTHS[word]) if word in MONTHS else month(int(word))
    return gettext("a way that nobody noted") if about == "joined_by" and word == NOTHING_SAID else word


def of(sort: str, word: str, programs: Programs) -> str:
    if sort == "wallet":
        return wording.unit(word or programs.main_wallet, programs)
    return str(CONSENTS[word]) if sort == "consent" and word in CONSENTS else word


def month(which: int) -> str:
    locale = wording.LOCALES.get(wording.language(), "en")
    names = get_month_names("wide" if locale == "en" else "abbreviated", "stand-alone", locale)
    return str(names[which])


def fault(one: Fault) -> str:
    """What is wrong and what to do, without the place."""
    bounds: Sequence[str] = one.allowed if len(one.allowed) == 2 else ("", "")
    words = {"allowed": alternatives(one.allowed), "least": bounds[0], "most": bounds[1], "value": one.value}
    return str(FAULTS[one.code]) % words


NAMES: Mapping[str, Promise] = {
    "activity": _("Other activity"),
    "attribute": _("Attribute"),
    "balance": _("Balance"),
    "birthday": _("Birthday"),
    "brand": _("Brand bought"),
    "category": _("Category bought"),
    "channel": _("Bought by channel"),
    "consent": _("Consent"),
    "country": _("Country"),
    "expiring": _("Points running out"),
    "frequency_class": _("Frequency class"),
    "joined": _("Joined when"),
    "joined_by": _("Joined by"),
    "language": pgettext_lazy("of a member", "Language"),
    "money_class": _("Money class"),
    "orders": _("Number of orders"),
    "plan": _("Paid plan"),
    "product": _("Product bought"),
    "recency": _("Last order"),
    "recency_class": _("Recency class"),
    "redeemed": _("Redemption"),
    "referred": _("Referral"),
    "returned": _("Returned goods"),
    "rfm": _("RFM group"),
    "spend": _("Spend"),
    "store": _("Bought at store"),
    "tag": _("Tag bought"),
    "tier": _("Tier"),
    "to_next_tier": _("Way to the next tier"),
}
GROUPS: Mapping[str, Promise] = {
    "buying": _("What they buy"),
    "doing": _("What else they do"),
    "joining": _("How they joined"),
    "person": _("Who they are"),
    "rfm": _("Recency, frequency, money"),
    "standing": _("Where they stand"),
}
HOWS: Mapping[str, Promise] = {
    "at_least": pgettext_lazy("condition", "at least"),
    "at_most": pgettext_lazy("condition", "at most"),
    "is": pgettext_lazy("condition", "any of"),
    "is_not": pgettext_lazy("condition", "none of"),
    "over": pgettext_lazy("condition", "longer ago than"),
    "within": pgettext_lazy("condition", "within the last"),
    "expiring.within": pgettext_lazy("condition", "within the next"),
}


YES: Mapping[str, Promise] = {"is": pgettext_lazy("condition", "yes"), "is_not": pgettext_lazy("condition", "no")}


def how(about: str, word: str) -> str:
    """How the values of a condition are compared; where it has none, yes or no."""
    plain = {"did": "is", "did_not": "is_not"}.get(word, word)
    return str(HOWS.get(f"{about}.{word}") or (HOWS if ABOUT[about].values else YES)[plain])
