"""Growth within a window: amounts by local day, and what the window leaves behind.

A rolling window holds the local days after the day so long ago, one by the calendar those of its year, half-year,
quarter or month, one since joining those from the latest anniversary on. With the tier, growth begins again at nothing.
What was left behind is forgotten. Worked examples: docs/rules/windows.md.
"""

from bisect import bisect_left
from datetime import date

from regulars.engine.account import Account, Growth, Step
from regulars.engine.calendar import Calendar, date_of, day_of, plus_months
from regulars.engine.levels import CALENDAR, JOINING, Window

MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
ALWAYS = -(2**31)


def grow(growth: Growth, day: int, amount: int) -> None:
    """Count an amount, positive or not, on a local day that is not forgotten."""
    growth.total += amount
    days = growth.days
    if not days or days[-1][0] < day:
        days.append((day, amount))
        return
    place = bisect_left(days, (day,))
    before = days[place][1] if days[place][0] == day else None
    if before is None:
        days.insert(place, (day, amount))
    elif before + amount:
        days[place] = (day, before + amount)
    else:
        del days[place]


def first_day(window: Window, account: Account, calendar: Calendar, day: int) -> int:
    """The first local day of the window as it is on `day`."""
    if window.span is not None:
        return calendar.back(day, window.span) + 1
    if window.kind == CALENDAR:
        return calendar.first_of(day, MONTHS[window.period])
    if window.kind == JOINING and account.enrolled_at is not None:
        return _anniversary(calendar.day(account.enrolled_at), day)
    return ALWAYS


def last_day(window: Window, account: Account, calendar: Calendar, day: int) -> int | None:
    """The last local day before the window is empty again; None where it never is, or only with the tier."""
    if window.kind == CALENDAR:
        return day_of(plus_months(date_of(calendar.first_of(day, MONTHS[window.period])), MONTHS[window.period])) - 1
    if window.kind == JOINING and account.enrolled_at is not None:
        joined = calendar.day(account.enrolled_at)
        return _years_after(joined, date_of(_anniversary(joined, day)).year - date_of(joined).year + 1) - 1
    return None


def _anniversary(joined: int, day: int) -> int:
    """The latest one; 29 February has its anniversary on the 28th in most years."""
    years = date_of(day).year - date_of(joined).year
    this_year = _years_after(joined, years)
    return this_year if this_year <= day else _years_after(joined, years - 1)


def _years_after(joined: int, years: int) -> int:
    local: date = date_of(joined)
    return day_of(plus_months(local, 12 * years))


def in_window(growth: Growth, window: Window, account: Account, calendar: Calendar, day: int) -> int:
    """Growth of the window that ends with `day`; what fell out of it is forgotten."""
    span = window.span
    if span is not None and span.unit == "month":
        first = calendar.months_back[span.count][day] + 1
    else:
        first = first_day(window, account, calendar, day)
    if first > growth.since:
        growth.since = first
        if growth.days and growth.days[0][0] < first:
            gone = bisect_left(growth.days, (first,))
            growth.total -= sum([amount for _, amount in growth.days[:gone]])
            del growth.days[:gone]
    return growth.total


def begin_anew(growth: Growth, here: Step) -> None:
    """Nothing that counted up to this step counts any more."""
    growth.start, growth.late = here, ()
    growth.total = 0
    growth.days.clear()
