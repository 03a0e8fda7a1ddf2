"""What rules may ask of an order beside its goods' prices comes in with it, and a quote knows it as well."""

from typing import Any

import pytest

from regulars.engine.facts import Exchange, Payment
from regulars.intake.exchanging import order_in
from regulars.intake.orders import OrderIn
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.queries import Published
from tests.api.till import SHOP, TODAY, Till, line

pytestmark = pytest.mark.usefixtures("each_door")

RULES = """\
earn:
  - {rule: bakery, when: {partner: bakery}, give: 1 point per 1 TWD, funded_by: the order's partner}
  - {rule: here, when: {country: TW}, give: 1 point per 2 TWD}
  - {rule: stored, when: {payment: stored-card}, give: 1 point per 4 TWD}
  - {rule: new, when: {tag: new}, give: 1 point per 5 TWD}
  - {rule: untaxed, give: 1 point per 10 TWD, basis: without tax}
"""
GOODS = [
    line("1", "100", tags=["new", "spring"], tax="20"),
    line("2", "50", kind="gift_card"),
    line("3", "60", kind="shipping"),
]


@pytest.fixture
def asking(db: None) -> Published:
    text = SHOP[: SHOP.index("earn:")] + RULES
    return publish("tea-house", text, 0, "tests", clock_offset_us=TODAY - real_now())


@pytest.mark.parametrize(
    ("told", "earned"),
    [
        ({"lines": [line(total="100")]}, {"untaxed": 10}),
        ({"lines": GOODS}, {"new": 20, "untaxed": 8}),
        ({"lines": GOODS, "partner": "bakery"}, {"bakery": 100, "new": 20, "untaxed": 8}),
        ({"lines": GOODS, "country": "TW"}, {"here": 50, "new": 20, "untaxed": 8}),
        (
            {"lines": [line(total="100")], "payments": [{"method": "stored-card", "amount": "100"}]},
            {"stored": 25, "untaxed": 10},
        ),
    ],
)
def test_an_order_and_its_quote_say_what_rules_ask(
    asking: Published, told: dict[str, Any], earned: dict[str, int]
) -> None:
    till = Till(asking)
    quoted = till.quote(**told)
    assert quoted.status_code == 200, quoted.content
    assert _by_rule(quoted.json()) == earned
    assert _by_rule(till.put(**told).json()) == earned


def _by_rule(told: dict[str, Any]) -> dict[str, int]:
    return {entry["why"]["rule"]: entry["points"] for entry in told["entries"] if entry["kind"] == "earn"}


@pytest.mark.parametrize("wrong", [{"kind": "cups"}, {"tags": "new"}, {"tags": [f"t{n}" for n in range(21)]}])
def test_a_line_of_no_known_kind_is_refused(till: Till, wrong: dict[str, Any]) -> None:
    assert till.put(lines=[line(**wrong)]).status_code == 422


def test_payments_in_another_currency_are_converted_with_the_lines() -> None:
    order = OrderIn("web", "A-1", (), payments=(Payment("points", 10_00, "D"), Payment("card", 33_33)))
    own = order_in(order, Exchange("USD", "31.505", 0), "TWD")
    assert own.payments == (Payment("points", 315_05, "D"), Payment("card", 1050_06))
