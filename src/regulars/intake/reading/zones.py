"""Local times of a file as instants.

A naive time is read as the clock on the wall showed it: one that daylight saving skips is taken with the offset before
the change (02:30 becomes 03:30), one that happens twice is the first of the two.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pyarrow as pa

US = 1_000_000
DAY_US = 86_400 * US
FIRST_YEAR, LAST_YEAR = 1970, 2100


@cache
def local_days(zone: ZoneInfo) -> pa.Table:
    """Each local day (days since 1970): its offset to UTC, and from `since_us` of the wall clock on the next one.

    All in microseconds; `since_us` is NULL on days that do not change.
    """
    start = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    days = range((datetime(LAST_YEAR, 1, 1, tzinfo=UTC) - start).days)
    midnights = [_offset(start + timedelta(days=day), zone) for day in range(len(days) + 1)]
    changes = [
        _change(start + timedelta(days=day), zone) if midnights[day] != midnights[day + 1] else None for day in days
    ]
    return pa.table({"day": list(days), "before_us": midnights[:-1], "since_us": changes, "after_us": midnights[1:]})


def _offset(wall: datetime, zone: ZoneInfo) -> int:
    """The offset at a time of the wall clock: of a skipped time the one before, of a doubled one the first."""
    offset = wall.replace(tzinfo=zone, fold=0).utcoffset()
    assert offset is not None
    return round(offset.total_seconds()) * US


def _change(midnight: datetime, zone: ZoneInfo) -> int:
    """The second of the wall clock from which the day's second offset holds."""
    before = _offset(midnight, zone)
    low, high = 0, 86_400
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(midnight + timedelta(seconds=middle), zone) == before:
            low = middle
        else:
            high = middle
    return round((midnight + timedelta(seconds=high)).timestamp()) * US
