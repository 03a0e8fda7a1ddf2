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
    if day != today and start < today - REMEMBERED[cap.per]:
        return 0
    return _left(account, cap, start)


def take(account: Account, cap: Cap, start: int | None, today: int, amount: int) -> int:
    """Use up so much of today's window, which began at `start`; what it had left before, which may be less."""
    if start is None:
        return cap.at_most
    windows = account.used.get(cap.name)
    if windows:
        latest, used = windows[-1]
        if latest == start:
            windows[-1] = (start, used + amount)
            left = cap.at_most - used
            return left if left > 0 else 0
    left = _left(account, cap, start)
    _use(account, cap, start, today, amount)
    return left


def count(account: Account, cap: Cap, calendar: Calendar, day: int, today: int, amount: int) -> None:
    """So much more, or less, of the window of `day` is used up; never less than nothing."""
    if cap.per != "order":
        _use(account, cap, calendar.window(day, cap.per), today, amount)


def _left(account: Account, cap: Cap, start: int) -> int:
    for window, used in reversed(account.used.get(cap.name, ())):
        if window <= start:
            return max(cap.at_most - used, 0) if window == start else cap.at_most
    return cap.at_most


def _use(account: Account, cap: Cap, start: int, today: int, amount: int) -> None:
    windows = account.used.get(cap.name)
    if not amount:
        return
    if not windows:
        account.used[cap.name] = [(start, max(amount, 0))]
    elif windows[-1][0] == start:
        windows[-1] = (start, max(windows[-1][1] + amount, 0))
    else:
        _count_elsewhere(windows, start, amount, today - REMEMBERED[cap.per])


def _count_elsewhere(windows: list[tuple[int, int]], start: int, amount: int, oldest: int) -> None:
    """In a window that is new, or not the last one; what is too old to matter is forgotten."""
    for place, (window, used) in enumerate(windows):
        if window == start:
            windows[place] = (start, max(used + amount, 0))
            return
    windows.append((start, max(amount, 0)))
    windows.sort()
    windows[:] = [(window, used) for window, used in windows if window >= oldest]
