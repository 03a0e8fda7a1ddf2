"""The till: who stands there, what they may use and why not the rest, redeemed once."""

import re
from uuid import UUID

import pytest
from django.test import Client

from regulars.ledger.connect import raw, rows
from regulars.members.cards import give, number
from regulars.members.models import Member
from regulars.programs.queries import Published, now
from regulars.rewards import queries
from tests.console.pages import text
from tests.console.test_rewards import copy_of, said
from tests.rewarded import open_rewarded, richest
from tests.rewards.counter import everything
from tests.teahouse import REWARDS

TILL = "/programs/tea-house/till"


@pytest.fixture
def member(rewarded: Published) -> UUID:
    return richest(rewarded, 1)[0]


def known(member_id: UUID, column: str) -> str:
    found = rows(raw(), "SELECT external_id, card, phone, name FROM members_member WHERE id = %s", [member_id])[0]
    return dict(zip(("number", "card", "phone", "name"), found, strict=True))[column]


def points(member_id: UUID) -> int:
    return rows(raw(), "SELECT available FROM ledger_account WHERE member_id = %s", [member_id])[0][0]


def test_a_member_is_found_by_number_telephone_and_code(cashier: Client, rewarded: Published, member: UUID) -> None:
    for typed in (known(member, "number"), known(member, "phone")):
        assert cashier.post(TILL, {"who": typed})["Location"] == f"{TILL}/{member}"
    given = copy_of("hundred-off", "issued")
    line = queries.issued(rewarded.id, given, now(rewarded))
    assert line is not None
    found = cashier.post(TILL, {"who": line.code.lower()})["Location"]
    assert found == f"{TILL}/{line.member_id}?issued={given}"
    assert f'value="{given}" checked' in cashier.get(found).content.decode()
    assert "Names are not searched here" in said(cashier, TILL, who="somebody else")
    give(member, number(1))
    card = known(member, "card")
    spaced = f"{card[:3]} {card[3:7]} {card[7:]}"
    assert cashier.post(TILL, {"who": spaced})["Location"] == f"{TILL}/{member}"
    wrong = f"{card[:-1]}{(int(card[-1]) + 1) % 10}"
    assert "This card’s number is mistyped" in said(cashier, TILL, who=wrong)
    mistyped = f"{line.code[:-1]}{'2' if line.code[-1] == '3' else '3'}"
    assert "Nobody has this card" in said(cashier, TILL, who=mistyped)
    assert known(member, "name") not in text(cashier.get(f"{TILL}/{member}").content)


def test_what_cannot_be_used_says_why(cashier: Client, member: UUID) -> None:
    shown = said(cashier, f"{TILL}/{member}", amount="300", do="quote")
    assert "For orders of NT$500 or more; NT$200 are missing." in shown
    assert "This reward can be had from 1 Apr 2026 on." in shown
    assert "A second person has to let it pass" in shown


def test_a_quote_keeps_nothing_and_adds_up(cashier: Client, member: UUID) -> None:
    before = everything()
    shown = said(cashier, f"{TILL}/{member}", amount="1,280", reward="hundred-off", points="100", do="quote")
    assert "NT$1,280" in shown
    assert "To pay NT$1,170" in shown
    assert "180 points are spent." in shown
    assert everything() == before


def test_a_form_that_is_sent_twice_redeems_once(cashier: Client, member: UUID) -> None:
    sent = {"amount": "800", "reward": "hundred-off", "number": str(UUID(int=9)), "do": "redeem"}
    had = points(member)
    first = cashier.post(f"{TILL}/{member}", sent)
    assert first["Location"].endswith(f"/rewards/checkouts/{UUID(int=9)}")
    assert cashier.post(f"{TILL}/{member}", sent)["Location"] == first["Location"]
    assert points(member) == had - 80
    shown = text(cashier.get(first["Location"]).content)
    assert shown.count("Redeemed.") == 1
    assert "This form was sent before: nothing was used a second time." in shown
    assert "Cashier" in shown
    assert "NT$100 off" in shown


