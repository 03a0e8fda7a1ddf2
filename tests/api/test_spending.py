"""The till contract: identify, quote, hold or redeem, capture, void; asked twice, done once."""

from typing import Any

import pytest
from django.http import HttpResponse

from regulars.contract.refusing import problem_of
from regulars.engine.calendar import MINUTE
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.queries import Published
from regulars.rewards.actions.refunds import follow_returns
from regulars.rewards.refusing import Refused
from regulars.rewards.spelling import spelled
from tests.api.test_refusals import refused
from tests.api.till import SHOP, TODAY, Till, everything, line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_door")]

OPENING = "2026-11-01T00:00:00+00:00"
NEVER_MADE = spelled("TEA", 4711, 12)


@pytest.fixture
def lin(till: Till) -> None:
    """Joins with ten points."""
    till.enrol(customer="C-1", card="8880001", phone="0912 345 678", name="林小美", email="lin@example.org")


def counter(*laid: dict[str, Any], **changes: Any) -> dict[str, Any]:
    known = {"currency": "TWD", "customer": "C-1", "lines": [line(total="500")], "lay": list(laid)}
    return {name: value for name, value in {**known, **changes}.items() if value is not ...}


def cup(number: str = "1") -> dict[str, Any]:
    return {"id": number, "reward": "cup"}


def coupon(text: str = "SPRING10") -> dict[str, Any]:
    return {"id": "c", "code": text}


def quote(till: Till, *laid: dict[str, Any], **changes: Any) -> HttpResponse:
    return till.send("POST", "/checkouts:quote", counter(*laid, **changes))


def take(till: Till, *laid: dict[str, Any], key: str = "t-1", **changes: Any) -> HttpResponse:
    return till.send("POST", "/checkouts", counter(*laid, **changes), idempotency_key=key)


def end(till: Till, number: str, verb: str, key: str = "t-2", **body: Any) -> HttpResponse:
    return till.send("POST", f"/checkouts/{number}:{verb}", body, idempotency_key=key)


def points(till: Till) -> tuple[int, int]:
    wallet = till.get("/members/external:C-1").json()["wallets"]["points"]
    return wallet["available"], wallet["held"]


def test_a_quote_says_what_applies_and_why_not_the_rest(till: Till, lin: None) -> None:
    before = everything()
    told = quote(till, cup(), coupon(), {"id": "x", "code": "TEA-0000-0000-01"}).json()
    assert (told["before"], told["after"], told["by_line"]) == ("500.00", "450.00", {"1": "50.00"})
    assert {one["id"]: (one["kind"], one["off"]) for one in told["applied"]} == {
        "1": ("reward", "0.00"),
        "c": ("coupon", "50.00"),
    }
    [one] = told["refused"]
    assert (one["id"], one["problem"]["code"], one["problem"]["retry"]) == ("x", "code_mistyped", False)
    assert everything() == before


def test_a_hold_is_captured_with_its_order(till: Till, lin: None) -> None:
    held = take(till, cup(), hold_minutes=10, order={"source": "web", "id": "A-1"})
    assert held.status_code == 201
    told = held.json()
    assert (told["state"], told["order"], points(till)) == ("held", "web/A-1", (0, 10))
    assert told["applied"][0]["costs"] == [
        {"wallet": "points", "points": 10, "redemption": f"{told['id']}/0.0"},
    ]
    done = end(till, told["id"], "capture").json()
    assert (done["state"], points(till)) == ("captured", (0, 0))
    assert till.get(f"/checkouts/{told['id']}").json() == done


def test_a_redemption_is_voided(till: Till, lin: None) -> None:
    done = take(till, cup()).json()
    assert (done["state"], points(till)) == ("captured", (0, 0))
    voided = end(till, done["id"], "void", reason="wrong_item").json()
    assert (voided["state"], points(till)) == ("voided", (10, 0))
    refused(end(till, done["id"], "void", key="t-3"), "checkout_voided")


def test_a_hold_is_released(till: Till, lin: None) -> None:
    held = take(till, cup(), hold_minutes=10).json()
    assert end(till, held["id"], "release").json()["state"] == "released"
    assert points(till) == (10, 0)


def test_the_same_request_again_gets_the_first_answer(till: Till, lin: None) -> None:
    first = take(till, cup(), hold_minutes=10)
    kept = everything()
    again = take(till, cup(), hold_minutes=10)
    assert (again.status_code, again.json()) == (201, first.json())
    captured = end(till, first.json()["id"], "capture")
    assert end(till, first.json()["id"], "capture").json() == captured.json()
    assert everything() != kept
    refused(end(till, first.json()["id"], "capture", key="t-9"), "checkout_captured")
    refused(take(till, cup(), hold_minutes=11), "idempotency_key_reused")


