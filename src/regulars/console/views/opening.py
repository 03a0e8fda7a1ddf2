"""A new program: its name, money and days, and the type it begins with, whose rules are a draft until published."""

import re
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
    own = Own(form.text("slug"), form.text("currency").upper(), form.text("zone"), form.text("name", 80))
    if not own.name:
        form.faults["name"] = _("Say what members call it.")
    if not SLUG.fullmatch(own.slug):
        form.faults["slug"] = _("Small letters, digits and hyphens, beginning with a letter.")
    elif Program.objects.filter(slug=own.slug).exists():
        form.faults["slug"] = _("There is a program of this name already.")
    if not CURRENCY.fullmatch(own.currency):
        form.faults["currency"] = _("A currency, such as TWD.")
    if own.zone not in available_timezones():
        form.faults["zone"] = _("A time zone, such as Asia/Taipei.")
    return own
