"""What stored bytes promise: a fact that says the same has the same digest, whatever facts can say by then."""

import pytest
from msgspec import Struct, defstruct
from msgspec.structs import astuple, replace

from regulars.engine.facts import Details, Fact, Line, Order, Payment, Refund, RefundLine
from regulars.ledger import codec

LINE = Line("1", "sku-1", 2, 99_800, "tea", tags=("new",))
ORDER = Order("web/A", 7, (LINE, Line("2", "sku-2", 1, 100)), 7, payments=(Payment("card", 99_900),))


def extended(value: Struct, **more: object) -> Struct:
    """As it will be when its kind has one field more: `later`, 0 where nobody says it."""
    kind = type(value)
    config = kind.__struct_config__
    later = defstruct(
        kind.__name__, [("later", int, 0)], bases=(kind,), frozen=True, array_like=True, tag=config.tag
    )  # fmt: skip
    return later(*astuple(value), **more)  # type: ignore[no-any-return]  # a type made here


@pytest.mark.parametrize(
    "fact",
    [
        ORDER,
        Refund("web/A/R", "web/A", 8, (RefundLine("1", 1),)),
        Details("lin", 5),
        Details("lin", 5, (3, 2), "TW", {"diet": "vegan"}),
    ],
)
def test_a_field_that_nobody_knew_yet_changes_no_digest(fact: Fact):
    assert codec.digest_of(extended(fact)) == codec.digest_of(fact)  # type: ignore[arg-type]  # as good as one
    assert codec.digest_of(extended(fact, later=1)) != codec.digest_of(fact)  # type: ignore[arg-type]


def test_a_field_of_a_line_that_nobody_knew_yet_changes_no_digest():
    assert codec.digest_of(replace(ORDER, lines=(extended(LINE), ORDER.lines[1]))) == codec.digest_of(ORDER)
    assert codec.digest_of(replace(ORDER, lines=(extended(LINE, later=1), ORDER.lines[1]))) != codec.digest_of(ORDER)


@pytest.mark.parametrize(
    "other",
    [
        replace(ORDER, lines=ORDER.lines[:1]),
        replace(ORDER, lines=(replace(LINE, tags=()), ORDER.lines[1])),
        replace(ORDER, channel="web"),
        replace(ORDER, store="web"),
        replace(ORDER, payments=(Payment("card", 99_900, "R"),)),
        replace(ORDER, cancelled=True),
        replace(ORDER, paid_at=None),
        Refund("web/A", "web/A", 7, ()),
    ],
)
def test_whatever_is_said_changes_the_digest(other: Fact):
    assert codec.digest_of(other) != codec.digest_of(ORDER)


def test_when_it_was_said_does_not_change_the_digest():
    assert codec.digest_of(replace(ORDER, version_at=9, number=3)) == codec.digest_of(ORDER)
