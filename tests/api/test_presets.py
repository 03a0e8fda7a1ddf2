"""What presets ask of orders and members comes in over HTTP: partners, how it was paid, plans by gifts."""

from typing import Any

import pytest

from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.presets import preset
from tests.api.till import TODAY, Till, line


def till_of(name: str) -> Till:
    return Till(publish(name, preset(name), 0, "tests", clock_offset_us=TODAY - real_now()))


def earned(told: dict[str, Any]) -> dict[str, int]:
    return {entry["why"]["rule"]: entry["points"] for entry in told["entries"] if entry["kind"] == "earn"}


GOODS = {"currency": "USD", "lines": [line(total="100.00")], "paid_at": "2026-10-30T10:00:00-05:00"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "told", "gives"),
    [
        ("coalition", {"partner": "books"}, {"base": 100, "books-double": 100}),
        (
            "department-store-stars",
            {"payments": [{"method": "store-card", "amount": "100.00"}]},
            {"base": 100, "silver-rate": 100, "card-spend": 100},
        ),
        (
            "coffee-stars-2025",
            {"payments": [{"method": "stored-card", "amount": "5.00"}]},
            {"base": 100, "stored-card": 100},
        ),
    ],
)
def test_orders_say_what_a_preset_asks(name: str, told: dict[str, Any], gives: dict[str, int]) -> None:
    till = till_of(name)
    till.enrol(customer="C-1", enrolled_at="2026-10-01T10:00:00-05:00")
    body = {**GOODS, **told, "version_at": GOODS["paid_at"]}
    answer = till.put(**body)
    assert answer.status_code == 200, answer.content
    assert earned(answer.json()) == gives


@pytest.mark.django_db
def test_a_gift_begins_the_plan_that_was_paid_for() -> None:
    till = till_of("paid-membership")
    member = till.enrol(customer="C-1").json()["id"]
    gift = {"reward": "plus-year", "cause": "invoice-7"}
    for _ in range(2):
        answer = till.send("POST", f"/members/{member}/gifts", gift, idempotency_key="g-1")
        assert answer.status_code in (200, 201), answer.content
    quoted = till.quote(currency="USD", customer="C-1", paid_at=..., lines=[line(total="100.00")]).json()
    assert earned(quoted) == {"base": 100, "plus-rate": 200}


@pytest.mark.django_db
def test_a_gift_of_a_plan_is_cancelled_until_the_day_is_over_on_which_its_months_begin() -> None:
    till = till_of("prime-plan")
    member = till.enrol(customer="C-1").json()["id"]
    months = []
    for place in range(2):
        gift = {"reward": "plan-month", "cause": f"fee-{place}"}
        months.append(till.send("POST", f"/members/{member}/gifts", gift, idempotency_key=f"g-{place}").json())
    for month in reversed(months):
        cancelled = till.send("POST", f"/issued/{month['id']}:cancel", {"reason": "ended"})
        assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
        refused = till.send("POST", f"/issued/{month['id']}:cancel", {})
        assert (refused.status_code < 500, refused.json()["code"]) == (True, "code_cancelled")
