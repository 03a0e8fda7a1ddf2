"""Whichever door an order comes by, it is answered word for word the same; one door knows what the other kept."""

from typing import Any
from uuid import UUID

import pytest

from regulars.access.actions import issue_key
from regulars.programs.queries import Published
from tests.api.doors import GatewayClient
from tests.api.test_activities import ACTIVITIES
from tests.api.test_orders import batch
from tests.api.test_refusals import ORDERS, refused
from tests.api.test_spending import counter
from tests.api.till import Till, activity, everything, line, order

CUP = {"id": "1", "reward": "cup"}
REFUND = {"id": "R-1", "refunded_at": "2026-05-03T10:00:00+08:00", "lines": [{"line": "1", "quantity": 1}]}


@pytest.fixture
def gateway(shop: Published, monkeypatch: pytest.MonkeyPatch, till: Till) -> Till:
    monkeypatch.setattr(Till, "make_client", staticmethod(GatewayClient))
    return Till(shop)


def same(one: Any, other: Any) -> Any:
    assert (one.status_code, one.json(), one["Content-Type"].split(";")[0]) == (
        other.status_code,
        other.json(),
        other["Content-Type"].split(";")[0],
    )
    for header in ("Allow", "Content-Language", "Retry-After", "WWW-Authenticate"):
        assert one.get(header) == other.get(header), header
    return one.json()


@pytest.mark.parametrize(
    "changes",
    [{}, {"customer": ...}, {"paid_at": ...}, {"refunds": [REFUND]}, {"lines": []}, {"cancelled": True}],
    ids=str,
)
def test_what_one_door_kept_the_other_answers(till: Till, gateway: Till, changes: dict[str, Any]) -> None:
    first = gateway.put(**changes)
    before = everything()
    assert same(till.put(**changes), first)["outcome"] == "recorded"
    assert everything() == before


def test_a_batch_too(till: Till, gateway: Till) -> None:
    orders = batch({}, {"currency": "USD"}, {"lines": [line(total="1.234")]}, {"customer": "C-2"}, {"customer": ...})
    first = gateway.batch(*orders)
    assert [one["outcome"] for one in same(till.batch(*orders), first)["orders"]] == [
        "recorded", "refused", "refused", "recorded", "recorded",
    ]  # fmt: skip


@pytest.mark.parametrize("changes", [{}, {"happened_at": ...}, {"name": "visit"}], ids=str)
def test_what_somebody_did_too(till: Till, gateway: Till, changes: dict[str, Any]) -> None:
    first = gateway.did(**changes)
    before = everything()
    assert same(till.did(**changes), first)["outcome"] == "recorded"
    many = [{"source": "app", "id": number, **activity(**changes)} for number in ("V-1", "V-2")]
    many.append({"source": "app", "id": "V-3", **activity(customer=...)})
    assert everything() == before
    same(till.did_many(*many), gateway.did_many(*many))


@pytest.mark.parametrize("changes", [case[0] for case in ACTIVITIES])
def test_an_activity_that_does_not_fit_is_refused_alike(till: Till, gateway: Till, changes: dict[str, Any]) -> None:
    same(till.did(**changes), gateway.did(**changes))
    many = [{"source": "app", "id": "B", **activity(**changes)}]
    same(till.did_many(*many), gateway.did_many(*many))


@pytest.mark.parametrize("changes", [case[0] for case in ORDERS])
def test_what_does_not_fit_is_refused_alike(till: Till, gateway: Till, changes: dict[str, Any]) -> None:
    same(till.put(**changes), gateway.put(**changes))
    many = [{"source": "web", "id": "B", **order(**changes)}]
    same(till.batch(*many), gateway.batch(*many))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b"7", b'"text"', b"\xff", b'{"a": NaN}', b"{}", b'{"orders": {}}']
)
def test_what_is_no_body_is_refused_alike(till: Till, gateway: Till, body: bytes) -> None:
    for number in ("A-1", "%00"):
        same(till.put(number, body=body), gateway.put(number, body=body))
        same(till.did(number, body=body), gateway.did(number, body=body))
    for path in ("/orders:batch", "/activities:batch"):
        same(till.send("POST", path, body), gateway.send("POST", path, body))


