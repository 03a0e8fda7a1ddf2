"""Everything a request can be refused for: the status, the code, the place, and that nothing was changed."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from regulars.contract.keys import BODY_LIMIT
from regulars.contract.problems import KINDS, MEDIA_TYPE
from tests.api.till import Till, everything, line, order

pytestmark = pytest.mark.usefixtures("each_door")

DEEP = 100_000
HUGE = "10000000000.01"
NOBODY = "00000000-0000-4000-8000-000000000000"


def refunds(**changes: Any) -> dict[str, Any]:
    return {"refunds": [{"id": "R-1", "refunded_at": "2026-05-03T10:00:00+08:00", **changes}]}


class Unreadable(BytesIO):
    """A body that nobody may touch."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError(size)


# What is changed in a good order, and what is then refused, at which places.
ORDERS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"lines": ...}, "invalid", ["/lines"]),
    ({"currency": ...}, "invalid", ["/currency"]),
    ({"currency": "twd"}, "invalid", ["/currency"]),
    ({"currency": "USD"}, "currency_mismatch", ["/currency"]),
    ({"colour": "green"}, "invalid", ["/colour"]),
    ({"a/b~c": 1}, "invalid", ["/a~1b~0c"]),
    ({"lines": "none"}, "invalid", ["/lines"]),
    ({"lines": {}}, "invalid", ["/lines"]),
    ({"lines": [7]}, "invalid", ["/lines/0"]),
    ({"lines": [line(colour="green")]}, "invalid", ["/lines/0/colour"]),
    ({"lines": [line("1"), line("2", total=12.5)]}, "invalid", ["/lines/1/total"]),
    ({"lines": [line(total=1250)]}, "invalid", ["/lines/0/total"]),
    ({"lines": [line(total="12,50")]}, "invalid", ["/lines/0/total"]),
    ({"lines": [line(total="1e3")]}, "invalid", ["/lines/0/total"]),
    ({"lines": [line(total="NaN")]}, "invalid", ["/lines/0/total"]),
    ({"lines": [line(total="１２")]}, "invalid", ["/lines/0/total"]),
    ({"lines": [line(total=" 12")]}, "invalid", ["/lines/0/total"]),
    ({"lines": [line(total="12\n")]}, "invalid", ["/lines/0/total"]),
    ({"lines": [line(total="12.345")]}, "invalid", ["/lines/0/total"]),
    ({"lines": [line(total=HUGE)]}, "invalid", ["/lines/0/total", "/lines"]),
    ({"lines": [line(total="-" + HUGE)]}, "invalid", ["/lines/0/total", "/lines"]),
    ({"lines": [line("1", "9999999999"), line("2", "9999999999")]}, "invalid", ["/lines"]),
    ({"lines": [line(discount="-1")]}, "invalid", ["/lines/0/discount"]),
    ({"lines": [line(quantity=1.5)]}, "invalid", ["/lines/0/quantity"]),
    ({"lines": [line(quantity=2.0)]}, "invalid", ["/lines/0/quantity"]),
    ({"lines": [line(quantity="2")]}, "invalid", ["/lines/0/quantity"]),
    ({"lines": [line(quantity=True)]}, "invalid", ["/lines/0/quantity"]),
    ({"lines": [line(quantity=-1)]}, "invalid", ["/lines/0/quantity"]),
    ({"lines": [line(quantity=10**9 + 1)]}, "invalid", ["/lines/0/quantity"]),
    ({"lines": [line(sku=None)]}, "invalid", ["/lines/0/sku"]),
    (
        {"lines": [line(""), line("\x00"), line("a\nb"), line("x" * 101)]},
        "invalid",
        [f"/lines/{n}/line" for n in range(4)],
    ),
    ({"lines": [line(category="\u0085")]}, "invalid", ["/lines/0/category"]),
    ({"lines": [line("1"), line("2"), line("1")]}, "invalid", ["/lines/2/line"]),
    ({"lines": [line(str(n), "1") for n in range(1001)]}, "invalid", ["/lines"]),
    ({"codes": ["x"] * 101}, "invalid", ["/codes"]),
    ({"codes": [1]}, "invalid", ["/codes/0"]),
    ({"customer": "C\x00"}, "invalid", ["/customer"]),
    ({"customer": ""}, "invalid", ["/customer"]),
    ({"customer": 1}, "invalid", ["/customer"]),
    ({"member": NOBODY}, "invalid", ["/member"]),
    ({"customer": ..., "member": NOBODY}, "member_unknown", ["/member"]),
    ({"customer": ..., "member": "C-1"}, "invalid", ["/member"]),
    ({"cancelled": "yes"}, "invalid", ["/cancelled"]),
    ({"cancelled": 1}, "invalid", ["/cancelled"]),
    ({"paid_at": "2026-05-01T10:00:00"}, "invalid", ["/paid_at"]),
    ({"paid_at": "2026-05-01"}, "invalid", ["/paid_at"]),
    ({"paid_at": "2026-02-30T10:00:00Z"}, "invalid", ["/paid_at"]),
    ({"paid_at": "1969-12-31T23:59:59Z"}, "invalid", ["/paid_at"]),
    ({"paid_at": "0001-01-01T00:00:00+23:59"}, "invalid", ["/paid_at"]),
    ({"paid_at": 1777600000}, "invalid", ["/paid_at"]),
    ({"paid_at": "2026-11-01T00:06:00Z"}, "too_far_in_future", ["/paid_at"]),
    ({"version_at": "9999-12-31T23:59:59Z"}, "too_far_in_future", ["/version_at"]),
    (refunds(), "invalid", ["/refunds/0"]),
    (refunds(amount="1", lines=[{"line": "1", "quantity": 1}]), "invalid", ["/refunds/0"]),
    (refunds(amount="-1"), "invalid", ["/refunds/0/amount"]),
    (refunds(amount="1.234"), "invalid", ["/refunds/0/amount"]),
    (refunds(amount="1", refunded_at="2026-11-01T00:06:00Z"), "too_far_in_future", ["/refunds/0/refunded_at"]),
    (refunds(lines=[{"line": "1", "quantity": 1}] * 2), "invalid", ["/refunds/0/lines/1/line"]),
    ({"refunds": [{"id": "R", "amount": "1"}, {"id": "R", "amount": "1"}]}, "invalid", ["/refunds/1/id"]),
    ({"currency": 1, "lines": [line(total=1)], "x": 1}, "invalid", ["/currency", "/lines/0/total", "/x"]),
    ({"currency": "USD", "exchange": {"rate": "0.0", "on": "2026-05-01"}}, "invalid", ["/exchange/rate"]),
    ({"currency": "USD", "exchange": {"rate": "-3", "on": "2026-05-01"}}, "invalid", ["/exchange/rate"]),
    ({"currency": "USD", "exchange": {"rate": "3", "on": "2026-02-30"}}, "invalid", ["/exchange/on"]),
    ({"currency": "USD", "exchange": {"rate": "3"}}, "invalid", ["/exchange/on"]),
    (
        {"currency": "JPY", "exchange": {"rate": "0.2", "on": "2026-05-01"}, "lines": [line(total="12.5")]},
        "invalid",
        ["/lines/0/total"],
    ),
    (
        {
            "currency": "USD",
            "exchange": {"rate": "999999999", "on": "2026-05-01"},
            "lines": [line(total="99999999.99")],
        },
        "invalid",
        ["/lines"],
    ),
]


