"""Tills know cards: whoever is named by one is the member who has it, and nobody else is made of its number."""

from typing import Any

import pytest

from regulars.members.cards import number
from tests.api.test_refusals import refused
from tests.api.test_spending import cup, points, quote, take
from tests.api.till import Till, everything, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_door")]

CARD = "8880001"


@pytest.fixture
def lin(till: Till) -> str:
    """Joins with ten points and a card."""
    return str(till.enrol(customer="C-1", card=CARD).json()["id"])


def by_card(number: str = CARD, **more: Any) -> dict[str, Any]:
    return {"customer": ..., "card": number, **more}


def test_an_order_by_a_card_is_its_members(till: Till, lin: str) -> None:
    assert till.put(**by_card()).json()["member"] == lin
    assert till.put().json()["member"] == lin, "the same, by the shop's number"
    assert till.batch({"source": "web", "id": "A-2", **order(**by_card())}).json()["orders"][0]["member"] == lin


def test_what_somebody_did_by_a_card_too(till: Till, lin: str) -> None:
    assert till.did(**by_card()).json()["member"] == lin


def test_a_cart_by_a_card_is_its_members(till: Till, lin: str) -> None:
    assert quote(till, cup(), **by_card()).json()["refused"] == []
    assert take(till, cup(), **by_card()).json()["member"] == lin
    assert points(till) == (0, 0)
    assert till.quote(**by_card()).json() == till.quote().json()


@pytest.mark.parametrize("number", [CARD, "C-1"], ids=["of a card", "of the shop"])
def test_a_number_is_said_as_what_it_is(till: Till, lin: str, number: str) -> None:
    """Else somebody would be made of the card, and have the points that the member is waiting for."""
    field, code = ("customer", "customer_is_card") if number == CARD else ("card", "member_unknown")
    said = {"customer": ..., field: number}
    before = everything()
    refunds = [{"id": "R-1", "lines": [{"line": "1", "quantity": 1}]}]
    for answer in (
        till.put(**said, refunds=refunds), till.did(**said), quote(till, cup(), **said), take(till, cup(), **said),
        till.quote(**said),
    ):  # fmt: skip
        assert [one["pointer"] for one in refused(answer, code)["errors"]] == [f"/{field}"]
    told = till.batch({"source": "web", "id": "A-2", **order(**said)}).json()["orders"][0]
    assert (told["problem"]["code"], told["problem"]["errors"][0]["pointer"]) == (code, f"/orders/0/{field}")
    assert everything() == before


def test_a_slip_in_one_of_our_numbers_is_told_from_a_card_that_nobody_has(till: Till, lin: str) -> None:
    right = number(4711)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    before = everything()
    for card, code in ((right, "member_unknown"), (wrong, "card_mistyped")):
        said, identify = by_card(card), {"card": card}
        for answer in (
            till.put(**said), quote(till, cup(), **said), till.send("POST", "/members:identify", identify),
        ):  # fmt: skip
            assert [one["pointer"] for one in refused(answer, code)["errors"]] == ["/card"]
    assert everything() == before


def test_a_number_of_the_shop_may_be_that_of_another_members_card(till: Till, lin: str) -> None:
    other = till.enrol("e-2", customer=CARD).json()["id"]
    assert till.put(customer=CARD).json()["member"] == other
    assert till.put("A-2", **by_card()).json()["member"] == lin


def test_a_member_is_named_once(till: Till, lin: str) -> None:
    assert refused(till.put(card=CARD), "invalid")["errors"][0]["pointer"] == "/card"
    assert refused(take(till, cup(), card=CARD), "invalid")["errors"][0]["pointer"] == "/card"
