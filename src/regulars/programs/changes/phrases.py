"""A phrase of a program document in the reader's words: "1 point per 30 TWD" is "1 point for every NT$30".

Only what stands here is put into words; everything else is shown as it is written, so nothing is ever lost.
"""

import re
from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from msgspec import Struct

from regulars.engine.money import parse_major
from regulars.engine.phrases import WEEKDAYS
from regulars.engine.problems import Wrong
from regulars.programs import wording
from regulars.programs.changes.choices import CHOICES, PERIODS, choice
from regulars.programs.changes.labels import ASKED, label
from regulars.programs.changes.nested import Value, nested
from regulars.programs.languages import TEXTS
from regulars.programs.wording import language, worded

Names = Mapping[str, Mapping[str, str]]


class Known(Struct, frozen=True):
    """What a document calls its things: names by language, by the thing's own; units with their forms."""

    units: dict[str, dict[str, list[str]]] = {}
    tiers: dict[str, dict[str, str]] = {}
    rules: dict[str, dict[str, str]] = {}
    campaigns: dict[str, dict[str, str]] = {}
    currency: str = ""

    def unit(self, wallet: str, count: str) -> str:
        """ "points" of both "point" and "points"; its own name, where nobody gave it words."""
        key = next((name for name in (wallet, f"{wallet}s") if name in self.units), wallet)
        by_tag = {tag.lower(): forms for tag, forms in self.units.get(key, {}).items()}
        forms = by_tag.get(language().lower()) or by_tag.get("en") or []
        if forms:
            return forms[0] if count == "1" else forms[-1]
        if key == "points":
            return ngettext("point", "points", 1 if count == "1" else 2)
        return wallet


# Texts of the merchant's own, which mean what they say.
VERBATIM = {"code", "currency", "group", "prefix", "program", "timezone"}
LANGUAGES = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}
# Words with conditions of their own, each in brackets.
GROUPS = {"all", "any", "not", "steps"}
CONDITIONS = {"when", "enrolment.when", "referral.when", "gives", "goal"}
OCCASIONS: dict[str, Promise] = {
    "anniversary": gettext_lazy("the day of joining, every year"),
    "birthday": gettext_lazy("a birthday"),
    "enrolment": gettext_lazy("joining the program"),
    "goal": gettext_lazy("reaching the goal"),
    "order": gettext_lazy("an order"),
    "profile": gettext_lazy("a complete profile"),
}
GROWTHS: dict[str, Promise] = {
    "engagement": gettext_lazy("activities"),
    "orders": gettext_lazy("orders"),
    "spend": gettext_lazy("spend"),
    "visits": gettext_lazy("visits"),
}
RENEWERS: dict[str, Promise] = {
    "orders": gettext_lazy("orders"),
    "spending": gettext_lazy("spending points"),
}
WINDOWS: dict[str, Promise] = {
    "calendar half-year": gettext_lazy("the calendar half-year"),
    "calendar month": gettext_lazy("the calendar month"),
    "calendar quarter": gettext_lazy("the calendar quarter"),
    "calendar year": gettext_lazy("the calendar year"),
    "lifetime": gettext_lazy("all the time"),
    "since joining": gettext_lazy("the year of membership"),
    "since tier start": gettext_lazy("since the tier was reached"),
}
ENDS: dict[str, Promise] = {
    "day": gettext_lazy("up to the end of the day"),
    "month": gettext_lazy("up to the end of the month"),
    "quarter": gettext_lazy("up to the end of the quarter"),
    "year": gettext_lazy("up to the end of the year"),
}

BRACKETS = str.maketrans("{[]}", "(())")
NUMBER = r"\d{1,12}(?:\.\d+)?"
UNIT = "[a-z][a-z_-]*"
WORD_AT = re.compile(r"(?<![\w.])([a-z_]+|zh-Han[ts]|en): ")
LONG_NUMBER = re.compile(r"(?<![\d.,-])\d{4,}(?![\d-])")


def phrased(word: str, said: str, known: Known) -> str:
    """What stands at a word, in the language that is active now."""
    if not said or word in VERBATIM:
        return said
    if word in TEXTS:
        return WORD_AT.sub(lambda found: _("%(word)s: ") % {"word": LANGUAGES.get(found[1], found[1])}, said)
    if (chosen := choice(word, said)) != said:
        return chosen
    if word in READERS:
        return READERS[word](said, known)
    if word in CONDITIONS:
        return _conditions(said, known)
    return _phrase(said, known)


