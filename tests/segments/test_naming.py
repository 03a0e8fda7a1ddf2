"""A program that names a segment which programs cannot use is warned of it, where it stands, before it is published."""

from uuid import uuid4

import pytest

from regulars.segments import actions, naming
from tests.intake.shop import DOCUMENT, shop

pytestmark = pytest.mark.django_db
ONE = {"groups": [{"conditions": [{"about": "orders", "is": "at_least", "values": ["1"]}]}]}
ASKS = DOCUMENT + (
    "  - {rule: press, on: order, give: 1 point per 1 GBP, when: {segment: press}}\n"
    "  - {rule: some, on: order, give: 1 point per 1 GBP,\n"
    "     when: {any: [{segment: [writers, nobody]}, {tier: silver}]}}\n"
)


def told() -> list[tuple[int, str, str]]:
    return [(one.line, one.path, one.value) for one in naming.warnings("shop", ASKS)]


def test_each_name_that_programs_cannot_use_is_told_with_its_line():
    published = shop()
    last = len(ASKS.splitlines())
    assert told() == [(last - 2, "earn[1].when.segment", "press"), (last, "earn[2].when.any[0].segment", "writers")]
    key = actions.make(published, "Press", ONE, "staff:mei", uuid4())
    assert len(told()) == 2
    actions.change(published, key, 1, "Press", ONE, "staff:mei", uuid4(), tells=True)
    [warning] = naming.warnings("shop", ASKS)
    assert str(warning) == (
        f"line {last}: earn[2].when.any[0].segment: 'writers': "
        "programs can use no such segment, so nobody is in it: there is press"
    )


def test_a_first_program_is_warned_too_and_one_that_cannot_be_read_is_not():
    assert len(told()) == 2
    assert "make one, and let programs use it" in str(naming.warnings("shop", ASKS)[0])
    assert naming.warnings("shop", "earn: [") == []
