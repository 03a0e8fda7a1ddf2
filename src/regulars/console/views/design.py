"""The living page of the design system: every token and every part as it is drawn now, with its markup."""

import re
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.access.permissions import require
from regulars.programs.wording import money

TOKENS = "storefront/css/tokens.css"
TOKEN = re.compile(r"^  --([a-z0-9-]+): (.+);$", re.MULTILINE)
# Of faces and measures the value says all.
DRAWN = ("colour", "shadow", "step", "round", "type")
# By the template in `console/design` that shows it: its name, and when it is used.
PARTS: Mapping[str, tuple[Promise, Promise]] = {
    "buttons": (
        _("Buttons"),
        _("One main button a page, for what most people came for. The red one only for what cannot be undone."),
    ),
    "fields": (_("Fields"), _("The name above; what is wrong below, tied to the field, with what to do.")),
    "either": (_("One of two"), _("Two ways that exclude each other, both in view.")),
    "badges": (_("Badges"), _("A state in one or two words, never by colour alone.")),
    "notices": (_("Notices"), _("What was done, or what must be known before going on.")),
    "progress": (_("Progress"), _("What takes more than a second says how far it is, and can be stopped.")),
    "tabs": (_("Tabs"), _("Several views of one thing. The address says which.")),
    "tile": (_("Figures"), _("A number with its unit, and how it was before, in words.")),
    "table": (_("Tables"), _("Rows of one kind, numbers to the right. On a phone each row is a card.")),
    "receipt": (_("Receipts"), _("Lines of the ledger: when, what, why, points, balance.")),
    "facts": (_("Facts"), _("Names and their values, where a table would be too much.")),
    "empty": (_("Nothing yet"), _("What will stand here, and how it gets here.")),
}


class Part(Struct, frozen=True):
    key: str
    name: Promise
    when: Promise
    template: str
    source: str


class Token(Struct, frozen=True):
    name: str
    value: str


@require()
def design(request: HttpRequest) -> HttpResponse:
    drawn = [one for one in tokens() if kind(one) in DRAWN]
    shown = {
        "groups": [list(found) for _group, found in groupby(drawn, key=kind)],
        "others": [one for one in tokens() if one not in drawn],
        "parts": [_part(key) for key in PARTS],
        "sample": sample(),
    }
    return render(request, "console/design.html", shown)


def sample() -> dict[str, str]:
    """What the parts are filled with."""
    amounts = {name: money(minor, "TWD") for name, minor in (("amount", 136000), ("less", 49900), ("revenue", 1806700))}
    return {"currency": "TWD", "letters": "Aa 永", "zone": "Asia/Taipei", **amounts}


def tokens() -> list[Token]:
    """As the one file has them, in its order."""
    found = finders.find(TOKENS)
    text = Path(str(found)).read_text(encoding="utf-8").partition("}")[0]
    return [Token(name, value) for name, value in TOKEN.findall(text)]


def kind(token: Token) -> str:
    """Colours together, and what is counted by its first word."""
    return "colour" if token.value.startswith("light-dark(") else token.name.partition("-")[0]


def _part(key: str) -> Part:
    name, when = PARTS[key]
    template = f"console/design/{key}.html"
    source = get_template(template).template.source
    return Part(
        key, name, when, template, source.partition("%}")[2].strip() if source.startswith("{% load") else source
    )