def test_a_final_refusal_is_remembered_and_a_passing_one_is_not(till: Till, lin: None) -> None:
    final = refused(take(till, coupon(NEVER_MADE)), "code_unknown")
    kept = everything()
    assert refused(take(till, coupon(NEVER_MADE)), "code_unknown") == final
    assert everything() == kept
    refused(take(till, cup(), cup("2"), key="t-5"), "not_enough_points")
    assert everything() == kept


def test_a_refund_gives_the_points_of_an_order_back(till: Till, shop: Published, lin: None) -> None:
    done = take(till, cup(), order={"source": "web", "id": "A-1"}).json()
    redemption = done["applied"][0]["costs"][0]["redemption"]
    payments = [{"method": "points", "amount": "0", "redemption": redemption}]
    paid = {"paid_at": OPENING, "version_at": OPENING, "payments": payments}
    assert till.put("A-1", **paid).status_code == 200
    cancelled = {**paid, "version_at": "2026-11-01T00:00:01+00:00", "cancelled": True}
    assert till.put("A-1", **cancelled).status_code == 200
    assert follow_returns(shop.programs, TODAY + MINUTE) == 1
    assert till.get(f"/checkouts/{done['id']}").json()["state"] == "voided"
    assert points(till)[0] >= 10


WRONG: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"lay": []}, "invalid", ["/lay"]),
    ({"lay": [{"id": "1"}]}, "invalid", ["/lay/0"]),
    ({"lay": [{"id": "1", "reward": "cup", "code": "X"}]}, "invalid", ["/lay/0"]),
    ({"lay": [{"id": "1", "points": 5}]}, "invalid", ["/lay/0/wallet"]),
    ({"lay": [{"id": "1", "reward": "cup", "wallet": "points"}]}, "invalid", ["/lay/0/wallet"]),
    ({"lay": [{"id": "1", "points": 0, "wallet": "points"}]}, "invalid", ["/lay/0/points"]),
    ({"lay": [{"id": "1", "points": -5, "wallet": "points"}]}, "invalid", ["/lay/0/points"]),
    ({"lay": [cup(), cup()]}, "invalid", ["/lay/1/id"]),
    ({"lay": [cup()], "hold_minutes": 0}, "invalid", ["/hold_minutes"]),
    ({"lay": [cup()], "hold_minutes": 1441}, "invalid", ["/hold_minutes"]),
    ({"lay": [cup()], "lines": []}, "invalid", ["/lines"]),
    ({"lay": [cup()], "lines": [line(kind="fruit")]}, "invalid", ["/lines/0/kind"]),
    ({"lay": [cup()], "customer": "C-9"}, "member_unknown", ["/customer"]),
    ({"lay": [cup()], "currency": "USD"}, "cart_currency", []),
    ({"lay": [cup()], "lines": [line(total="-1")]}, "cart_negative", []),
    ({"lay": [{"id": "1", "reward": "pot"}]}, "reward_unknown", ["/lay/0"]),
    ({"lay": [{"id": "1", "points": 5, "wallet": "gems"}]}, "wallet_unknown", ["/lay/0"]),
    ({"lay": [{"id": "1", "points": 11, "wallet": "points"}]}, "not_enough_points", ["/lay/0"]),
    ({"lay": [{"id": "1", "code": "TEA-0000-0000-01"}]}, "code_mistyped", ["/lay/0"]),
    ({"lay": [{"id": "1", "code": NEVER_MADE}]}, "code_unknown", ["/lay/0"]),
    ({"lay": [cup()], "customer": ...}, "member_needed", ["/lay/0"]),
]


@pytest.mark.parametrize(("changes", "code", "pointers"), WRONG)
def test_what_is_wrong_changes_nothing(
    till: Till, lin: None, changes: dict[str, Any], code: str, pointers: list[str]
) -> None:
    before = everything()
    told = refused(take(till, **{"lay": [], **changes}), code)
    assert [fault["pointer"] for fault in told.get("errors", [])] == pointers
    after = everything()
    assert {**after, "api_answer": []} == {**before, "api_answer": []}


def test_checkouts_of_other_programs_do_not_exist(till: Till, lin: None) -> None:
    from tests.api.till import open_shop

    held = take(till, cup(), hold_minutes=10).json()
    other = Till(open_shop("other"))
    refused(other.get(f"/checkouts/{held['id']}"), "checkout_unknown")
    refused(end(other, held["id"], "capture"), "checkout_unknown")
    refused(till.get("/checkouts/nonsense"), "not_found")


