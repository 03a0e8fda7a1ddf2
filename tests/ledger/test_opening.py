"""What members had before: recorded once, exact whatever else is known, and refused where it says something else."""

import pytest
from django.db import transaction
from msgspec.structs import replace

from regulars.engine.facts import Opening, OpeningLot
from regulars.engine.program import Programs
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import advance_due
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import PROGRAMS, at, enrolment, member, order

pytestmark = pytest.mark.django_db(transaction=True)

NOW = at("2026-12-31 12:00")
AS_OF = at("2026-03-01")
LOTS = (OpeningLot(40, at("2026-01-05"), at("2026-03-15")), OpeningLot(60, at("2026-02-05")))
OPENING = Opening("old/ann/points", "points", LOTS, AS_OF)


def kept(*facts, name: str = "ann", programs: Programs = PROGRAMS) -> list[Receipt]:
    with transaction.atomic():
        return record(raw(), programs, [Incoming(member(name), fact) for fact in facts], NOW)


def opened() -> list[tuple[object, ...]]:
    asked = "SELECT source, target, points FROM ledger_entry WHERE kind = 'open' ORDER BY member_id, seq"
    return rows(raw(), asked, [])


def test_it_is_there_to_the_point_and_once():
    kept(enrolment("ann", "2026-01-02 12:00"), OPENING)
    assert opened() == [("issued", "available", 100)]
    [again] = kept(OPENING)
    assert (again.outcome, again.member_id) == ("repeated", member("ann"))
    assert opened() == [("issued", "available", 100)]


@pytest.mark.parametrize(
    ("name", "changes"),
    [("ann", {"lots": LOTS[:1]}), ("ann", {"wallet": "credit"}), ("ann", {"at": AS_OF + 1}), ("ben", {})],
    ids=str,
)
def test_something_else_under_its_name_is_refused(name, changes):
    kept(OPENING)
    [refused] = kept(replace(OPENING, **changes), name=name)
    assert (refused.outcome, refused.code) == ("refused", "opening_conflict")
    assert opened() == [("issued", "available", 100)]


@pytest.mark.parametrize("late", [True, False])
def test_orders_from_before_that_come_later_leave_it_as_it_is(late):
    before = order("ann-A", "2026-02-10 12:00", 1000)
    facts = [OPENING, before] if late else [before, OPENING]
    kept(enrolment("ann", "2026-01-02 12:00"))
    for fact in facts:
        kept(fact)
    assert opened() == [("issued", "available", 100)]
    with transaction.atomic():
        advance_due(raw(), PROGRAMS, NOW)
    assert verify(raw(), PROGRAMS).is_exact
