"""How the times and numbers of a file are written, by the first of them.

Every way is kept in which at least half of what was seen can be read: a single mistyped row may be all that speaks for
another. Where they read it differently, nothing but a person can tell 3 April from 4 March, and nothing is chosen for
them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct

from regulars.intake.reading.columns import DATED, ZONED
from regulars.intake.reading.zones import FIRST_YEAR, LAST_YEAR

# Values whose forms are tried on all of them.
TRIED = 20
PARTS = re.compile(r"(\d{1,4})([-/.年])(\d{1,2})([-/.月])(\d{1,4})(日?)(.*)", re.DOTALL)
WORDS = ("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y")
HOURS = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
TOGETHER = ("%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S")
# The sign for decimals and the one between thousands; of those that read the same, the first is meant.
SIGNS = ((".", ""), (".", ","), (",", ""), (",", "."), (",", " "), (".", " "), (".", "'"))

# What may stand at an amount for its currency; of those that begin alike the longest first.
CURRENCIES = ("NT$", "HK$", "US$", "$", "¥", "￥", "€", "£", "元")

Way = TypeVar("Way")
Read = TypeVar("Read")


class Times(Struct, frozen=True):
    """A way to read times: `form` as a mapping says it, "" is ISO 8601; `read` is what `example` then means, with its
    offset where it says one."""

    form: str
    example: str
    read: datetime

    @property
    def is_zoned(self) -> bool:
        return self.read.tzinfo is not None

    def on_clock(self, zone: tzinfo) -> datetime:
        """What the clock on the wall showed where the shop is."""
        return self.read.astimezone(zone) if self.is_zoned else self.read


class Numbers(Struct, frozen=True):
    decimal: str
    thousands: str
    example: str
    read: Decimal


class Manner(Struct, frozen=True):
    """Ways that read what was seen differently: one where it is clear, none where it is none that we know. `currency`
    is what stands at amounts for it, "" where nothing does."""

    times: tuple[Times, ...]
    numbers: tuple[Numbers, ...]
    currency: str


def manner(times: Sequence[str], numbers: Sequence[str]) -> Manner:
    """Of values as they stand in the file; empty ones say nothing."""
    currency = next((one for one in CURRENCIES if any(one in value for value in numbers)), "")
    plain = [value.replace(currency, "") for value in numbers] if currency else numbers
    return Manner(tuple(_times(_filled(times))), tuple(_numbers(_filled(plain))), currency)


def _filled(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in values if value.strip()))


def _times(values: list[str]) -> Iterator[Times]:
    forms = dict.fromkeys(form for value in values[:TRIED] for form in _forms(value))
    read = {form: [_time(value, form) for value in values] for form in forms}
    # 3 March reads the same either way, and the next line does not.
    ways = _kept(read, lambda one, other: _order(one) != _order(other))
    for form, (place, found) in zip(ways, _telling([read[form] for form in ways]), strict=True):
        yield Times(form, values[place], found)


def _order(form: str) -> str:
    """Of day, month and year."""
    return "".join(re.findall("[dmy]", form.lower().replace("%b", "%m"))[:3]) or "ymd"


def _forms(value: str) -> Iterator[str]:
    if re.match(DATED, value):
        yield ""
        return
    found = PARTS.fullmatch(value)
    days = _days(found) if found else (*TOGETHER, *WORDS)
    for day in days:
        hours = ("",) if day in TOGETHER else HOURS
        yield from (f"{day}{hour}" for hour in hours if _time(value, f"{day}{hour}") is not None)


def _days(found: re.Match[str]) -> tuple[str, ...]:
    """Points stand between day, month and year in this order wherever people write them."""
    first, one, _second, other, third, end, _rest = found.groups()
    if len(first) == len("2026"):
        return (f"%Y{one}%m{other}%d{end}",)
    year = "%Y" if len(third) == len("2026") else "%y"
    by_day, by_month = f"%d{one}%m{other}{year}", f"%m{one}%d{other}{year}"
    if one == ".":
        return (by_day,)
    return (by_day, by_month) if year == "%Y" else (by_day, by_month, f"%y{one}%m{other}%d")


def _time(value: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(value, form) if form else _iso(value)  # noqa: DTZ007  # on the wall of the shop
    except ValueError:
        return None


def _iso(value: str) -> datetime | None:
    if not re.match(DATED, value):
        return None
    if re.search(ZONED, value):
        instant = datetime.fromisoformat(re.sub(r"UTC$", "Z", value).replace(" ", "T", 1).replace(" ", ""))
        return instant if FIRST_YEAR <= instant.year < LAST_YEAR else None
    return datetime.fromisoformat(value[: len("2026-03-05T14:30:00")].strip())


def _numbers(values: list[str]) -> Iterator[Numbers]:
    read = {signs: [_number(value, *signs) for value in values] for signs in SIGNS}
    ways = _kept(read, lambda one, other: bool(_apart([read[one], read[other]])))
    for signs, (place, found) in zip(ways, _telling([read[signs] for signs in ways]), strict=True):
        yield Numbers(*signs, values[place], found)


def _number(value: str, decimal: str, thousands: str) -> Decimal | None:
    point = re.escape(decimal)
    pattern = rf"[+-]?\d+({point}\d+)?"
    if thousands:
        pattern += rf"|[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+({point}\d+)?"
    if not re.fullmatch(pattern, value):
        return None
    return Decimal((value.replace(thousands, "") if thousands else value).replace(decimal, "."))


def _kept(read: dict[Way, list[Read | None]], differ: Callable[[Way, Way], bool]) -> list[Way]:
    """The ways that read at least every second value; of those that do not differ, the one that reads the most."""
    counts = {way: sum(one is not None for one in found) for way, found in read.items()}
    kept: list[Way] = []
    for way in sorted(read, key=lambda way: -counts[way]):
        if 0 < counts[way] * 2 >= len(read[way]) and all(differ(way, one) for one in kept):
            kept.append(way)
    return kept


def _telling(ways: list[list[Read | None]]) -> list[tuple[int, Read]]:
    """For each way a value by its place: one that all read, and each differently; else the first that it reads."""
    begin = next(iter(_apart(ways)), 0)
    return [
        next((place, one) for place, one in enumerate(found) if place >= begin and one is not None) for found in ways
    ]


def _apart(ways: list[list[Read | None]]) -> list[int]:
    """The places of values that all ways read, and each differently."""
    return [
        place
        for place, found in enumerate(zip(*ways, strict=True))
        if None not in found and len(set(found)) == len(found)
    ]
