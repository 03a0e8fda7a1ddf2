"""Two requests about the same thing at the same time: one is done, the other waits a little or is told to come back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.access import waiting
from tests.api.test_refusals import refused
from tests.api.till import Till, everything, order

pytestmark = pytest.mark.django_db(transaction=True)


def alone(ask: Any) -> Any:
    """In a thread with a connection of its own, as a server's worker has it."""
    try:
        return ask()
    finally:
        connection.close()


@pytest.mark.usefixtures("each_door")
def test_the_same_order_from_many_tills_is_kept_once(till: Till) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: alone(till.put), range(24)))
    kept = [answer.json() for answer in answers if answer.status_code == 200]
    assert kept
    assert all(told == kept[0] for told in kept)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(everything()["ledger_order"]) == 1
    assert till.get("/members/external:C-1").json()["orders"] == 1


@pytest.mark.usefixtures("each_door")
@pytest.mark.parametrize("batch", [False, True])
def test_whoever_waits_too_long_is_told_to_come_back(till: Till, monkeypatch: pytest.MonkeyPatch, batch: bool) -> None:
    monkeypatch.setattr(waiting, "LIMITS", "SELECT set_config('lock_timeout', '50ms', true)")
    till.put()
    before = everything()
    newer = order(version_at="2026-05-02T10:00:00+08:00", lines=[])

    def ask() -> Any:
        return till.batch({"source": "web", "id": "A-1", **newer}) if batch else till.put(body=newer)

    with ThreadPoolExecutor(1) as pool, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_fact_key FOR UPDATE")
        answer = pool.submit(alone, ask).result(timeout=20)
    told = refused(answer, "busy")
    assert told["retry"]
    assert answer["Retry-After"] == "1"
    assert everything() == before
    assert ask().status_code == 200


def test_a_statement_that_takes_too_long_is_given_up(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LIMITS", "SET LOCAL statement_timeout = '1ms'; SELECT pg_sleep(0.05)")
    before = everything()
    refused(till.put(), "busy")
    assert everything() == before