def refused(answer: Any, code: str) -> dict[str, Any]:
    told = answer.json()
    assert (told["code"], answer.status_code) == (code, KINDS[code].status), told
    assert answer["Content-Type"] == MEDIA_TYPE
    assert (told["type"], told["status"]) == (f"/v1/problems#{code}", answer.status_code)
    return dict(told)


@pytest.mark.parametrize(("changes", "code", "pointers"), ORDERS)
def test_an_order_that_does_not_fit(till: Till, changes: dict[str, Any], code: str, pointers: list[str]) -> None:
    before = everything()
    told = refused(till.put(**changes), code)
    assert [error["pointer"] for error in told["errors"]] == pointers
    assert all(error["detail"] for error in told["errors"])
    assert everything() == before


@pytest.mark.parametrize(("changes", "code", "pointers"), [case for case in ORDERS if case[1] == "invalid"][:12])
def test_an_order_that_does_not_fit_refuses_the_batch(
    till: Till, changes: dict[str, Any], code: str, pointers: list[str]
) -> None:
    before = everything()
    good = {"source": "web", "id": "B-0", **order()}
    told = refused(till.batch(good, {"source": "web", "id": "B-1", **order(**changes)}), code)
    assert [error["pointer"] for error in told["errors"]] == [f"/orders/1{pointer}" for pointer in pointers]
    assert everything() == before


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"NaN",
        b'{"lines": [NaN]}',
        b'{"lines": [{"total": Infinity}]}',
        b"[" * DEEP + b"]" * DEEP,
        b'{"lines":' + b"[" * DEEP + b"]" * DEEP + b"}",
        b"\xff\xfe",
        b'{"customer": "\\ud800"}',
        b'{"quantity": 1e999}',
        b"{}" + b"}",
    ],
)
@pytest.mark.parametrize(
    "path", ["/orders/web/A-1", "/orders:batch", "/orders:quote", "/members", "/activities/app/1", "/activities:batch"]
)
def test_a_body_that_is_no_such_thing(till: Till, path: str, body: bytes) -> None:
    before = everything()
    method = "PUT" if path.endswith("1") else "POST"
    answer = till.send(method, path, body, idempotency_key="k-1")
    told = refused(answer, answer.json()["code"])
    assert told["code"] in ("malformed_json", "invalid")
    assert everything() == before


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 3 * BODY_LIMIT])
def test_a_body_over_the_limit_is_refused_before_it_is_read(till: Till, size: int) -> None:
    before = everything()
    refused(till.put(body=b"{" * size), "body_too_large")
    refused(till.send("POST", "/orders:batch", b" " * size), "body_too_large")
    assert everything() == before


