"""Orders that somebody else holds: a group goes on without them, and soon."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.contract.asked import Asked
from regulars.gateway import deciding
from regulars.gateway.deciding import Reply, Request, decide
from regulars.intake.orders import order_key
from regulars.ledger.connect import raw
from regulars.members.queries import ids_of
from regulars.programs.queries import Published
from tests.api.till import everything, open_shop, order
from tests.gateway.test_groups import put

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = [f"o{number:02}" for number in range(16)]
HELD = NAMES[::2]


def puts(shop: Published, version_at: str) -> list[Request]:
    return [put(shop, name, customer=f"C-{name}", version_at=version_at) for name in NAMES]


def while_held(requests: Sequence[Request]) -> list[Reply | None]:
    """What is decided while somebody else holds every second order."""

    def alone() -> list[Reply | None]:
        try:
            return decide(requests)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        held = [order_key("web", name) for name in HELD]
        raw().execute("SELECT 1 FROM ledger_fact_key WHERE key = ANY(%s) FOR UPDATE", [held])
        return pool.submit(alone).result(timeout=60)


def test_orders_that_somebody_holds_keep_nobody_else_waiting() -> None:
    shop = open_shop()
    decide(puts(shop, "2026-05-02T10:00:00+08:00"))
    newer = puts(shop, "2026-05-03T10:00:00+08:00")
    replies = while_held(newer)
    assert [reply and reply.status for reply in replies] == [None, 200] * len(HELD)
    assert [reply.status for reply in decide([newer[0]], is_patient=True) if reply] == [200]


def test_scattered_orders_that_somebody_holds_are_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    answers = deciding.answers

    def counted(published: Published, asked: Sequence[Asked], *rest: Any) -> Any:
        tried.append(len(asked))
        return answers(published, asked, *rest)

    monkeypatch.setattr(deciding, "answers", counted)
    shop = open_shop()
    decide(puts(shop, "2026-05-02T10:00:00+08:00"))
    tried.clear()
    replies = while_held(puts(shop, "2026-05-03T10:00:00+08:00"))
    assert [reply and reply.status for reply in replies] == [None, 200] * len(HELD)
    assert tried == [len(NAMES), len(NAMES) - len(HELD)], "no halves"


def test_orders_of_a_member_whom_somebody_holds_are_left_out() -> None:
    shop = open_shop()
    decide(puts(shop, "2026-05-02T10:00:00+08:00"))
    others = [put(shop, f"new-{name}", customer=f"C-{name}") for name in NAMES]

    def alone() -> list[Reply | None]:
        try:
            return decide(others)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        held = list(ids_of(shop.id, [f"C-{name}" for name in HELD]).values())
        raw().execute("SELECT 1 FROM ledger_account WHERE member_id = ANY(%s) FOR UPDATE", [held])
        replies = pool.submit(alone).result(timeout=60)
    assert [reply and reply.status for reply in replies] == [None, 200] * len(HELD)


def test_a_batch_waits_for_another_one_rather_than_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "EACH_WAIT", 100)
    shop = open_shop()
    decide([put(shop, "first", customer="C-1")])
    single = put(shop, "single", customer="C-1")
    body = json.dumps({"orders": [order(source="web", id=name, customer="C-1") for name in NAMES]}).encode()
    batch = Request("127.0.0.1", single.key, "en", body)

    def alone(request: Request) -> list[Reply | None]:
        try:
            return decide([request])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            raw().execute("SELECT 1 FROM ledger_account FOR UPDATE")
            assert pool.submit(alone, single).result(timeout=60) == [None]
            waiting = pool.submit(alone, batch)
            time.sleep(0.3)
        assert [reply and reply.status for reply in waiting.result(timeout=60)] == [200]


def test_what_a_group_has_no_time_for_is_left_to_the_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "GROUP_SECONDS", 0, raising=False)
    shop = open_shop()
    before = everything()
    assert decide(puts(shop, "2026-05-02T10:00:00+08:00")) == [None] * len(NAMES)
    assert everything() == before