def test_money_pays_what_points_do_not(cashier: Client, db: None) -> None:
    mug = "  - {reward: mug, costs: 100000 points, cash: 500 TWD, points_at_least: 20, gives: {product: MUG-1}}\n"
    member = richest(open_rewarded(offers=REWARDS.replace("coupons:", f"{mug}coupons:")), 1)[0]
    had, page = points(member), f"{TILL}/{member}"
    shown = cashier.get(page).content
    assert "How many points of it, from 20 points on; the rest in money (NT$500 instead of all)" in text(shown)
    assert f'name="points:mug" inputmode="numeric" autocomplete="off" value="{had}"' in shown.decode()
    sent = {"amount": "800", "reward": "mug", "points:mug": "100"}
    quoted = said(cashier, page, do="quote", **sent)
    assert "Hand out: 1 × MUG-1 and NT$499.50 in money" in quoted
    assert "To pay NT$1,299.50" in quoted
    before = everything()
    assert "A whole number from 1 to 1,000,000,000." in said(
        cashier, page, do="redeem", **{**sent, "points:mug": "all of them"}
    )
    assert "The reward costs 100,000 points." in said(cashier, page, do="redeem", **{**sent, "points:mug": "19"})
    assert everything() == before
    cashier.post(page, {**sent, "number": str(UUID(int=3)), "do": "redeem"})
    assert points(member) == had - 100


def test_the_history_says_for_what_points_were_money(desk: Client, cashier: Client, member: UUID) -> None:
    number = str(UUID(int=7))
    cashier.post(f"{TILL}/{member}", {"amount": "800", "points": "200", "number": number, "do": "redeem"})
    address, page = f"/programs/tea-house/rewards/checkouts/{number}", f"/programs/tea-house/members/{member}"
    shown = desk.get(page).content
    assert "Redeemed: NT$20 off a purchase Used: 200 points −200" in text(shown)
    assert f'<a href="{address}">Redeemed: NT$20 off a purchase</a>' in shown.decode()
    said(cashier, f"{address}/void", reason="left", do="keep")
    again = text(desk.get(page).content)
    assert re.search(r"Given back: NT\$20 off a purchase redeemed on 5 Mar 2026, \d\d:\d\d Not used after all", again)


def test_what_is_set_aside_is_redeemed_when_it_was_paid(cashier: Client, member: UUID) -> None:
    had = points(member)
    page = cashier.post(f"{TILL}/{member}", {"amount": "800", "reward": "tea-sampler", "do": "hold"})
    assert "Reserved for 15 minutes." in text(cashier.get(page["Location"]).content)
    assert "Done." in said(cashier, page["Location"] + "/capture")
    assert points(member) == had - 30
    assert "This was paid already" in said(cashier, page["Location"] + "/capture")


@pytest.mark.parametrize("typed", ["TEA-00 17", "2900 0000 00018", "2900000000018"])
def test_a_card_is_found_as_it_is_printed_or_typed_in_groups(cashier: Client, member: UUID, typed: str) -> None:
    Member.objects.filter(id=member).update(card="TEA-00 17" if typed.startswith("TEA") else "2900000000018")
    answer = cashier.post(TILL, {"who": typed})
    assert (answer.status_code, answer["Location"]) == (302, f"{TILL}/{member}")


def test_what_is_set_aside_can_be_given_back(cashier: Client, member: UUID) -> None:
    had = points(member)
    page = cashier.post(f"{TILL}/{member}", {"amount": "800", "reward": "tea-sampler", "do": "hold"})
    assert f"Undone. The member has {had:,} points to use now." in said(
        cashier, page["Location"] + "/void", reason="left", do="keep"
    )
    assert points(member) == had


