"""Coupons, and what goes together on one order, as a document says them; with everything wrong at once."""

from typing import Any

import pytest

from regulars.engine import grammar
from regulars.engine.catalogue import Coupon, Gives, Supply
from regulars.engine.document import DocumentErrors
from regulars.engine.program import Version
from tests.builders import Tree, document


def read(**parts: Any) -> Version:
    return grammar.read(document(**parts))


def coupon(**said: Any) -> Coupon:
    return read(coupons=[{"coupon": "spring", "code": "SPRING", "gives": {"discount": "10%"}} | said]).coupons["spring"]


def problems(**parts: Any) -> list[str]:
    with pytest.raises(DocumentErrors) as errors:
        read(**parts)
    return [f"{one.path}: {one.value}" for one in errors.value.problems]


def wrong_coupon(**said: Any) -> list[str]:
    return problems(coupons=[{"coupon": "spring", "code": "SPRING", "gives": {"discount": "10%"}} | said])


def test_a_coupon_has_a_public_code_or_codes_of_its_own():
    public = coupon()
    assert (public.name, public.codes, public.code, public.prefix) == ("spring", "public", "SPRING", "")
    found = coupon(code="", codes="batch", prefix="SP-", length="10", valid="30 days", limit="once")
    assert (found.codes, found.code, found.prefix, found.length) == ("batch", "", "SP-", 10)
    assert [(cap.name, cap.at_most) for cap in found.limits] == [("uses:spring/lifetime", 1)]


@pytest.mark.parametrize(("said", "length"), [("", 12), ("8", 8), ("32", 32)])
def test_codes_that_nobody_guesses_are_long(said: str, length: int):
    assert coupon(code="", codes="personal", length=said).length == length


@pytest.mark.parametrize("length", ["7", "33"])
def test_codes_that_are_too_short_or_too_long(length: str):
    assert wrong_coupon(code="", codes="personal", length=length) == [f"coupons[0].length: {length}"]


def test_a_coupon_takes_something_off_and_may_stand_in_a_group():
    found = coupon(gives={"discount": "5 TWD"}, group="alone", budget="90 TWD", member_for="1 day")
    assert (found.gives, found.group) == (Gives("amount", minor=500), "alone")
    assert found.supply == (Supply("budget:spring", 9000),)


@pytest.mark.parametrize("said", ["", "false", "true"])
def test_a_coupon_may_be_for_a_friend_or_for_a_first_order(said: str):
    """Whoever uses a code that refers was brought by its owner."""
    offer = {"coupon": "friend", "codes": "personal", "gives": {"discount": "10%"}}
    found = read(referral={}, coupons=[offer | {"refers": said, "first_order_only": said}]).coupons["friend"]
    assert (found.refers, found.first_order_only) == (said == "true", said == "true")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"code": "no"}, ["coupons[0].code: no"]),
        ({"code": ""}, ["coupons[0].code: "]),
        ({"codes": "batch"}, ["coupons[0].code: SPRING"]),
        ({"prefix": "SP"}, ["coupons[0].prefix: SP"]),
        ({"code": "", "codes": "batch", "prefix": "sp"}, ["coupons[0].prefix: sp"]),
        ({"code": "", "codes": "batch", "length": "4"}, ["coupons[0].length: 4"]),
        ({"gives": {"event": "x"}}, ["coupons[0].gives: seat"]),
        ({"limit": "1 per order"}, ["coupons[0].limit: 1 per order"]),
        ({"refers": "true"}, ["coupons[0].refers: true", "coupons[0].refers: true"]),
    ],
)
def test_coupons_that_cannot_be(said: Tree, wrong: list[str]):
    assert wrong_coupon(**said) == wrong


def test_coupons_and_rewards_share_their_names():
    one = {"coupon": "cup", "code": "ONE", "gives": {"discount": "10%"}}
    said = [one, one | {"coupon": "two"}]
    found = problems(rewards=[{"reward": "cup", "costs": "1 point"}], coupons=said)
    assert found == ["coupons[0].coupon: cup", "coupons[1].code: ONE"]


# Stacking


def test_kinds_that_are_not_named_apply_last():
    found = read(stacking={"order": ["amount", "percent"], "groups": {"season": "highest"}, "at_most": "50%"}).stacking
    assert found is not None
    assert found.order == ("amount", "percent", "product", "buy_get", "cheapest", "shipping")
    assert (found.share, found.at_most, found.groups) == (5000, None, {"season": "highest"})
    money = read(stacking={"order": ["shipping"], "groups": {"tea": "first"}, "at_most": "500 TWD"}).stacking
    assert money is not None
    assert (money.share, money.at_most, money.groups) == (None, 50000, {"tea": "first"})
    assert money.order == ("shipping", "product", "buy_get", "cheapest", "percent", "amount")


def test_stacking_that_cannot_be():
    found = problems(stacking={"order": ["amount", "amount", "seat"], "groups": {"alone": "first"}, "at_most": "1 USD"})
    assert found == [
        "stacking.order: amount", "stacking.order: amount", "stacking.order: seat",
        "stacking.groups: alone", "stacking.at_most: 1 USD",
    ]  # fmt: skip


def test_a_public_code_without_an_end_is_warned_of():
    def warned(**said: Any) -> list[str]:
        tree = document(coupons=[{"coupon": "a", "code": "ABC", "gives": {"discount": "5%"}} | said])
        return [f"{one.path}: {one.value}" for one in grammar.reviewed(tree).warnings]

    assert warned() == ["coupons[0]: a"]
    assert warned(limit="once") == warned(until="2026-12-31") == warned(budget="100") == []
