"""How much of a bound is used up, by window. Windows are days, weeks, months and years of the program's local calendar.

A window is remembered for a while after it ended, so that what goes back gives room back to where it came from; later
than that it has no room left and gets none back.
"""

from regulars.engine.account import Account
from regulars.engine.calendar import Calendar
from regulars.engine.program import Cap

# Days from the start of a window for which it is remembered.
REMEMBERED = {"day": 100, "week": 107, "month": 131, "year": 732, "lifetime": 2**31}


def room(account: Account, cap: Cap, calendar: Calendar, day: int, today: int) -> int:
    """What the window of `day` still has, as of `today`."""
    if cap.per == "order":
        return cap.at_most
    start = calendar.window(day, cap.per)
    if start < today - REMEMBERED[cap.per]:
        return 0
    for window, used in reversed(account.used.get(cap.name, ())):
        if window == start:
            return max(cap.at_most - used, 0)
    return cap.at_most


def count(account: Account, cap: Cap, calendar: Calendar, day: int, today: int, amount: int) -> None:
    """So much more, or less, of the window of `day` is used up; never less than nothing."""
    if cap.per == "order" or not amount:
        return
    start = calendar.window(day, cap.per)
    oldest = today - REMEMBERED[cap.per]
    if start < oldest:
        return
    windows = account.used.get(cap.name)
    if windows is None:
        account.used[cap.name] = [(start, max(amount, 0))]
        return
    if windows[-1][0] == start:
        windows[-1] = (start, max(windows[-1][1] + amount, 0))
    else:
        _count_before(windows, start, amount)
    if windows[0][0] < oldest:
        windows[:] = [(window, used) for window, used in windows if window >= oldest]


def _count_before(windows: list[tuple[int, int]], start: int, amount: int) -> None:
    """In a window that is new, or not the last one."""
    for place, (window, used) in enumerate(windows):
        if window == start:
            windows[place] = (start, max(used + amount, 0))
            return
    windows.append((start, max(amount, 0)))
    windows.sort()
