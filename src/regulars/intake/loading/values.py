"""What the fields of a list say: exact numbers, days and times of the shop's clock, texts. Nothing is rounded."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from regulars.engine.calendar import instant_of
from regulars.intake.loading.layouts import Layout
from regulars.intake.reading.checks import FIRST_US, LAST_US, TEXT_MAX

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")
HOURS = re.compile(r"%[HIcXTR]")


class Unfit(ValueError):
    """A field that means nothing to us; `reason` is one of the codes of rejects."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Values:
    """The values of one file. `zone` is the program's, `digits` those of its currency after the point."""

    def __init__(self, layout: Layout, zone: str, digits: int) -> None:
        self._zone = ZoneInfo(layout.time_zone or zone)
        self._format, self._money_digits = layout.time_format, 0 if layout.money == "minor" else digits
        self._decimal, self._thousands = layout.decimal, layout.thousands
        decimal = rf"[+-]?\d+(\{layout.decimal}\d+)?"
        grouped = rf"|[+-]?\d{{1,3}}(\{layout.thousands}\d{{3}})+(\{layout.decimal}\d+)?" if layout.thousands else ""
        self._number = re.compile(decimal + grouped, re.ASCII)

    def text(self, said: str | None) -> str:
        """Trimmed; "" where the field is empty. Raises Unfit."""
        found = (said or "").strip()
        if len(found) > TEXT_MAX:
            raise Unfit("too_long")
        if CONTROL.search(found):
            raise Unfit("unreadable")
        return found

    def needed(self, said: str | None) -> str:
        """Raises Unfit."""
        found = self.text(said)
        if not found:
            raise Unfit("missing")
        return found

    def points(self, said: str | None, is_money: bool) -> int:
        """In the wallet's smallest unit. Raises Unfit, also where there is a part of one."""
        text = self.needed(said)
        if not self._number.fullmatch(text):
            raise Unfit("not_a_number")
        plain = text.replace(self._thousands, "") if self._thousands else text
        digits = self._money_digits if is_money else 0
        number = Decimal(plain.replace(self._decimal, "."))
        if number < 0:
            raise Unfit("below_zero")
        # By the text: arithmetic with decimals rounds after so many digits.
        if len(plain.partition(self._decimal)[2].rstrip("0")) > digits:
            raise Unfit("fractional")
        if number.scaleb(digits) >= 10**12:
            raise Unfit("too_large")
        return int(number.scaleb(digits))

    def since(self, said: str | None) -> int | None:
        """The instant, or the beginning of the day; None where the field is empty. Raises Unfit."""
        return self._instant(said, 0)

    def until(self, said: str | None) -> int | None:
        """The instant, or the end of the day, which still counts; None where the field is empty. Raises Unfit."""
        return self._instant(said, 1)

    def _instant(self, said: str | None, days: int) -> int | None:
        text = self.text(said)
        if not text:
            return None
        try:
            found = self._read(text)
            if isinstance(found, datetime):
                us = instant_of(found if found.tzinfo else found.replace(tzinfo=self._zone))
            else:
                us = instant_of(datetime.combine(found + timedelta(days=days), time(), self._zone))
        except (ValueError, OverflowError):
            us = -1
        if not FIRST_US <= us <= LAST_US:
            raise Unfit("not_a_time")
        return us

    def _read(self, text: str) -> datetime | date:
        """Raises ValueError."""
        if self._format:
            found = datetime.strptime(text, self._format)  # noqa: DTZ007  # the clock on the wall, unless it says more
            return found if HOURS.search(self._format) else found.date()
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text)


def day_of(us: int, zone: str) -> str:
    """The local day, as reports say it."""
    return datetime.fromtimestamp(us / 1_000_000, UTC).astimezone(ZoneInfo(zone)).date().isoformat()
