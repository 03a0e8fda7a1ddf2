"""Which period the dashboard shows, beside which other, read from the address; and what else could be chosen."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from regulars.console.choosing import Choice, Group, choices
from regulars.insight import periods, wording
from regulars.insight.periods import Comparison, Kind, Period

COMPARISONS: dict[Comparison, Promise] = {
    "previous": gettext_lazy("Period before"),
    "year_before": gettext_lazy("Same time last year"),
    "none": gettext_lazy("Nothing"),
}
# How many of each kind are offered, newest first.
OFFERED: dict[Kind, int] = {"month": 13, "quarter": 5, "year": 3}
GROUPS: dict[Kind, Promise] = {
    "month": gettext_lazy("Months"),
    "quarter": gettext_lazy("Quarters"),
    "year": gettext_lazy("Years"),
}


class Asked(Struct, frozen=True):
    period: Period
    comparison: Comparison

    @property
    def query(self) -> str:
        return f"?period={self.period}&compare={self.comparison}"


def asked(words: Mapping[str, str], today: date) -> Asked:
    """The last month that is over, beside the one before it, unless the address says otherwise."""
    said = words.get("compare", "")
    comparison: Comparison = said if said in COMPARISONS else "previous"
    try:
        return Asked(periods.parse(words.get("period", "")), comparison)
    except periods.UnreadablePeriod:
        return Asked(periods.latest_complete("month", today), comparison)


def offered(chosen: Period, first_day: date | None, today: date) -> list[Group]:
    """Periods that hold data, those still running too; a period asked for by hand is offered as well."""
    groups = [
        Group(GROUPS[kind], list(_offered(kind, count, chosen, first_day or today, today)))
        for kind, count in OFFERED.items()
    ]
    if any(choice.chosen for group in groups for choice in group.choices):
        return groups
    return [Group(_("Asked for"), [Choice(str(chosen), wording.period(chosen), chosen=True)]), *groups]


def compared(chosen: Comparison) -> list[Choice]:
    return choices(COMPARISONS, chosen)


def _offered(kind: Kind, count: int, chosen: Period, first_day: date, today: date) -> Iterator[Choice]:
    period = periods.containing(kind, today)
    for _turn in range(count):
        if period.end <= first_day:
            return
        yield Choice(str(period), wording.period_so_far(period, today), period == chosen)
        period = periods.previous(period)
