"""How money, points and names are written in the language that is active now."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from urllib.parse import unquote

from babel.dates import format_skeleton, get_day_names
from babel.numbers import format_currency
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from regulars.engine.money import format_major, minor_digits
from regulars.engine.phrases import WEEKDAYS
from regulars.engine.program import Programs, is_money

# A cap's window, and how often a limit lets a rule give within it.
AT_MOST = {
    "order": _("at most %(most)s per order"),
    "day": _("at most %(most)s per day"),
    "week": _("at most %(most)s per week"),
    "month": _("at most %(most)s per month"),
    "year": _("at most %(most)s per year"),
    "lifetime": _("at most %(most)s in all"),
}
# Their currency has cents that nobody writes.
WHOLE_MONEY = frozenset({"TWD"})
# "stamp" of "stamps", and nothing of "bonus".
_ONE = re.compile(r"(?<![isu])s$")
MINUS = "\N{MINUS SIGN}"
# What programs call rules and units, remembered: it is looked up for each entry that is told of. A draft that nobody
# tries any more is forgotten as others are looked up.
NAMES_MOST = 256
LOCALES = {"zh-hans": "zh_Hans_CN", "zh-hant": "zh_Hant_TW"}


def worded(words: dict[str, str], language: str) -> str:
    """The text in this language, or in the nearest there is: `zh-hant-tw` takes `zh-Hant`, others take `en`."""
    by_tag = {tag.lower(): text for tag, text in words.items()}
    tag = language.lower()
    while tag and tag not in by_tag:
        tag = tag.rpartition("-")[0]
    return by_tag.get(tag) or by_tag.get("en") or next(iter(by_tag.values()), "")


def listed(words: Iterable[str]) -> str:
    """ "tea, cups, pots", "茶、杯、壺"."""
    return gettext(", ").join(words)


def one_of(words: Sequence[str]) -> str:
    """ "tea, cups or pots", "茶、杯或壺"; Chinese keeps a space between its own signs and others."""
    if len(words) < 2:
        return "".join(words)
    most, last = listed(words[:-1]), words[-1]
    if language().startswith("zh"):
        most, last = most + " " * most[-1:].isascii(), " " * last[:1].isascii() + last
    return gettext("%(most)s or %(last)s") % {"most": most, "last": last}


def weekday(name: str) -> str:
    """ "Sat", "週六" of `sat`."""
    place = WEEKDAYS.index(name)
    return str(get_day_names("abbreviated", locale=LOCALES.get(language(), "en"))[place])


def month(day: date) -> str:
    """ "July 2026", "2026年7月" of a day in it."""
    said: str = format_skeleton("yMMMM", day, locale=LOCALES.get(language(), "en"))
    return said


def language() -> str:
    return get_language() or "en"


def money(minor: int, currency: str) -> str:
    """An amount as the reader's country writes it: "$12.50", "NT$499"."""
    return _money(minor, currency, LOCALES.get(language(), "en"))


@lru_cache(maxsize=10_000)
def _money(minor: int, currency: str, locale: str) -> str:
    amount = Decimal(format_major(minor, currency))
    if currency in WHOLE_MONEY and amount == amount.to_integral_value():
        return _typeset(format_currency(amount, currency, format="¤#,##0", locale=locale, currency_digits=False))
    return _typeset(format_currency(amount, currency, locale=locale))


def _typeset(number: str) -> str:
    """With a minus, which is as wide as the figures are; a hyphen joins words."""
    return number.replace("-", MINUS)


def _counted(count: int) -> str:
    return _typeset(f"{count:,}")


