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
    needed = (*named.numbered, named.time, named.product, named.line, named.quantity, columns.priced())
    if len(named.numbered) > 1:
        found.append(Check(named.numbered[0], "too_long", f"length({columns.order()}) > {TEXT_MAX}"))
    found += [Check(column, "missing", f"NOT {columns.is_filled(column)}") for column in needed if column]
    given_back = (named.refunded, named.order_refunded, named.refunded_quantity)
    for column in filter(None, (named.quantity, named.total, named.unit_price, *named.discount, *given_back)):
        found += _number_checks(columns, column)
    if named.quantity:
        quantity = columns.quantity()
        found.append(Check(named.quantity, "too_large", f"abs({quantity}) > {QUANTITY_MAX}"))
        found.append(Check(named.quantity, "fractional", f"{quantity} <> trunc({quantity})"))
    found.append(Check(named.time, "not_a_time", f"at_us IS NULL OR at_us NOT BETWEEN {FIRST_US} AND {LAST_US}"))
    found.append(Check(columns.priced(), "too_large", f"exact IS NULL OR abs(exact) >= {MINOR_MAX}"))
    return found + list(_refund_checks(columns))


def _refund_checks(columns: Expressions) -> Iterator[Check]:
    """When nothing came back may stand in any words."""
    named = columns.mapping.columns
    if named.refunded_quantity:
        units = columns.number(named.refunded_quantity)
        yield Check(named.refunded_quantity, "too_large", f"abs({units}) > {QUANTITY_MAX}")
        yield Check(named.refunded_quantity, "fractional", f"{units} <> trunc({units})")
    if named.refunded_at and named.given_back:
        money, when = columns.number(named.given_back), columns.is_filled(named.refunded_at)
        is_none = f"back_us IS NULL OR back_us NOT BETWEEN {FIRST_US} AND {LAST_US}"
        yield Check(named.refunded_at, "not_a_time", f"{money} <> 0 AND {when} AND ({is_none})")


def _text_checks(columns: Expressions, column: str) -> Iterator[Check]:
    if columns.source.kinds[column] == "text":
        place = columns.source.places[column]
        yield Check(column, "too_long", f"length({place}) > {TEXT_MAX}")
        yield Check(column, "unreadable", f"contains({place}, chr(65533)) OR contains({place}, chr(0))")


def _number_checks(columns: Expressions, column: str) -> Iterator[Check]:
    yield Check(column, "too_large", columns.is_too_large(column))
    yield Check(column, "not_a_number", f"{columns.number(column)} IS NULL AND {columns.is_filled(column)}")
