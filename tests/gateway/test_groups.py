"""Requests decided together: each gets its own answer, and whoever spoils the group is refused alone."""

import json
import logging
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import structs

from regulars.access.actions import issue_key
from regulars.contract import taking
from regulars.gateway.deciding import Reply, Request, decide
from regulars.intake.actions import take_orders
from regulars.programs.queries import Published
from tests.api.till import activity, everything, line, open_shop, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Published:
    return open_shop()


def put(shop: Published, number: str, language: str = "en", **changes: Any) -> Request:
    body = json.dumps(order(**changes)).encode()
    return Request("127.0.0.1", key_of(shop), language, body, "web", number)


def did(shop: Published, number: str, **changes: Any) -> Request:
    body = json.dumps(activity(**changes)).encode()
    return Request("127.0.0.1", key_of(shop), "en", body, "web", number, "activities")


def key_of(shop: Published) -> str:
    return issue_key(shop.id, "group", ["activities:write", "orders:write"])


def told(replies: Sequence[Reply | None]) -> list[dict[str, Any]]:
    return [json.loads(reply.body) for reply in replies if reply is not None]


def test_one_that_spoils_the_transaction_is_refused_alone(
    shop: Published, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def spoilt(published: Any, orders: Any, *rest: Any, **named: Any) -> Any:
        receipts = take_orders(published, orders, *rest, **named)
        assert all(one.id != "bad" for one in orders)
        return receipts

    monkeypatch.setattr(taking, "take_orders", spoilt)
    names = ["a", "b", "bad", "c", "d", "e"]
    with caplog.at_level(logging.ERROR):
        replies = decide([put(shop, name, customer=f"C-{name}") for name in names])
    assert [reply and reply.status for reply in replies] == [200, 200, 500, 200, 200, 200]
    assert told(replies)[2]["code"] == "internal_error"
    assert len(everything()["ledger_order"]) == 5
    assert "failed" in caplog.text


def test_orders_and_activities_go_together(shop: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one transaction, though an order and an activity have the same number; what one is refused for is its own."""
    decide([did(shop, "known")])
    taken: list[int] = []

    def counted(published: Any, arrivals: Any, *rest: Any, **named: Any) -> Any:
        taken.append(len(arrivals))
        return take_orders(published, arrivals, *rest, **named)

    monkeypatch.setattr(taking, "take_orders", counted)
    wrong = [did(shop, "x", name="No name"), did(shop, "known", name="visit")]
    replies = decide([put(shop, "a"), did(shop, "a"), *wrong, put(shop, "b"), did(shop, "a"), did(shop, "c")])
    assert [reply and reply.status for reply in replies] == [200, 200, 422, 409, 200, 200, 200]
    assert taken == [5, 1], "the same activity again comes after the others"
    assert [one.get("net") or one.get("name") for one in told(replies)[:2]] == ["1250.00", "review"]


def test_a_key_sends_only_what_its_scopes_say(shop: Published) -> None:
    request = did(shop, "a")
    only = structs.replace(request, key=issue_key(shop.id, "visits", ["activities:write"]))
    replies = decide([only, structs.replace(only, sort="orders"), request])
    assert [reply and reply.status for reply in replies] == [200, 403, 200]


def test_what_is_wrong_with_one_is_nobody_else_s_matter(shop: Published) -> None:
    wrong = Request("127.0.0.1", key_of(shop), "zh-hant", b"{", "web", "x")
    nobody = Request("127.0.0.1", "rk_nothing", "en", b"{}", "web", "x")
    replies = decide([put(shop, "a"), wrong, put(shop, "b", currency="USD"), nobody, put(shop, "c")])
    assert [reply and reply.status for reply in replies] == [200, 400, 422, 401, 200]


def test_everybody_is_answered_in_their_language(shop: Published) -> None:
    replies = decide([put(shop, "a"), put(shop, "b", "zh-hant", customer="C-2"), put(shop, "c", "zh-hans", lines=1)])
    first, second, third = told(replies)
    assert first["entries"][0]["why"]["sentence"].startswith("Points on purchases")
    assert second["entries"][0]["why"]["sentence"].startswith("消費積點")
    assert third["title"] == "请求内容不符合规格"


def test_the_same_order_twice_is_taken_as_it_came(shop: Published) -> None:
    newer = {"version_at": "2026-05-02T10:00:00+08:00", "lines": [line(total="499")]}
    replies = told(decide([put(shop, "a"), put(shop, "a", **newer), put(shop, "a"), put(shop, "b")]))
    assert [(one["outcome"], one["net"]) for one in replies] == [
        ("recorded", "1250.00"), ("recorded", "499.00"), ("stale", "499.00"), ("recorded", "1250.00"),
    ]  # fmt: skip


def test_two_programs_in_one_group(shop: Published) -> None:
    other = open_shop("other-shop")
    replies = decide([put(shop, "a"), put(other, "a"), put(shop, "b")])
    assert [reply and reply.status for reply in replies] == [200, 200, 200]
    assert len(everything()["ledger_order"]) == 3