def test_a_thing_of_a_category_is_free_at_its_price(cashier: Client, member: UUID) -> None:
    asked = {"amount": "600", "reward": "cake-on-us", "price:cake-on-us": "120", "do": "quote"}
    assert "To pay NT$480" in said(cashier, f"{TILL}/{member}", **asked)
    assert "The amount is less than what is in it." in said(cashier, f"{TILL}/{member}", **{**asked, "amount": "100"})


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"reward": "hundred-off"}, "Enter the amount, and choose what to use."),
        ({"amount": "800"}, "Enter the amount, and choose what to use."),
        ({"amount": "much", "reward": "hundred-off"}, "An amount, such as"),
        ({"amount": "-5", "reward": "hundred-off"}, "An amount, such as"),
        ({"amount": "800", "reward": "garden"}, "This reward can be had from 1 Apr 2026 on."),
        ({"amount": "800", "reward": "tasting"}, "This needs the approval"),
        ({"amount": "800", "reward": "nothing"}, "There is no such reward."),
        ({"amount": "800", "code": "FIRSTCUP"}, "This coupon is for a first order."),
        ({"amount": "800", "code": "FIRSTCUB"}, "This code is mistyped"),
        ({"amount": "800", "points": "999999"}, "There are only"),
        ({"amount": "800", "issued": "x"}, "Enter the amount, and choose what to use."),
    ],
)
def test_a_refusal_changes_nothing_and_says_why(
    cashier: Client, member: UUID, sent: dict[str, str], words: str
) -> None:
    before = everything()
    assert words in said(cashier, f"{TILL}/{member}", do="redeem", **sent)
    assert everything() == before


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("SPRING", "This code is mistyped"),
        ("FIRSTCUP", "This coupon is for a first order."),
    ],
)
def test_a_code_alone_that_is_not_good_says_why(cashier: Client, member: UUID, typed: str, words: str) -> None:
    before = everything()
    shown = said(cashier, f"{TILL}/{member}", code=typed, do="quote")
    assert words in shown
    assert "Good for this customer" not in shown
    assert everything() == before


def test_a_code_alone_says_what_it_is_and_for_whom(cashier: Client, rewarded: Published, member: UUID) -> None:
    line = queries.issued(rewarded.id, copy_of("hundred-off", "issued"), now(rewarded))
    assert line is not None
    before = everything()
    owners = said(cashier, f"{TILL}/{line.member_id}", code=line.code, do="quote")
    assert "NT$100 off" in owners
    assert "Good for this customer" in owners
    assert "Enter the amount to see what it takes off." in owners
    other = next(one for one in richest(rewarded, 2) if one != line.member_id)
    shown = said(cashier, f"{TILL}/{other}", code=line.code, do="quote")
    assert "NT$100 off" in shown
    assert "another" in shown
    assert "Good for this customer" not in shown
    # A coupon is nobody's: it says what it is before anybody is found.
    found = said(cashier, TILL, who="FIRSTCUP")
    assert "Find the customer first" in found
    assert everything() == before


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "amount"),
        ({"amount": "much", "reward": "hundred-off"}, "amount"),
        ({"code": "nonsense"}, "code"),
        ({"amount": "800", "code": "nonsense"}, "code"),
        ({"amount": "800", "reward": "hundred-off"}, "redeem"),
    ],
)
def test_the_focus_is_where_one_goes_on(cashier: Client, member: UUID, sent: dict[str, str], field: str) -> None:
    page = cashier.post(f"{TILL}/{member}", {**sent, "do": "quote"}).content.decode()
    assert re.findall(r'id="([a-z]+)"[^>]* autofocus', page) == [field]
    # A part of the page leaves whoever types where they are.
    part = cashier.post(f"{TILL}/{member}", {**sent, "do": "quote"}, headers={"HX-Request": "true"})
    assert "autofocus" not in part.content.decode()


def test_the_next_customer_is_one_key_away(cashier: Client, member: UUID) -> None:
    sent = {"amount": "800", "reward": "hundred-off", "do": "redeem"}
    page = cashier.post(f"{TILL}/{member}", sent, follow=True).content.decode()
    assert re.search(rf'<a [^>]*href="{TILL}"[^>]* autofocus', page)


def test_a_reward_of_somebody_else_is_refused(cashier: Client, rewarded: Published, member: UUID) -> None:
    question = "SELECT id FROM rewards_issued WHERE state = 'issued' AND member_id <> %s"
    number = rows(raw(), question, [member])[0][0]
    before = everything()
    assert "The member owns no such reward" in said(
        cashier, f"{TILL}/{member}", do="redeem", amount="800", issued=str(number)
    )
    assert everything() == before
