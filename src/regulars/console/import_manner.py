"""How times and amounts of a file are written: read from its first rows, said, and asked where it is not clear."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from regulars.console.asking import Form
from regulars.console.choosing import Choice, choices
from regulars.insight import wording
from regulars.intake.proposing import Proposal, proposed, why_unclear
from regulars.intake.reading.guessing import Manner, Numbers, Times
from regulars.intake.reading.peeking import IN_FIGURES, Peek
from regulars.programs.wording import one_of
from regulars.storefront import writing

MIDNIGHT = time()

# What stands in the form for ISO 8601, which a mapping calls "".
ISO = "iso"
TIMES: Mapping[str, str | Promise] = {
    ISO: "2026-03-05 14:30",
    "%Y/%m/%d %H:%M": "2026/03/05 14:30",
    "%Y/%m/%d": "2026/03/05",
    "%d/%m/%Y %H:%M": gettext_lazy("05/03/2026 14:30 (day first)"),
    "%d/%m/%Y": gettext_lazy("05/03/2026 (day first)"),
    "%m/%d/%Y %H:%M": gettext_lazy("03/05/2026 14:30 (month first)"),
    "%m/%d/%Y": gettext_lazy("03/05/2026 (month first)"),
    "%d.%m.%Y %H:%M": "05.03.2026 14:30",
}
# The sign for decimals, and the one between thousands.
NUMBERS: Mapping[str, tuple[str, str, str]] = {
    "point": ("1234.50", ".", ""),
    "point_comma": ("1,234.50", ".", ","),
    "comma": ("1234,50", ",", ""),
    "comma_point": ("1.234,50", ",", "."),
    "comma_space": ("1 234,50", ",", " "),
    "point_space": ("1 234.50", ".", " "),
    "point_apostrophe": ("1'234.50", ".", "'"),
}
BEGUN: Mapping[str, Promise] = {
    "%d": gettext_lazy("day first"),
    "%m": gettext_lazy("month first"),
    "%y": gettext_lazy("year first"),
}
# Whose values say how the file is written.
LOOKED_AT = ("time", *IN_FIGURES)


class Asked(Struct, frozen=True):
    """A field: `likely` are the ways that read the file, each with what it makes of a value. `note` says what was read
    by the one that is chosen, if one `is_chosen`."""

    name: str
    title: str | Promise
    likely: list[Choice]
    others: list[Choice]
    note: str
    fault: str

    @property
    def is_chosen(self) -> bool:
        return any(one.chosen for one in (*self.likely, *self.others))


def mapped(form: Form, peek: Peek, columns: Mapping[str, str]) -> Proposal:
    """With what was chosen, else with what was read; what is neither is asked for at its field."""
    found = peek.manner(columns)
    time = _chosen(form, "time_format", [one.form or ISO for one in found.times], TIMES)
    signs = NUMBERS.get(_chosen(form, "numbers", [_key(one) for one in found.numbers], NUMBERS))
    chosen = None if not time else "" if time == ISO else time
    proposal = proposed(peek, columns, chosen, signs[1:] if signs else None)
    for name in proposal.unclear:
        form.faults[name] = _ask(found, name)
    return proposal


def asked(form: Form, peek: Peek, columns: Mapping[str, str], zone: str) -> Iterator[Asked]:
    """As was said, else as it looks; what is not clear has nothing chosen."""
    found = peek.manner(columns)
    times = {one.form or ISO: _time(one, zone) for one in found.times}
    numbers = {_key(one): _read_number(one) for one in found.numbers}
    chosen = _chosen(form, "time_format", times, TIMES) or _only(times)
    note = next(
        (_read_time(one, zone) for one in found.times if (one.form or ISO) == chosen),
        _ask_of_several(found, "time_format"),
    )
    others = choices({value: name for value, name in TIMES.items() if value not in times}, chosen)
    fault = form.faults.get("time_format", "")
    yield Asked("time_format", _("How times are written"), choices(times, chosen), others, note, fault)
    chosen = _chosen(form, "numbers", numbers, NUMBERS) or _only(numbers)
    note = next((_read_number(one) for one in found.numbers if _key(one) == chosen), _ask_of_several(found, "numbers"))
    others = choices({value: name for value, (name, *_signs) in NUMBERS.items() if value not in numbers}, chosen)
    fault = form.faults.get("numbers", "")
    yield Asked("numbers", _("How amounts are written"), choices(numbers, chosen), others, note, fault)


def _ask_of_several(found: Manner, name: str) -> str:
    return _ask(found, name) if len(found.times if name == "time_format" else found.numbers) > 1 else ""


def _ask(found: Manner, name: str) -> str:
    """What each way makes of a value, where there is one that tells them apart."""
    if name == "time_format":
        examples, ways = {one.example for one in found.times}, [_when(one.read) for one in found.times]
    else:
        examples, ways = {one.example for one in found.numbers}, [_plain(one) for one in found.numbers]
    if len(examples) != 1 or len(set(ways)) < len(ways):
        return why_unclear(found, name)
    said = {"example": examples.pop(), "ways": one_of(ways)}
    return _("Is %(example)s %(ways)s? Choose the one that is meant.") % said


def looked_at(columns: Mapping[str, str]) -> str:
    """The columns that were looked at, so that what was read of another one is not taken for chosen."""
    return "|".join(columns.get(name, "") for name in LOOKED_AT)


def _chosen(form: Form, name: str, likely: Collection[str], known: Mapping[str, object]) -> str:
    """Nothing where nothing was chosen that there is, or for another column that is written otherwise."""
    said = form.text(name)
    if said in likely:
        return said
    is_of_another = "seen" in form.sent and form.text("seen") != looked_at({one: form.text(one) for one in LOOKED_AT})
    return "" if is_of_another or said not in known else said


def _only(likely: Mapping[str, str]) -> str:
    return next(iter(likely)) if len(likely) == 1 else ""


def _time(one: Times, zone: str) -> str:
    """A day that could be a month says which comes first."""
    begun = BEGUN.get(one.form[:2])
    said = _arrow(one.example, _when(one.on_clock(ZoneInfo(zone))))
    return _("%(said)s (%(order)s)") % {"said": said, "order": begun} if begun and "." not in one.form[:3] else said


def _read_time(one: Times, zone: str) -> str:
    """The zone where the file says none."""
    said = _arrow(one.example, _when(one.on_clock(ZoneInfo(zone))))
    return said if one.is_zoned else _("%(said)s, where the time zone is %(zone)s.") % {"said": said, "zone": zone}


def _when(read: datetime) -> str:
    return writing.moment(read) if read.time() != MIDNIGHT else wording.day(read.date())


def _read_number(one: Numbers) -> str:
    return _arrow(one.example, _plain(one))


def _plain(one: Numbers) -> str:
    return f"{one.read.normalize():f}"


def _arrow(written: str, read: str) -> str:
    return f"{written} → {read}"


def _key(one: Numbers) -> str:
    return next(key for key, (_example, *signs) in NUMBERS.items() if signs == [one.decimal, one.thousands])
