"""Checkouts that come together: each gets its own answer, as if it had come by itself."""

import json
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from regulars.access.actions import issue_key
from regulars.gateway.deciding import Reply, Request, decide
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published
from regulars.rewards import making
from regulars.rewards.actions import together
from tests.api.till import Till, everything, open_shop, order
from tests.api.wire import asked

pytestmark = pytest.mark.django_db

TASTING = {"id": "1", "reward": "tasting"}


@pytest.fixture
def shop() -> Published:
    return open_shop()


@pytest.fixture
def key(shop: Published) -> str:
    return issue_key(shop.id, "tills", ["rewards:redeem", "rewards:approve"])


def joined(shop: Published, *names: str) -> None:
    """Each has ten points."""
    till = Till(shop)
    for name in names:
        assert till.enrol(name, customer=name).status_code == 201


def hold(key: str, who: str, *laid: dict[str, Any], under: str = "", language: str = "en", **more: Any) -> Request:
    body = {
        "currency": "TWD", "customer": who, "hold_minutes": 5, "lay": list(laid) or [{"id": "1", "reward": "cup"}],
        "lines": [{"line": "1", "sku": "OOL-1", "quantity": 1, "total": "500"}], **more,
    }  # fmt: skip
    content = json.dumps({name: value for name, value in body.items() if value is not ...}).encode()
    return Request("127.0.0.1", key, language, content, sort="checkouts", under=under or str(uuid4()))


def end(key: str, number: str, verb: Any = "capture", under: str = "", **body: Any) -> Request:
    content = json.dumps(body).encode()
    return Request(
        "127.0.0.1", key, "en", content, number=number, sort="checkouts", verb=verb, under=under or str(uuid4())
    )


def told(replies: Sequence[Reply | None]) -> list[Any]:
    assert all(replies)
    return [json.loads(reply.body) for reply in replies if reply is not None]


def outcomes(replies: Sequence[Reply | None]) -> list[str]:
    return [one.get("state") or one["code"] for one in told(replies)]


def numbers(replies: Sequence[Reply | None]) -> list[str]:
    return [one["id"] for one in told(replies)]


def test_each_is_answered_as_if_it_had_come_alone(shop: Published, key: str) -> None:
    joined(shop, "a", "b", "c")
    first = decide([hold(key, "a"), hold(key, "b"), hold(key, "c"), hold(key, "nobody"), hold(key, "a")])
    assert outcomes(first) == ["held", "held", "held", "member_unknown", "not_enough_points"]
    one, two, three = (reply["id"] for reply in told(first)[:3])
    ends = [end(key, one), end(key, two, "release"), end(key, str(uuid4())), end(key, one, "release"), hold(key, "b")]
    assert outcomes(decide([*ends, end(key, three, "void")])) == [
        "captured", "released", "checkout_unknown", "checkout_captured", "held", "released",
    ]  # fmt: skip
    assert outcomes(decide([end(key, one, "void"), end(key, one, "void"), hold(key, "c")])) == [
        "voided", "checkout_voided", "held",
    ]  # fmt: skip


def test_more_of_them_ask_the_database_no_more(shop: Published, key: str) -> None:
    names = [f"m{number}" for number in range(20)]
    joined(shop, *names)
    few = numbers(decide([hold(key, name) for name in names[:2]]))
    many, sent = asked(lambda: decide([hold(key, name) for name in names[2:9]]))
    _, more = asked(lambda: decide([hold(key, name, TASTING) for name in names[9:16]]))
    assert outcomes(many) == ["held"] * 7
    assert (len(sent), len(more)) == (19, 15)
    _, ended = asked(lambda: decide([end(key, number) for number in [*few, *numbers(many)[:5]]]))
    assert len(ended) == 26


def test_one_balance_that_is_enough_for_some(shop: Published, key: str) -> None:
    joined(shop, "a")
    came = decide([hold(key, "a", TASTING) for _ in range(40)])
    assert outcomes(came) == ["held"] * 2 + ["not_enough_points"] * 38
    assert outcomes(decide([end(key, number) for number in numbers(came[:2])])) == ["captured"] * 2


