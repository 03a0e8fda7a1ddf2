"""Local time, asked of the standard library."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.engine.slow_reading import forward

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
US = timedelta(microseconds=1)


class Clock:
    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def local(self, at: int) -> datetime:
        return (EPOCH + at * US).astimezone(self.zone)

    def day(self, at: int) -> date:
        return self.local(at).date()

    def minute(self, at: int) -> str:
        return self.local(at).strftime("%H:%M")

    def begins(self, day: date) -> int:
        return (datetime(day.year, day.month, day.day, tzinfo=self.zone) - EPOCH) // US

    def later(self, at: int, length: str) -> int:
        count, unit = length.split(" ")
        if unit.startswith("hour"):
            return at + int(count) * 3600 * 10**6
        local = self.local(at)
        landed = forward(local.date(), int(count), unit)
        return (datetime.combine(landed, local.replace(tzinfo=None, fold=0).time(), self.zone) - EPOCH) // US

    def end(self, at: int, term: str) -> int:
        length, _, period = term.partition(", end of ")
        count, unit = length.split(" ")
        last = forward(self.day(at), int(count), unit)
        while period and (last + timedelta(days=1)).timetuple()[:2] == last.timetuple()[:2]:
            last += timedelta(days=1)
            assert period == "month"
        return self.begins(last + timedelta(days=1))