@pytest.mark.parametrize(
    "path",
    [
        f"/{sort}{rest}"
        for sort in ("orders", "activities")
        for rest in ("/web/%FF", "/web/a%0Ab", "/web/", "/%E8%A8%82/1", "", "/a/b/c")
    ],
)
def test_addresses_are_read_alike(till: Till, gateway: Till, path: str) -> None:
    same(till.send("PUT", path, order()), gateway.send("PUT", path, order()))
    assert till.send("POST", path, order()).json() == gateway.send("POST", path, order()).json()


def test_the_gateway_keeps_orders_and_does_not_read_them(till: Till, gateway: Till) -> None:
    same(till.put(), gateway.put())
    answer = gateway.get("/orders/web/A-1")
    assert (refused(answer, "method_not_allowed")["status"], answer["Allow"]) == (405, "PUT")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "bearer rk_x", "Basic dXNlcjpwYXNz"])
def test_who_has_no_key_is_told_alike(till: Till, gateway: Till, header: str) -> None:
    till.headers["Authorization"] = gateway.headers["Authorization"] = header
    same(till.put(), gateway.put())


def test_a_key_without_the_scope_or_of_another_program(till: Till, gateway: Till, shop: Published) -> None:
    for program_id, scopes in ((shop.id, ["orders:read"]), (shop.id + 1, ["orders:write"])):
        header = f"Bearer {issue_key(program_id, 'k', scopes)}"
        till.headers["Authorization"] = gateway.headers["Authorization"] = header
        same(till.put(), gateway.put())
        same(till.did(), gateway.did())


TURNS: list[Any] = [
    counter(CUP), counter(CUP, hold_minutes=5), counter(CUP, hold_minutes=0), counter(CUP, lines=[]), counter(),
    counter(CUP, customer="nobody"), counter(CUP, customer=..., member=str(UUID(int=7))), counter(CUP, customer=...),
    counter({"id": "1"}), counter(CUP, CUP), counter({"id": "1", "code": "TEA-0000-0000-01"}),
    counter(CUP, currency="USD"),
    counter({"id": "1", "reward": "nothing"}), counter(CUP, more=1), "{", "", [],
]  # fmt: skip


@pytest.mark.parametrize("body", TURNS, ids=range(len(TURNS)))
@pytest.mark.parametrize("named", [True, False])
def test_a_checkout_is_opened_or_refused_alike(till: Till, gateway: Till, body: Any, named: bool) -> None:
    """Under one key the second door knows what the first one answered; without a key neither does anything."""
    till.enrol(customer="C-1")
    under = {"idempotency_key": "t-1"} if named else {}
    first = gateway.send("POST", "/checkouts", body, **under)
    before = everything()
    same(till.send("POST", "/checkouts", body, **under), first)
    assert everything() == before


@pytest.mark.parametrize("verb", ["capture", "release", "void"])
@pytest.mark.parametrize(
    "body", [{}, {"store": "s"}, {"store": 1}, {"reason": "r"}, {"order": {"source": "web"}}, "", []]
)
def test_a_checkout_is_ended_alike(till: Till, gateway: Till, verb: str, body: Any) -> None:
    till.enrol(customer="C-1")
    number = till.send("POST", "/checkouts", counter(CUP, hold_minutes=5), idempotency_key="t-1").json()["id"]
    for under in ({"idempotency_key": "t-2"}, {"idempotency_key": "t-2" * 50}, {}):
        for place in (number, str(UUID(int=7)), number.upper(), "7"):
            path = f"/checkouts/{place}:{verb}"
            first = gateway.send("POST", path, body, **under)
            before = everything()
            same(till.send("POST", path, body, **under), first)
            assert everything() == before


def test_only_who_may_redeem(shop: Published, till: Till, gateway: Till) -> None:
    for one in (till, gateway):
        one.headers["Authorization"] = f"Bearer {issue_key(shop.id, 'reads', ['rewards:read'])}"
    first = gateway.send("POST", "/checkouts", counter(CUP), idempotency_key="t-1")
    assert (
        same(till.send("POST", "/checkouts", counter(CUP), idempotency_key="t-1"), first)["code"]
        == "permission_missing"
    )
    same(till.send("PATCH", "/checkouts", {}), gateway.send("PATCH", "/checkouts", {}))
