"""Rewards that members own, over HTTP: who is it, what could they have, buying, giving, sending, codes."""

from typing import Any
from xml.etree import ElementTree

import pytest

from regulars.access.keys import prefix_of
from regulars.programs.queries import Published
from regulars.rewards import deeds
from regulars.rewards.spelling import is_spelled, plain
from tests.api.test_refusals import refused
from tests.api.test_spending import cup, end, lin, points, quote, take
from tests.api.till import Till, everything

pytestmark = pytest.mark.django_db
assert lin


def claim(till: Till, name: str = "tasting", key: str = "c-1") -> Any:
    return till.send("POST", "/members/external:C-1/rewards", {"reward": name}, idempotency_key=key)


def identify(till: Till, **who: str) -> Any:
    return till.send("POST", "/members:identify", who)


@pytest.mark.parametrize("who", [{"card": "8880001"}, {"customer": "C-1"}, {"phone": "0912-345678"}])
def test_whoever_stands_at_the_till_is_found(till: Till, lin: None, who: dict[str, str]) -> None:
    told = identify(till, **who).json()
    assert (told["customer"], told["wallets"]["points"]["available"]) == ("C-1", 10)
    assert identify(till, member=told["id"]).json() == told


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ({"card": "1"}, "member_unknown"),
        ({"phone": "345678"}, "member_unknown"),
        ({"phone": "0912"}, "member_unknown"),
        ({}, "invalid"),
        ({"card": "1", "phone": "0912345678"}, "invalid"),
    ],
)
def test_nobody_is_found_by_less(till: Till, lin: None, who: dict[str, str], code: str) -> None:
    refused(identify(till, **who), code)


def test_a_shared_telephone_number_names_nobody(till: Till, lin: None) -> None:
    till.enrol("k-2", customer="C-2", phone="0912345678")
    refused(identify(till, phone="0912 345 678"), "phone_ambiguous")


def test_a_member_buys_a_reward_for_later(till: Till, lin: None) -> None:
    bought = claim(till).json()
    assert (bought["reward"], bought["state"], points(till)) == ("tasting", "issued", (5, 0))
    assert claim(till).json() == bought
    assert bought["code"] not in str(everything())
    page = till.get(f"/issued/{bought['id']}").json()
    assert page["code"] == bought["code"]
    assert ElementTree.fromstring(page["qr"]).tag.endswith("svg")
    assert [one["what"] for one in page["history"]] == ["issued"]
    told = till.get("/members/external:C-1/rewards").json()
    assert [(one["reward"], one["usable"], one["code"]) for one in told["rewards"]] == [
        ("cup", False, "not_enough_points"),
        ("tasting", True, ""),
    ]
    assert [one["id"] for one in told["issued"]] == [bought["id"]]
    assert end(till, bought["checkout"], "void").json()["state"] == "voided"
    assert till.get(f"/issued/{bought['id']}").json()["state"] == "cancelled"


def test_whoever_only_reads_rewards_is_told_the_end_of_their_codes(till: Till, shop: Published, lin: None) -> None:
    bought = claim(till).json()
    reader, fulfiller = Till(shop, "rewards:read"), Till(shop, "rewards:fulfil", "rewards:issue")
    said = [reader.get(f"/issued/{bought['id']}").json(), *reader.get("/members/external:C-1/rewards").json()["issued"]]
    said.append(fulfiller.send("POST", f"/issued/{bought['id']}:fulfil", {"step": "ordered"}).json())
    said.append(fulfiller.send("POST", f"/issued/{bought['id']}:cancel", {}).json())
    assert {one["code"] for one in said} == {"…" + plain(bought["code"])[-4:]}
    assert {one.get("qr", "") for one in said} == {""}
    whole = Till(shop, "rewards:read", "codes:read").get(f"/issued/{bought['id']}").json()
    assert (whole["code"], whole["qr"] != "") == (bought["code"], True)
    given = fulfiller.send(
        "POST", "/members/external:C-1/gifts", {"reward": "cup", "cause": "x"}, idempotency_key="g-1"
    ).json()
    assert is_spelled(plain(given["code"])), "whoever issues it hands it over"


def test_a_gift_is_sent(till: Till, lin: None) -> None:
    gift = {"reward": "cup", "cause": "birthday-2026"}
    given = till.send("POST", "/members/external:C-1/gifts", gift, idempotency_key="g-1")
    assert given.status_code == 201
    again = till.send("POST", "/members/external:C-1/gifts", gift, idempotency_key="g-2")
    assert again.json()["id"] == given.json()["id"]
    number = given.json()["id"]
    told = till.send("POST", f"/issued/{number}:fulfil", {"step": "ordered", "note": "RR1"}).json()
    assert (told["fulfilment"], told["history"][-1]["reason"]) == ("ordered", "RR1")
    refused(till.send("POST", f"/issued/{number}:fulfil", {"step": "delivered"}), "fulfilment_order")
    assert till.send("POST", f"/issued/{number}:cancel", {"reason": "lost"}).json()["state"] == "cancelled"
    refused(till.send("POST", f"/issued/{number}:cancel", {}), "code_cancelled")


