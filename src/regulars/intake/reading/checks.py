"""What may be wrong with a line, each as a condition on the parsed columns. The first that holds names the reject."""

from collections.abc import Iterator

from msgspec import Struct

from regulars.intake.reading.columns import MINOR_MAX, QUANTITY_MAX, Expressions

TEXT_MAX = 200
# Nothing a shop sells is older, and later ones are no dates.
FIRST_US, LAST_US = 0, 4_102_444_800_000_000


class Check(Struct, frozen=True):
    """A line for which `condition` holds is rejected: which column, why."""

    column: str
    reason: str
    condition: str


def checks(columns: Expressions) -> list[Check]:
    named = columns.mapping.columns
    found = [check for column in columns.mapping.used() for check in _text_checks(columns, column)]
    needed = (named.order, named.time, named.product, named.line, named.quantity, columns.priced())
    found += [Check(column, "missing", f"NOT {columns.is_filled(column)}") for column in needed if column]
    for column in filter(None, (named.quantity, named.total, named.unit_price, *named.discount)):
        found += _number_checks(columns, column)
    if named.quantity:
        quantity = columns.quantity()
        found.append(Check(named.quantity, "too_large", f"abs({quantity}) > {QUANTITY_MAX}"))
        found.append(Check(named.quantity, "fractional", f"{quantity} <> trunc({quantity})"))
    found.append(Check(named.time, "not_a_time", f"at_us IS NULL OR at_us NOT BETWEEN {FIRST_US} AND {LAST_US}"))
    found.append(Check(columns.priced(), "too_large", f"exact IS NULL OR abs(exact) >= {MINOR_MAX}"))
    return found


def _text_checks(columns: Expressions, column: str) -> Iterator[Check]:
    if columns.source.kinds[column] == "text":
        place = columns.source.places[column]
        yield Check(column, "too_long", f"length({place}) > {TEXT_MAX}")
        yield Check(column, "unreadable", f"contains({place}, chr(65533)) OR contains({place}, chr(0))")


def _number_checks(columns: Expressions, column: str) -> Iterator[Check]:
    yield Check(column, "too_large", columns.is_too_large(column))
    yield Check(column, "not_a_number", f"{columns.number(column)} IS NULL AND {columns.is_filled(column)}")
