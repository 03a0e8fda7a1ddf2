"""A change as a sentence, in the language that is active now."""

import re

from django.utils.translation import gettext as _

from regulars.programs.changes.differing import Change, Thing
from regulars.programs.changes.labels import SORTS, label
from regulars.programs.wording import language, worded

LONG_NUMBER = re.compile(r"(?<![\d.,-])\d{4,}(?![\d-])")


def told(change: Change) -> str:
    """ "Tier Silver – needed to reach it: 8,000 (was 10,000)"."""
    words = {
        "thing": thing(change.thing),
        "word": label(change.word),
        "before": _grouped(change.before),
        "after": _grouped(change.after),
    }
    return _sentence(change) % words


def thing(one: Thing) -> str:
    return str(SORTS[one.sort]) % {"name": worded(one.names, language()) or one.key}


def _sentence(change: Change) -> str:
    if change.kind == "new":
        return _("New: %(thing)s (%(after)s)") if change.after else _("New: %(thing)s")
    if change.kind == "gone":
        return _("Gone: %(thing)s (%(before)s)") if change.before else _("Gone: %(thing)s")
    if not change.before:
        return _("%(thing)s – %(word)s: %(after)s (none before)")
    if not change.after:
        return _("%(thing)s – no more %(word)s (was %(before)s)")
    return _("%(thing)s – %(word)s: %(after)s (was %(before)s)")


def _grouped(said: str) -> str:
    """Long numbers as people write them; days are no numbers."""
    return LONG_NUMBER.sub(lambda found: f"{int(found.group()):,}", said)
