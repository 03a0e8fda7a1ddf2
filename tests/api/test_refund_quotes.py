"""What a refund would do, asked before anybody takes goods back: money without what points paid, and the points."""

from typing import Any

import pytest
from django.http import HttpResponse

from tests.api.test_refusals import refused
from tests.api.test_spending import OPENING, points, take
from tests.api.till import Till, everything, line

pytestmark = pytest.mark.django_db

PAID = {"paid_at": OPENING, "version_at": OPENING}
UNIT = {"lines": [{"line": "1", "quantity": 1}]}


@pytest.fixture
def bought(till: Till) -> dict[str, Any]:
    """Two units for NT$500, of which ten points paid one dollar."""
    till.enrol(customer="C-1")
    paid = {"id": "p", "wallet": "points", "points": 10}
    [laid] = take(till, paid, order={"source": "web", "id": "A-1"}).json()["applied"]
    payment = {"method": "points", "amount": laid["off"], "redemption": laid["costs"][0]["redemption"]}
    order = {"lines": [line(total="500")], "payments": [payment], **PAID}
    assert till.put("A-1", **order).json()["points"] == 4
    return order


def quote(till: Till, number: str = "A-1", **said: Any) -> HttpResponse:
    return till.send("POST", "/refunds:quote", {"order": {"source": "web", "id": number}, **said})


def test_what_points_paid_comes_back_as_points(till: Till, bought: dict[str, Any]) -> None:
    before = everything()
    told = quote(till, **UNIT).json()
    assert everything() == before
    assert {name: told[name] for name in ("cash", "withheld", "pays", "short")} == {
        "cash": "249.50", "withheld": "0.00", "pays": "249.50", "short": [],
    }  # fmt: skip
    assert told["goes_back"] == {"points": 2}
    assert [(one["wallet"], one["points"]) for one in told["returns"]] == [("points", 5)]
    back = [{"id": "R-1", "refunded_at": "2026-11-01T00:00:01+00:00", **UNIT}]
    assert till.put("A-1", **{**bought, "version_at": back[0]["refunded_at"]}, refunds=back).json()["points"] == 2
    assert points(till) == (5, 0)


def test_an_amount_is_spread_over_what_is_left(till: Till, bought: dict[str, Any]) -> None:
    assert quote(till, amount="250").json()["cash"] == "249.50"
    assert quote(till, amount="500").json()["cash"] == "499.00"


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"lines": [{"line": "1", "quantity": 3}]}, "/lines/0/quantity"),
        ({"lines": [{"line": "9", "quantity": 1}]}, "/lines/0/line"),
        ({"lines": [{"line": "1", "quantity": 1}] * 2}, "/lines/1/line"),
        ({"amount": "500.01"}, "/amount"),
        ({"amount": "1", **UNIT}, ""),
        ({}, ""),
    ],
    ids=str,
)
def test_more_than_is_left_is_refused(till: Till, bought: dict[str, Any], said: dict[str, Any], pointer: str) -> None:
    before = everything()
    assert [one["pointer"] for one in refused(quote(till, **said), "invalid")["errors"]] == [pointer]
    assert everything() == before


def test_nothing_comes_back_of_what_is_gone(till: Till, bought: dict[str, Any]) -> None:
    till.put("A-1", **{**bought, "version_at": "2026-11-01T00:00:01+00:00"}, cancelled=True)
    before = everything()
    assert refused(quote(till, **UNIT), "invalid")["errors"][0]["pointer"] == "/lines/0/line"
    assert refused(quote(till, amount="1"), "invalid")["errors"][0]["pointer"] == "/amount"
    refused(quote(till, "B-1", **UNIT), "order_unknown")
    assert everything() == before