def test_a_body_that_states_to_be_over_the_limit_is_left_unread(till: Till) -> None:
    unread = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": str(BODY_LIMIT + 1), "CONTENT_TYPE": "application/json"}
    refused(till.client.generic("PUT", "/v1/orders/web/A-1", headers=till.headers, **unread), "body_too_large")


def test_a_body_of_unknown_length_is_refused(till: Till) -> None:
    before = everything()
    refused(till.send("PUT", "/orders/web/A-1", order(), transfer_encoding="chunked"), "length_required")
    assert everything() == before


def test_a_body_at_the_limit_is_read(till: Till) -> None:
    content = json.dumps(order()).encode()
    assert till.put(body=content + b" " * (BODY_LIMIT - len(content))).status_code == 200


def test_the_largest_order_that_is_taken(till: Till) -> None:
    lines = [line("x" * 100, "9999999000.00", quantity=10**9, sku="")]
    lines += [line(str(n), "1.00") for n in range(999)]
    assert till.put(lines=lines).json()["net"] == "9999999999.00"


def test_the_largest_batch_that_is_taken(till: Till) -> None:
    small = {"currency": "TWD", "lines": [], "source": "s"}
    many = [{**small, "id": str(n)} for n in range(1000)]
    assert len(till.batch(*many).json()["orders"]) == 1000
    before = everything()
    told = refused(till.batch(*many, {**small, "id": "1000"}), "invalid")
    assert told["errors"][0]["pointer"] == "/orders"
    told = refused(till.batch(), "invalid")
    assert told["errors"][0]["pointer"] == "/orders"
    assert everything() == before


def test_the_same_order_twice_in_a_batch(till: Till) -> None:
    twice = {"source": "web", "id": "B-1", **order()}
    before = everything()
    told = refused(till.batch(twice, twice), "duplicate_order")
    assert told["errors"][0]["pointer"] == "/orders/1/id"
    assert everything() == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lines": [line(total="999")]}, "version_conflict"),
        ({"version_at": "2026-05-02T10:00:00+08:00", "customer": "C-2"}, "order_of_other_member"),
    ],
)
def test_what_contradicts_what_is_known(till: Till, changes: dict[str, Any], code: str) -> None:
    till.put()
    before = everything()
    refused(till.put(**changes), code)
    assert everything() == before


@pytest.mark.parametrize("path", ["/orders/web/%00", "/orders/%0A/A-1", f"/orders/web/{'x' * 101}", "/orders/%7f/1"])
def test_an_address_with_what_no_number_holds(till: Till, path: str) -> None:
    before = everything()
    told = refused(till.send("PUT", path, order()), "invalid")
    assert [error["parameter"] for error in told["errors"]] == ["id" if "web" in path else "source"]
    assert everything() == before


@pytest.mark.parametrize(
    ("method", "path", "code", "allow"),
    [
        ("GET", "/activities/web/A-1", "method_not_allowed", "PUT"),
        ("PUT", "/activities:batch", "method_not_allowed", "POST"),
        ("PUT", "/activities/web", "not_found", None),
        ("DELETE", "/members", "method_not_allowed", "POST"),
        ("GET", "/nothing", "not_found", None),
        ("GET", "/", "not_found", None),
    ],
)
def test_an_address_that_answers_otherwise(till: Till, method: str, path: str, code: str, allow: str | None) -> None:
    answer = till.send(method, path)
    refused(answer, code)
    assert answer.get("Allow") == allow


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/orders/web/a%0Ab"])
def test_an_address_of_nothing_asks_no_machine_for_a_form_s_token(path: str) -> None:
    answer = Client(enforce_csrf_checks=True).put(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, MEDIA_TYPE)


def test_all_codes_are_in_order_and_documented(till: Till) -> None:
    assert list(KINDS) == sorted(KINDS)
    page = till.get("/problems").content.decode()
    assert all(f'id="{code}"' in page for code in KINDS)
