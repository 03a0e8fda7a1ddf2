"""Somebody becomes a member: known to us by name, to the ledger by a random id."""

import pytest
from django.db import connection

from regulars.ledger.connect import raw
from regulars.ledger.queries import statement
from regulars.ledger.receipt import Incoming
from regulars.members import queries
from regulars.members.actions import REFUSALS, EnrolmentRefused, Newcomer, enrol, resolve
from regulars.members.models import Member
from tests.ledger.shop import LEDGER_TABLES, NOW, PROGRAMS, at, order, put_all

pytestmark = pytest.mark.django_db
JOINED = at("2026-05-01 10:00")
MEI = Newcomer("A-1", "9001", "Mei Chen", "mei@example.com", "0912345678", "zh-Hant")


def everything() -> list[object]:
    """All rows that an enrolment could touch."""
    found: list[object] = list(Member.objects.order_by("id").values_list())
    with connection.cursor() as cursor:
        for table in LEDGER_TABLES:
            cursor.execute(f"SELECT * FROM {table}")
            found += sorted(map(str, cursor.fetchall()))
    return found


def test_a_newcomer_is_known_and_welcomed() -> None:
    enrolled = enrol(PROGRAMS, MEI, JOINED, "web", NOW)
    line = queries.get(1, enrolled.member_id)
    assert line is not None
    assert (line.external_id, line.card, line.name, line.email, line.language) == (
        "A-1",
        "9001",
        "Mei Chen",
        "mei@example.com",
        "zh-Hant",
    )
    assert line.joined_at == line.enrolled_at is not None
    held = statement(raw(), PROGRAMS, enrolled.member_id, NOW)
    assert held is not None
    assert (held.account.enrolled_at, held.tier) == (JOINED, "member")


def test_somebody_may_enrol_without_a_number() -> None:
    first, second = (enrol(PROGRAMS, Newcomer(name="Mei"), JOINED, "", NOW) for _ in range(2))
    assert first.member_id != second.member_id


def test_a_customer_known_from_orders_keeps_them() -> None:
    known = resolve(1, ["A-1"])["A-1"]
    put_all([Incoming(known, order("1", "2026-04-01 10:00", 500))])
    assert enrol(PROGRAMS, MEI, JOINED, "web", NOW).member_id == known
    line = queries.get(1, known)
    assert line is not None
    assert (line.name, line.orders) == ("Mei Chen", 1)


@pytest.mark.parametrize(
    ("newcomer", "joined", "code"),
    [
        (MEI, JOINED, "already_enrolled"),
        (Newcomer("A-2", card="9001"), JOINED, "card_taken"),
        (Newcomer(card="9001"), JOINED, "card_taken"),
        (Newcomer("A-2"), NOW + 6 * 60_000_000, "too_far_in_future"),
    ],
)
def test_a_refusal_changes_nothing(newcomer: Newcomer, joined: int, code: str) -> None:
    enrol(PROGRAMS, MEI, JOINED, "web", NOW)
    before = everything()
    with pytest.raises(EnrolmentRefused) as refused:
        enrol(PROGRAMS, newcomer, joined, "web", NOW)
    assert refused.value.code == code
    assert everything() == before
    assert code in (*REFUSALS, "too_far_in_future")