def test_refusals_speak_the_readers_language_and_say_what_would_have_been_possible(
    till: Till, shop: Published, lin: None
) -> None:
    def said(language: str) -> tuple[str, str]:
        told = take(Till(shop, language=language), cup(), cup("2"), key=language).json()
        return told["title"], told["detail"]

    assert said("en") == ("There are not enough points", "There are only 0 points.")
    assert said("zh-Hant") == ("點數不足", "只有 0 點。")
    assert said("zh-Hans") == ("积分不足", "只有 0 积分。")


def test_refusals_name_tiers_and_money_as_people_do(shop: Published) -> None:
    tier = problem_of(Refused("wrong_tier", {"needed": "gold"}), shop).document()
    assert tier["detail"] == "This is for members of this tier: Gold"
    assert tier["parameters"] == {"needed": "gold"}
    small = problem_of(Refused("order_too_small", {"order_at_least": 50_000, "missing": 10_000}), shop).document()
    assert small["detail"] == "For orders of NT$500 or more; NT$100 are missing."
    assert small["parameters"] == {"order_at_least": "500.00", "missing": "100.00"}
    assert "detail" not in problem_of(Refused("approval_missing"), shop).document()


def test_whoever_guesses_codes_is_slowed_down(till: Till, lin: None, caplog: pytest.LogCaptureFixture) -> None:
    while (code := quote_one(till, "ABCD2345").json()["refused"][0]["problem"]["code"]) != "too_many_codes":
        assert code in ("code_unknown", "code_mistyped")
    assert any("guesses codes" in record.message for record in caplog.records)
    assert quote_one(till, "SPRING10").json()["refused"][0]["problem"]["code"] == "too_many_codes"
    till.enrol("k-9", customer="C-2")
    assert quote(till, coupon(), customer="C-2").json()["refused"] == [], "others are not slowed"
    assert quote(till, coupon(), customer=...).json()["refused"] == []


def test_guests_of_one_shop_do_not_stop_each_other(till: Till, lin: None) -> None:
    guest = {"customer": ..., "client": "session 7"}
    for _ in range(10):
        quote(till, coupon(NEVER_MADE), **guest)
    assert quote(till, coupon(), **guest).json()["refused"][0]["problem"]["code"] == "too_many_codes"
    assert quote(till, coupon(), customer=..., client="session 8").json()["refused"] == []
    assert quote(till, coupon(), customer=...).json()["refused"] == []


def quote_one(till: Till, text: str) -> HttpResponse:
    return quote(till, coupon(text))


def test_a_reward_is_paid_with_points_and_money_at_any_split(db: None) -> None:
    mug = "  - {reward: mug, costs: 10 points, cash: 100 TWD, points_at_least: 2, gives: {product: MUG-1}}\n"
    text = SHOP.replace("tea-house", "other").replace("rewards:\n", f"rewards:\n{mug}")
    other = Till(publish("other", text, 0, "tests", clock_offset_us=TODAY - real_now()))
    other.enrol(customer="C-1")
    laid = {"id": "m", "reward": "mug"}
    assert quote(other, {**laid, "points": 10}).json()["applied"][0]["cash"] == "0.00"
    before = everything()
    assert refused(take(other, {**laid, "points": 1}, key="t-0"), "cost_differs")["parameters"] == {"points": 10}
    assert refused(take(other, {**laid, "points": 3, "wallet": "points"}), "invalid")
    # A final refusal is remembered under its key, and nothing else.
    assert everything() | {"api_answer": []} == before | {"api_answer": []}
    [applied] = take(other, {**laid, "points": 3}, key="t-2").json()["applied"]
    assert ([cost["points"] for cost in applied["costs"]], applied["cash"]) == ([3], "70.00")
    assert points(other) == (7, 0)


def test_money_in_a_refusal_is_written_as_all_money_is(db: None) -> None:
    large = "  - {coupon: large, code: LARGE10, gives: {discount: 10%, order_at_least: 800 TWD}, budget: 5 TWD}\n"
    text = SHOP.replace("tea-house", "other").replace("coupons:\n", f"coupons:\n{large}")
    other = Till(publish("other", text, 0, "tests", clock_offset_us=TODAY - real_now()))
    other.enrol(customer="C-1")
    [too_small] = quote(other, coupon("LARGE10")).json()["refused"]
    assert too_small["problem"]["parameters"] == {"order_at_least": "800.00", "missing": "300.00"}
    before = everything()
    gone = refused(take(other, coupon("LARGE10"), lines=[line(total="900")]), "budget_gone")
    assert (gone["parameters"], everything()) == ({"left": "5.00"}, before)
