"""A change as a sentence, in the language that is active now."""

from django.utils.translation import gettext as _

from regulars.programs.changes.differing import Change, Thing
from regulars.programs.changes.labels import SORTS, label
from regulars.programs.changes.phrases import Known, bounds, phrased
from regulars.programs.wording import language, worded


def told(change: Change) -> str:
    """ "Tier Silver – needed to reach it: 8,000 (was 10,000)"."""
    words = {
        "thing": thing(change.thing, change.known),
        "word": label(change.word),
        "before": phrased(change.word, change.before, change.known),
        "after": phrased(change.word, change.after, change.known),
    }
    return _sentence(change) % words


def thing(one: Thing, known: Known) -> str:
    name = worded(one.names, language())
    if not name and one.sort == "cap":
        name = bounds(one.key, known)
    return str(SORTS[one.sort]) % {"name": name or one.key}


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