def test_codes_are_made_printed_used_and_cancelled(till: Till, lin: None) -> None:
    body = {"coupon": "batch", "quantity": 3, "prefix": "TEA"}
    made = till.send("POST", "/codes", body, idempotency_key="b-1").json()
    assert till.send("POST", "/codes", body, idempotency_key="b-1").json() == made
    first = till.get(f"/codes/{made['id']}?limit=2").json()
    rest = till.get(f"/codes/{made['id']}?limit=2&cursor={first['next_cursor']}").json()
    codes = [*first["codes"], *rest["codes"]]
    assert (len(set(codes)), rest["next_cursor"]) == (3, None)
    laid = [{"id": str(place), "code": code} for place, code in enumerate(codes)]
    assert [one["off"] for one in take(till, laid[0]).json()["applied"]] == ["50.00"]
    assert quote(till, laid[0]).json()["refused"][0]["problem"]["code"] == "code_used"
    assert till.send("POST", f"/codes/{made['id']}:cancel").json()["cancelled"]
    assert quote(till, laid[1]).json()["refused"][0]["problem"]["code"] == "code_cancelled"


def test_codes_look_as_their_coupon_says_unless_another_look_is_asked_for(till: Till, lin: None) -> None:
    def made(key: str, **changes: Any) -> str:
        batch = till.send("POST", "/codes", {"coupon": "batch", "quantity": 1, **changes}, idempotency_key=key).json()
        code: str = till.get(f"/codes/{batch['id']}").json()["codes"][0]
        return code

    said, asked = made("b-1"), made("b-2", prefix="", length=8)
    assert (said[:4], len(plain(said))) == ("TEA-", 3 + 14 + 1)
    assert len(plain(asked)) == 8 + 1
    own = till.send("POST", "/codes:personal", {"coupon": "own", "customer": "C-1"}).json()["code"]
    assert (own[:3], len(plain(own))) == ("ME-", 2 + 9 + 1)


def test_who_reads_codes_is_written_down(till: Till, shop: Published, lin: None) -> None:
    made = till.send("POST", "/codes", {"coupon": "batch", "quantity": 3}, idempotency_key="b-1").json()["id"]
    page = till.get(f"/codes/{made}?limit=2").json()
    till.get(f"/codes/{made}?cursor={page['next_cursor']}")
    told = deeds.told(shop.id, deeds.about_batch(made))
    key = prefix_of(till.key)
    assert [(deed.what, deed.actor, deed.quantity) for deed in told] == [("taken", key, 1), ("taken", key, 2)]


def test_the_codes_of_a_pool_are_for_who_may_read_codes_and_only_those_that_nobody_has(
    till: Till, shop: Published, lin: None
) -> None:
    pool = till.send("POST", "/codes", {"reward": "tasting"}, idempotency_key="b-1").json()["id"]
    till.send("POST", f"/codes/{pool}:import", {"codes": ["KINO-1", "KINO-2", "KINO-3"]})
    maker = Till(shop, "codes:make")
    refused(maker.get(f"/codes/{pool}"), "permission_missing")
    assert deeds.told(shop.id, deeds.about_batch(pool)) == []
    assert till.get(f"/codes/{pool}").json()["codes"] == ["KINO-1", "KINO-2", "KINO-3"]
    assert claim(till).json()["code"] == "KINO-1"
    assert till.get(f"/codes/{pool}").json()["codes"] == ["KINO-2", "KINO-3"]


def test_codes_are_brought_in(till: Till, lin: None) -> None:
    pool = till.send("POST", "/codes", {"reward": "tasting"}, idempotency_key="b-1").json()
    told = till.send("POST", f"/codes/{pool['id']}:import", {"codes": ["KINO-1", "KINO-1", "!"]}).json()
    assert told == {"kept": 1, "repeated": 1, "empty": 1}
    assert claim(till).json()["code"] == "KINO-1"
    refused(claim(till, key="c-2"), "pool_empty")


WRONG: list[tuple[str, str, Any, str]] = [
    ("POST", "/members/external:C-9/rewards", {"reward": "cup"}, "member_unknown"),
    ("POST", "/members/external:C-1/rewards", {"reward": "pot"}, "reward_unknown"),
    ("POST", "/members/external:C-1/gifts", {"reward": "pot", "cause": "x"}, "reward_unknown"),
    ("GET", "/issued/00000000-0000-4000-8000-000000000000", None, "issued_unknown"),
    ("POST", "/issued/00000000-0000-4000-8000-000000000000:fulfil", {"step": "ordered"}, "issued_unknown"),
    ("POST", "/issued/00000000-0000-4000-8000-000000000000:cancel", {}, "issued_unknown"),
    ("POST", "/codes", {"coupon": "batch", "reward": "cup"}, "invalid"),
    ("POST", "/codes", {}, "invalid"),
    ("POST", "/codes", {"coupon": "nothing"}, "coupon_unknown"),
    ("POST", "/codes", {"reward": "nothing"}, "reward_unknown"),
    ("POST", "/codes", {"coupon": "batch", "quantity": 9000, "length": 6}, "code_length"),
    ("GET", "/codes/77", None, "batch_unknown"),
    ("POST", "/codes/77:import", {"codes": ["A"]}, "batch_unknown"),
    ("POST", "/codes/77:cancel", None, "batch_unknown"),
    ("POST", "/codes:personal", {"coupon": "spring", "customer": "C-1"}, "coupon_unknown"),
]


@pytest.mark.parametrize(("method", "path", "body", "code"), WRONG)
def test_what_is_wrong_changes_nothing(till: Till, lin: None, method: str, path: str, body: Any, code: str) -> None:
    before = everything()
    refused(till.send(method, path, body, idempotency_key="w-1"), code)
    assert {**everything(), "api_answer": []} == {**before, "api_answer": []}


def test_a_members_own_code(till: Till, lin: None) -> None:
    asked = {"coupon": "own", "customer": "C-1"}
    code = till.send("POST", "/codes:personal", asked).json()["code"]
    assert till.send("POST", "/codes:personal", asked).json()["code"] == code
    assert take(till, cup(), {"id": "c", "code": code}).status_code == 201
