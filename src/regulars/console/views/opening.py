"""A new program: its name, money and days, and the type it begins with, whose rules are a draft until published."""

import re
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.access.permissions import require
from regulars.console import actors, fits
from regulars.console.asking import Form
from regulars.programs.actions import PublishRefused
from regulars.programs.document import DocumentRefused
from regulars.programs.models import Program
from regulars.programs.opening import open_program
from regulars.programs.presets import TYPES
from regulars.programs.presets.starting import INSTEAD_OF_A_DOLLAR, Own

SLUG = re.compile(r"[a-z][a-z0-9-]{0,49}")
CURRENCY = re.compile("[A-Z]{3}")
CURRENCIES = sorted({"USD", "EUR", "GBP", "SGD", "AUD", "CAD", "NZD", "CHF", *INSTEAD_OF_A_DOLLAR})
# What a shop most likely counts in, by the language of whoever sets it up.
LIKELY = {"zh-hant": ("TWD", "Asia/Taipei"), "zh-hans": ("CNY", "Asia/Shanghai")}


@require("programs:publish", "programs:draft")
def new_program(request: HttpRequest) -> HttpResponse:
    form = Form(request.POST)
    if request.method == "POST":
        own, preset = _own(form), form.text("preset")
        if preset not in TYPES:
            form.faults["preset"] = _("Choose a type. Another one can be drafted later.")
        if not form.faults:
            try:
                published, _number = open_program(preset, own, actors.actor(request))
            except (DocumentRefused, PublishRefused) as no:
                form.faults["do"] = str(no)
            else:
                messages.success(request, _("Made. Its rules are a draft until you publish them."))
                return redirect("today", published.slug)
    currency, zone = LIKELY.get(get_language() or "en", ("USD", "America/New_York"))
    shown = {
        "currencies": CURRENCIES,
        "currency": currency,
        "form": form,
        "types": fits.types(),
        "zone": zone,
        "zones": sorted(available_timezones()),
    }
    return render(request, "console/new_program.html", shown)


def _own(form: Form) -> Own:
    """What is wrong stands at its field."""
    slug = form.text("slug") or _free_slug(form.text("name", 80))
    own = Own(slug, form.text("currency").upper(), form.text("zone"), form.text("name", 80))
    if not own.name:
        form.faults["name"] = _("Say what members call it.")
    if not SLUG.fullmatch(own.slug):
        form.faults["slug"] = _("Small letters, digits and hyphens, beginning with a letter.")
    elif own.slug in _taken():
        form.faults["slug"] = _("There is a program of this name already.")
    if not CURRENCY.fullmatch(own.currency):
        form.faults["currency"] = _("A currency, such as TWD.")
    if own.zone not in available_timezones():
        form.faults["zone"] = _("A time zone, such as Asia/Taipei.")
    return own


def _free_slug(name: str) -> str:
    """Of a name without Latin letters nothing is left: then it is a shop. Numbered where it is taken."""
    begun, taken = slugify(name)[:40].lstrip("-_0123456789").replace("_", "-") or "shop", _taken()
    return next(one for one in (begun, *(f"{begun}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def _taken() -> set[str]:
    return set(Program.objects.values_list("slug", flat=True))
