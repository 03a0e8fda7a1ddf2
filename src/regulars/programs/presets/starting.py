"""A preset made a merchant's own: its currency, its days, its name. Amounts stay round.

A preset counts in US dollars. For another currency every amount of the program and of its story is multiplied by a
whole number of units that stand in for a dollar, so that the story still holds: a point for every 30 TWD where it was
one for every dollar. These are round numbers to begin with, not rates of exchange.
"""

import re
from decimal import Decimal

import yaml
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.programs.canonical import canonical
from regulars.programs.presets import preset, story

CURRENCY, ZONE = "USD", "America/New_York"
# What stands in for a dollar; one unit, where nothing is said.
INSTEAD_OF_A_DOLLAR = {
    "AED": 4,
    "BRL": 5,
    "CNY": 7,
    "CZK": 20,
    "DKK": 7,
    "HKD": 8,
    "HUF": 400,
    "IDR": 15_000,
    "INR": 80,
    "JPY": 100,
    "KRW": 1_000,
    "MOP": 8,
    "MXN": 20,
    "MYR": 4,
    "NOK": 10,
    "PHP": 50,
    "PLN": 4,
    "SEK": 10,
    "THB": 30,
    "TRY": 40,
    "TWD": 30,
    "VND": 25_000,
    "ZAR": 20,
}
_AMOUNT = re.compile(rf"(?<![\w.])(\d+(?:\.\d+)?) {CURRENCY}\b")
# What a story is called by.
_HEADING = re.compile(r"\A#.*")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,49}")


class Own(Struct, frozen=True):
    """What the merchant says; `slug` names the program and its file, `name` is what members read, or `names` by
    language.
    """

    slug: str
    currency: str = CURRENCY
    zone: str = ZONE
    name: str = ""
    names: dict[str, str] = {}


class Started(Struct, frozen=True):
    """Texts of a program and of the story that proves it."""

    program: str
    story: str


def started(name: str, own: Own) -> Started:
    """The preset of that name. Whether currency and zone exist is for whoever reads the document."""
    text = in_currency(preset(name), own.currency)
    text = _said(text, "timezone", own.zone)
    text = _said(text, "currency", own.currency)
    text = _said(text, "program", own.slug if _SLUG.fullmatch(own.slug) else name)
    if names := own.names or (_for_all(own.name) if own.name else {}):
        text = _said(text, "name", names)
    told = _said(in_currency(story(name), own.currency), "program", f"{own.slug}.yaml")
    heading = _("What happens, and what must be true after each step")
    told = _HEADING.sub(f"# {heading}", told)
    return Started(canonical(text), canonical(told))


def in_currency(text: str, currency: str) -> str:
    """With every amount in another currency."""
    units = INSTEAD_OF_A_DOLLAR.get(currency, 1)
    return _AMOUNT.sub(lambda found: f"{_plain(Decimal(found[1]) * units)} {currency}", text)


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _said(text: str, word: str, value: str | dict[str, str]) -> str:
    """A word at the top of a document says something else; the comment on its line stays."""
    flow = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=1_000)
    written = flow.removesuffix("...\n").strip()
    return re.sub(rf"^{word}: .*?(?=  #|$)", lambda _: f"{word}: {written}", text, count=1, flags=re.MULTILINE)


def _for_all(name: str) -> dict[str, str]:
    return dict.fromkeys(("en", "zh-Hant", "zh-Hans"), name)