def reckoned(minor: int, currency: str) -> str:
    """An amount that was worked out, not paid: to whole units where nobody writes cents."""
    if currency in WHOLE_MONEY:
        unit = 10 ** minor_digits(currency)
        minor = (minor + unit // 2) // unit * unit
    return money(minor, currency)


def points(count: int, wallet: str, programs: Programs) -> str:
    """ "13 points", "13 點": in the wallet's own unit, where the program names one. A wallet of money says money."""
    forms, counts_money = _unit(wallet, programs, language())
    if counts_money:
        said = money(count, programs.currency)
        return f"{said} {forms[-1]}" if forms else said
    if not forms and wallet not in ("", "points"):
        return f"{_counted(count)} {_ONE.sub('', wallet) if count == 1 else wallet}"
    if not forms:
        return ngettext("%(count)s point", "%(count)s points", count) % {"count": _counted(count)}
    return f"{_counted(count)} {forms[0] if count == 1 else forms[-1]}"


def amount(count: int, wallet: str, programs: Programs) -> str:
    """ "1,250", without a unit; of a wallet of money "NT$12.50"."""
    return money(count, programs.currency) if is_money(wallet, programs.versions) else _counted(count)


def units(count: int) -> str:
    return ngettext("%(count)s unit", "%(count)s units", count) % {"count": f"{count:,}"}


def times(count: int) -> str:
    return ngettext("%(count)s time", "%(count)s times", count) % {"count": f"{count:,}"}


def cap(name: str, wallet: str, version: int, programs: Programs) -> str:
    """What a cap or a limit allows, with the name that the program gives it; "" where no version has it."""
    for candidate in (programs.numbered(version), *reversed(programs.versions)):
        for found in candidate.caps:
            if found.name == name:
                most = times(found.at_most) if found.counts_times else points(found.at_most, wallet, programs)
                said = str(AT_MOST[found.per]) % {"most": most}
                is_named = not name.startswith(("cap:", "limit:"))
                return gettext("%(name)s: %(said)s") % {"name": name, "said": said} if is_named else said
    return ""


def rule(name: str, version: int, programs: Programs) -> str:
    """The rule's title as the version has it, else as any version has it, else its name."""
    return _rule(name, version, programs, language())


@lru_cache(maxsize=NAMES_MOST)
def _rule(name: str, version: int, programs: Programs, tag: str) -> str:
    for candidate in (programs.numbered(version), *reversed(programs.versions)):
        for found in candidate.rules:
            if found.name == name:
                return worded(found.title, tag) or name
    return name


def campaign(name: str, version: int, programs: Programs) -> str:
    """The campaign's title as the version has it, else its name."""
    found = programs.numbered(version).campaigns.get(name)
    return (found and worded(found.title, language())) or name


def reward(name: str, programs: Programs) -> str:
    """What the newest version that has this reward calls it."""
    for version in reversed(programs.versions):
        if name in version.rewards:
            return worded(version.rewards[name].title, language()) or name
    return name


def order(key: str) -> str:
    """The shop's own number of an order, without the source."""
    return unquote(key.partition("/")[2])


def tier(name: str, programs: Programs) -> str:
    """What the newest version that has this tier calls it."""
    for version in reversed(programs.versions):
        for level in (level for rules in version.tier_sets.values() for level in rules.levels):
            if level.tier == name:
                return worded(level.name, language()) or name
    return name


def unit(wallet: str, programs: Programs) -> str:
    """What many of them are called: "points", "購物金"."""
    forms, _ = _unit(wallet, programs, language())
    if forms:
        return forms[-1]
    return gettext("points") if wallet in ("", "points") else wallet


@lru_cache(maxsize=NAMES_MOST)
def _unit(wallet: str, programs: Programs, tag: str) -> tuple[list[str], bool]:
    """What one and what many of them are called, if the program says so; and whether they are money."""
    counts_money = is_money(wallet, programs.versions)
    for version in reversed(programs.versions):
        if wallet in version.wallets:
            by_tag = {tag.lower(): forms for tag, forms in version.wallets[wallet].unit.items()}
            return by_tag.get(tag.lower()) or by_tag.get("en") or [], counts_money
    return [], counts_money