def bounds(key: str, known: Known) -> str:
    """What a cap without a name bounds, of "base, tea, day"."""
    return wording.listed(
        str(PERIODS[one])
        if one in PERIODS
        else known.unit(one, "")
        if one in known.units
        else _called(known.rules, one)
        for one in key.split(", ")
    )


def read(word: str, written: str, known: Known) -> str:
    """The same of what is written in a document, braces and all; "" where that says it as well."""
    inside = written.translate(BRACKETS).removeprefix("(").removesuffix(")")
    said = phrased(word, inside if word in CONDITIONS | {"multiply"} else written, known)
    return "" if said.replace(",", "") == written else said


def _phrase(said: str, known: Known) -> str:
    for pattern, worded_by in PHRASES:
        if found := pattern.fullmatch(said):
            return worded_by(found, known)
    return LONG_NUMBER.sub(lambda found: f"{int(found.group()):,}", said)


def _conditions(said: str, known: Known) -> str:
    """Each word with what is asked of it: "category: (oolong, black-tea), order_at_least: 500 TWD"."""
    found = nested(said)
    return _all(found, known) if isinstance(found, dict) else said


def _all(found: dict[str, Value], known: Known) -> str:
    return _("; ").join(
        _("%(word)s: ") % {"word": _asked(word)} + _inside(word, value, known) for word, value in found.items()
    )


def _inside(word: str, value: Value, known: Known) -> str:
    match value:
        case str():
            return _asked_value(word, value, known)
        case list():
            return wording.listed(_inside(word, one, known) for one in value)
        case {"prize": prize, "odds": odds}:
            names = value.get("name")
            name = worded({tag: str(one) for tag, one in names.items()}, language()) if isinstance(names, dict) else ""
            return _("%(name)s (%(said)s)") % {"name": name or prize, "said": _phrase(str(odds), known)}
        case _ if word in GROUPS:
            return _("(%(said)s)") % {"said": _all(value, known)}
        case _ if word == "attribute":
            return wording.listed(_("%(word)s: ") % {"word": name} + str(one) for name, one in value.items())
    return _all(value, known)


def _asked_value(word: str, said: str, known: Known) -> str:
    if word == "tier":
        return _called(known.tiers, said)
    if word == "weekday" and said in WEEKDAYS:
        return wording.weekday(said)
    return choice(word, said) if word in CHOICES else _phrase(said, known)


def _asked(word: str) -> str:
    return str(ASKED.get(word) or label(word))


def _money(amount: str, currency: str) -> str:
    try:
        return wording.money(parse_major(amount, currency), currency)
    except Wrong:
        return f"{amount} {currency}"


def _count(amount: str, unit: str, known: Known) -> str:
    number = f"{int(amount):,}" if amount.isdigit() else amount
    return f"{number} {known.unit(unit, amount)}"


def _per_money(found: re.Match[str], known: Known) -> str:
    given = {"points": _count(found[1], found[2], known), "step": _money(found[3], found[4])}
    return _("%(points)s for every %(step)s") % given


def _per_unit(found: re.Match[str], known: Known) -> str:
    given = {"points": _count(found[1], found[2], known), "count": found[3] or "1"}
    return ngettext("%(points)s for each item", "%(points)s for every %(count)s items", int(found[3] or 1)) % given


def _worth(found: re.Match[str], _known: Known) -> str:
    said = {"money": _money(found[1], found[2]), "count": f"{int(found[3]):,}"}
    return _("%(money)s for %(count)s") % said


def _share(found: re.Match[str], known: Known) -> str:
    return _("%(share)s back as %(wallet)s") % {"share": found[1], "wallet": known.unit(found[2], "")}


def _times(found: re.Match[str], _known: Known) -> str:
    return str(wording.AT_MOST[found[2]]) % {"most": wording.times(int(found[1]))}


def span(said: str) -> str:
    """ "7 days"; as it is written, where it is no such length."""
    found = SPAN.fullmatch(said)
    if not found:
        return said
    count = int(found[1])
    forms = {
        "hour": ngettext("%(count)s hour", "%(count)s hours", count),
        "day": ngettext("%(count)s day", "%(count)s days", count),
        "week": ngettext("%(count)s week", "%(count)s weeks", count),
        "month": ngettext("%(count)s month", "%(count)s months", count),
        "year": ngettext("%(count)s year", "%(count)s years", count),
    }
    return forms[found[2]] % {"count": count}


