"""How often a till's request asks the database. Each statement costs both sides; more of them are a decision."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.conf import settings

from regulars.ledger.connect import raw
from tests.api.spending import counter
from tests.api.till import Till
from tests.api.wire import asked

pytestmark = pytest.mark.django_db(transaction=True)

CUP = {"id": "r", "reward": "cup"}
TASTING = {"id": "r", "reward": "tasting"}


@pytest.fixture
def member(till: Till) -> Till:
    till.enrol(customer="C-1")
    return till


def statements(act: Callable[[], Any], status: int) -> int:
    answer, sent = asked(act)
    assert answer.status_code == status, answer.content
    return len(sent)


def redeem(till: Till, key: str, **more: Any) -> Callable[[], Any]:
    return lambda: till.send("POST", "/checkouts", {**counter(TASTING), **more}, idempotency_key=key)


def end(till: Till, verb: str) -> Callable[[], Any]:
    number = redeem(till, "h", hold_minutes=5)().json()["id"]
    return lambda: till.send("POST", f"/checkouts/{number}:{verb}", {}, idempotency_key="e")


def test_statements_of_each_verb(member: Till) -> None:
    till = member
    assert statements(lambda: till.send("POST", "/checkouts:quote", counter(TASTING)), 200) == 7
    assert statements(redeem(till, "k", hold_minutes=5), 201) == 15
    assert statements(end(till, "capture"), 200) == 18


def test_a_repeated_request_asks_for_its_answer_only(member: Till) -> None:
    redeem(member, "k")()
    assert statements(redeem(member, "k"), 201) == 6


def test_a_connection_that_postgresql_ended_is_made_anew(member: Till) -> None:
    """As when it was started again: nobody is told, be it the first statement that finds out."""
    raw()
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s)", [raw().info.backend_pid])
    assert redeem(member, "k")().status_code == 201
