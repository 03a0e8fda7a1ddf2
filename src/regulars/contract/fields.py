"""The kinds of values in bodies and parameters. What does not fit is refused before anything is looked up.

Money and points are never floating-point numbers: money travels as decimal text in major units, "12.50".
"""

import re
from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, WithJsonSchema

from regulars.engine.calendar import instant_of

LINES_LIMIT = 1_000
ORDERS_LIMIT = 1_000
TAGS_LIMIT = 20
PAGE_LIMIT = 200
QUANTITY_LIMIT = 1_000_000_000
# Of one line, and of an order's lines together; in minor units.
AMOUNT_LIMIT = 1_000_000_000_000

NO_CONTROL = r"^[^\x00-\x1f\x7f-\x9f]*$"
# As documents name what they speak of: tiers, plans, activities.
NAME = r"^[a-z][a-z0-9_-]*$"
MONEY = r"^-?[0-9]{1,13}(\.[0-9]{1,4})?$"
POSITIVE_MONEY = MONEY.replace("-?", "")

Id = Annotated[str, Field(min_length=1, max_length=100, pattern=NO_CONTROL)]
Word = Annotated[str, Field(max_length=100, pattern=NO_CONTROL)]
Text = Annotated[str, Field(max_length=200, pattern=NO_CONTROL)]
Money = Annotated[str, Field(pattern=MONEY, examples=["12.50"])]
PositiveMoney = Annotated[str, Field(pattern=POSITIVE_MONEY, examples=["12.50"])]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["USD"])]
Quantity = Annotated[int, Field(ge=0, le=QUANTITY_LIMIT)]

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def instant(text: str) -> int:
    """Microseconds of an RFC 3339 time. Raises ValueError."""
    try:
        read = datetime.fromisoformat(text.upper()) if _RFC_3339.fullmatch(text) else None
        us = instant_of(read) if read else -1
    except (ValueError, OverflowError):
        us = -1
    if us < 0:
        raise ValueError(_("a time with its offset is needed, such as 2026-01-10T15:00:00+08:00"))
    return us


def _is_instant(text: str) -> str:
    instant(text)
    return text


Instant = Annotated[
    str,
    AfterValidator(_is_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-01-10T15:00:00+08:00"]}),
]