def _term(found: re.Match[str], _known: Known) -> str:
    said = span(found[1])
    if found[2]:
        said = _("%(time)s after the last activity") % {"time": said}
    return _("%(time)s, %(end)s") % {"time": said, "end": ENDS[found[3]]} if found[3] else said


def _trigger(said: str, known: Known) -> str:
    kind, _space, name = said.partition(" ")
    if kind == "tier":
        return pgettext("occasion", "reaching %(name)s") % {"name": _called(known.tiers, name)}
    if kind in {"activity", "plan"} and name:
        return f"{_asked(kind)} {name}"
    return str(OCCASIONS.get(said, said))


def _growth(said: str, known: Known) -> str:
    if found := re.fullmatch(f"points of ({UNIT})", said):
        return known.unit(found[1], "")
    return str(GROWTHS.get(said, said))


def _window(said: str, _known: Known) -> str:
    if said.startswith("rolling "):
        return _("the last %(time)s") % {"time": span(said.removeprefix("rolling "))}
    return str(WINDOWS.get(said, said))


def _renewed(said: str, _known: Known) -> str:
    return wording.listed(str(RENEWERS.get(one, one)) for one in said.split(", "))


def _waiting(said: str, known: Known) -> str:
    fixed = {"none": _("no wait"), "until fulfilled": _("until the order is fulfilled")}
    return fixed[said] if said in fixed else _phrase(said, known)


def _multiplied(said: str, known: Known) -> str:
    """ "base: 2" is "Points on every order × 2"."""
    parts = [one.partition(": ") for one in said.split(", ")]
    if not all(sign for _name, sign, _factor in parts):
        return f"× {said}" if re.fullmatch(NUMBER, said) else said
    return wording.listed(f"{_called(known.rules, name)} × {factor}" for name, _sign, factor in parts)


def _of(kind: str) -> Callable[[str, Known], str]:
    def read(said: str, known: Known) -> str:
        names: Names = getattr(known, kind)
        return wording.listed(_called(names, one) for one in said.split(", "))

    return read


def _wallets(said: str, known: Known) -> str:
    return wording.listed(known.unit(one, "") for one in said.split(", "))


def _called(names: Names, key: str) -> str:
    return worded(dict(names.get(key, {})), language()) or key


SPAN = re.compile(r"(\d{1,4}) (hour|day|week|month|year)s?")
PHRASES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Known], str]], ...] = (
    (re.compile(rf"({NUMBER}) ({UNIT}) per ({NUMBER}) ([A-Z]{{3}})"), _per_money),
    (re.compile(rf"({NUMBER}) ({UNIT}) per (?:unit|(\d+) units)"), _per_unit),
    (re.compile(rf"({NUMBER}) ([A-Z]{{3}}) per (\d+)"), _worth),
    (re.compile(rf"({NUMBER}%) ({UNIT})"), _share),
    (re.compile(r"1 in (\d+)"), lambda found, _known: _("1 in %(count)s") % {"count": f"{int(found[1]):,}"}),
    (re.compile(rf"({NUMBER}) ([A-Z]{{3}})"), lambda found, _known: _money(found[1], found[2])),
    (re.compile(r"(\d+) per (order|day|week|month|year|lifetime)"), _times),
    (
        re.compile(
            r"(\d{1,4} (?:hour|day|week|month|year)s?)( after the last activity)?(?:, end of (day|month|quarter|year))?"
        ),
        _term,
    ),
    (re.compile(r"once"), lambda _found, _known: str(wording.AT_MOST["lifetime"]) % {"most": wording.times(1)}),
    (re.compile(r"never"), lambda _found, _known: _("never")),
    (re.compile(rf"({NUMBER}) ({UNIT})"), lambda found, known: _count(found[1], found[2], known)),
)  # fmt: skip
READERS: dict[str, Callable[[str, Known], str]] = {
    "campaign": _of("campaigns"),
    "earn": _of("rules"),
    "floor": _of("tiers"),
    "grows_by": _growth,
    "levels": _of("tiers"),
    "multiply": _multiplied,
    "on": _trigger,
    "pending": _waiting,
    "renewed_by": _renewed,
    "rules": _of("rules"),
    "wallet": _wallets,
    "wallets": _wallets,
    "window": _window,
}