def test_stock_that_is_enough_for_some(shop: Published, key: str) -> None:
    names = [f"m{number}" for number in range(16)]
    joined(shop, *names)
    came = decide([hold(key, name) for name in names])
    assert Counter(outcomes(came)) == {"held": 10, "out_of_stock": 6}
    assert all(one["parameters"] == {"left": 0} for one in told(came)[10:])
    again = [end(key, told(came)[0]["id"], "release"), hold(key, names[10]), hold(key, names[11])]
    assert outcomes(decide(again)) == ["released", "held", "out_of_stock"]


def test_one_that_spoils_the_transaction_is_refused_alone(
    shop: Published, key: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    joined(shop, "a", "b", "c", "d")
    bad = numbers(decide([hold(key, "a")]))[0]

    def spoilt(programs: Any, part: Any, number: Any, *rest: Any) -> Any:
        assert part.id != "bad"
        return making.bought(programs, part, number, *rest)

    held = numbers(decide([hold(key, "b"), hold(key, "c", {"id": "bad", "reward": "cup"}), hold(key, "d")]))
    monkeypatch.setattr(together, "bought", spoilt)
    with caplog.at_level(logging.ERROR):
        replies = decide([end(key, number) for number in [bad, *held]])
    assert [reply and reply.status for reply in replies] == [200, 200, 500, 200]
    assert "failed" in caplog.text
    assert len(everything()["rewards_issued"]) == 3


def test_a_key_is_done_once(shop: Published, key: str) -> None:
    joined(shop, "a", "b")
    first, again, other, apart = decide(
        [hold(key, "a", under="k"), hold(key, "a", under="k"), hold(key, "b", under="k"), hold(key, "b")]
    )
    assert told([first]) == told([again])
    assert [reply and reply.status for reply in (first, again, other, apart)] == [201, 201, 422, 201]
    assert told([other])[0]["code"] == "idempotency_key_reused"
    before = everything()
    assert told(decide([hold(key, "a", under="k"), hold(key, "b", under="k")])) == told([first, other])
    assert everything() == before


def test_a_final_refusal_is_remembered_and_one_for_now_is_not(shop: Published, key: str) -> None:
    joined(shop, "a", "b")
    wrong = {"id": "1", "reward": "no-such"}
    replies = decide([hold(key, "a", wrong, under="k"), hold(key, "b", under="l"), hold(key, "b", under="m")])
    assert outcomes(replies) == ["reward_unknown", "held", "not_enough_points"]
    kept = rows(raw(), "SELECT key FROM api_answer WHERE key = ANY(%b) ORDER BY key", [["k", "l", "m"]])
    assert kept == [("k",), ("l",)]
    assert told(decide([hold(key, "a", wrong, under="k", language="zh-hans")]))[0]["title"] != told(replies)[0]["title"]


def test_a_code_that_everybody_may_know_goes_along_and_a_wrong_one_is_counted_once(shop: Published, key: str) -> None:
    joined(shop, "a", "b", "c")
    spring, made_up = {"id": "1", "code": "SPRING10"}, {"id": "1", "code": "TEA-0000-0000-01"}
    guest = hold(key, "", spring, customer=...)
    assert outcomes(decide([hold(key, "a", spring), hold(key, "b", made_up), guest, hold(key, "c")])) == [
        "held", "code_mistyped", "held", "held",
    ]  # fmt: skip


def test_a_copy_that_two_lay_at_once_is_held_once(shop: Published, key: str) -> None:
    joined(shop, "a", "b")
    bought = told(decide([hold(key, "a", TASTING, hold_minutes=...)]))[0]
    mine = {"id": "1", "issued": bought["applied"][0]["issued"]}
    replies = decide([hold(key, "a", mine), hold(key, "b"), hold(key, "a", mine), hold(key, "b", mine)])
    assert outcomes(replies) == ["held", "held", "code_held", "issued_unknown"]


def test_what_is_wrong_with_one_is_nobody_else_s_matter(shop: Published, key: str) -> None:
    joined(shop, "a")
    nobody = hold("rk_nothing", "a")
    unnamed = Request("127.0.0.1", key, "en", b"{}", sort="checkouts")
    put = Request(
        "127.0.0.1", issue_key(shop.id, "orders", ["orders:write"]), "en", json.dumps(order()).encode(), "web", "1"
    )
    replies = decide([hold(key, "a", lines=[]), nobody, unnamed, put, hold(key, "a")])
    assert [reply and reply.status for reply in replies] == [422, 401, 422, 200, 201]
