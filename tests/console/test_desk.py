"""The service desk: points by hand, what a return would change, two members who are one. Refusals change nothing."""

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.console.people import called
from regulars.engine.calendar import datetime_of
from regulars.engine.facts import Line
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn
from regulars.ledger.connect import raw, rows
from regulars.members import queries as members
from regulars.programs.queries import Published, now
from tests.console.conftest import CUSTOMERS, signed_in
from tests.console.pages import text
from tests.rewarded import richest
from tests.rewards.counter import everything
from tests.teahouse import DOCUMENT, open_teahouse

SHOP = "/programs/tea-house"
QUERIES = 15
GIVE = {"do": "keep", "way": "give", "points": "100", "reason": "goodwill", "words": "parcel came late"}


@pytest.fixture
def limited(db: None, monkeypatch: pytest.MonkeyPatch) -> Published:
    """More than 500 points need a second person."""
    document = DOCUMENT.replace("    pending: 7 days\n", "    pending: 7 days\n    approve_above: 500 points\n")
    monkeypatch.setattr("tests.teahouse.DOCUMENT", document)
    return open_teahouse(CUSTOMERS)


def page_of(member_id: UUID) -> str:
    return f"{SHOP}/members/{member_id}"


def points_of(member_id: UUID) -> int:
    return rows(raw(), "SELECT available FROM ledger_account WHERE member_id = %s", [member_id])[0][0]


def said(client: Client, address: str, **sent: str) -> str:
    return text(client.post(address, sent, follow=True).content)


def adjustments() -> int:
    return rows(raw(), "SELECT count(*) FROM ledger_fact WHERE kind = 18")[0][0]


def test_points_are_given_once_and_say_who_and_why(desk: Client, teahouse: Published) -> None:
    [member_id] = richest(teahouse, 1)
    before, address = points_of(member_id), f"{page_of(member_id)}/adjust"
    looked = said(desk, address, **{**GIVE, "do": "look"})
    assert f"Give 100 points? Now {before:,} points Afterwards {before + 100:,} points" in looked
    assert "Can be used until" in looked
    assert (points_of(member_id), adjustments()) == (before, 0)
    number = str(uuid4())
    for _time in range(2):
        shown = said(desk, address, **GIVE, number=number)
        assert points_of(member_id) == before + 100
    assert adjustments() == 1
    assert "Goodwill · Service_Desk · “parcel came late”" in shown
    assert "Given by hand: 100 points" in shown


def test_points_are_taken_as_far_as_they_are_there(desk: Client, teahouse: Published) -> None:
    [member_id] = richest(teahouse, 1)
    had, address = points_of(member_id), f"{page_of(member_id)}/adjust"
    said(desk, address, **{**GIVE, "way": "take", "points": str(had)})
    assert points_of(member_id) == 0
    before = everything()
    for do in ("look", "keep"):
        assert "There are only 0 points" in said(desk, address, **{**GIVE, "way": "take", "points": "1", "do": do})
    assert everything() == before


@pytest.mark.parametrize(
    "wrong", [{"points": "0"}, {"points": "many"}, {"reason": ""}, {"reason": "Whim"}, {"reason": "other", "words": ""}]
)
def test_a_form_that_says_too_little_changes_nothing(desk: Client, teahouse: Published, wrong: dict[str, str]) -> None:
    [member_id] = richest(teahouse, 1)
    before = everything()
    answer = desk.post(f"{page_of(member_id)}/adjust", {**GIVE, **wrong})
    assert 'aria-invalid="true"' in answer.content.decode()
    assert everything() == before


def test_one_number_stands_for_one_adjustment(desk: Client, teahouse: Published) -> None:
    first, second = richest(teahouse, 2)
    number = str(uuid4())
    said(desk, f"{page_of(first)}/adjust", **GIVE, number=number)
    before = everything()
    for member_id, changes in ((first, {"points": "200"}), (second, {})):
        shown = said(desk, f"{page_of(member_id)}/adjust", **{**GIVE, **changes, "number": number})
        assert "Something else was asked for under this number" in shown
    assert everything() == before


def test_above_the_limit_somebody_else_approves(desk: Client, limited: Published) -> None:
    [member_id] = richest(limited, 1)
    had, address, number = points_of(member_id), f"{page_of(member_id)}/adjust", str(uuid4())
    assert "It waits under “Points to approve”" in said(desk, address, **{**GIVE, "points": "501", "do": "look"})
    assert rows(raw(), "SELECT count(*) FROM rewards_askedadjustment") == [(0,)]
    for _time in range(2):
        shown = said(desk, address, **{**GIVE, "points": "501"}, number=number)
        assert "+501 points (Goodwill) asked for by Service_Desk: waits" in shown
    assert points_of(member_id) == had
    manager = signed_in("program_manager")
    assert "+501 points" in text(manager.get(f"{SHOP}/rewards/adjustments").content)
    assert "“parcel came late”" in text(manager.get(f"{SHOP}/rewards/adjustments").content)
    approve = f"{SHOP}/rewards/adjustments/{number}/approve"
    assert desk.post(approve).status_code == 403
    assert "Approved" in said(manager, approve)
    assert points_of(member_id) == had + 501
    before = everything()
    assert "Somebody decided about this already" in said(manager, approve)
    assert "Somebody decided about this already" in said(manager, f"{SHOP}/rewards/adjustments/{number}/decline")
    assert said(desk, address, **{**GIVE, "points": "501"}, number=number)
    assert everything() == before
    assert "Service_Desk, approved by Program_Manager" in text(manager.get(page_of(member_id)).content)


def test_nobody_approves_what_they_asked_for(owner: Client, limited: Published) -> None:
    [member_id] = richest(limited, 1)
    number = str(uuid4())
    said(owner, f"{page_of(member_id)}/adjust", **{**GIVE, "points": "501"}, number=number)
    before = everything()
    assert "Somebody else must approve" in said(owner, f"{SHOP}/rewards/adjustments/{number}/approve")
    assert everything() == before
    assert "You asked for this" in text(owner.get(f"{SHOP}/rewards/adjustments").content)


def test_only_those_who_may_see_the_way_there(cashier: Client, teahouse: Published) -> None:
    [member_id] = richest(teahouse, 1)
    shown = text(cashier.get(page_of(member_id)).content)
    assert "Adjust points" not in shown
    assert "Merge with another" not in shown


def an_order(is_members: bool = True) -> str:
    [(key,)] = rows(
        raw(),
        "SELECT o.key FROM ledger_order AS o JOIN members_member AS m ON m.id = o.member_id "
        "WHERE m.joined_at IS NOT NULL AND o.points > 20 AND o.refunded_minor = 0 ORDER BY o.paid_at DESC LIMIT 1",
    )
    return key


def test_a_return_is_told_before_it_is_taken(desk: Client, teahouse: Published) -> None:
    key, before = an_order(), everything()
    page = text(desk.get(f"{SHOP}/orders/{key}").content)
    assert "What would a return change?" in page
    earned = re.search(r"This order earned (\d+) points", page)
    total = re.search(r"Total (NT\$[\d,]+)", page)
    assert earned
    assert total
    empty = desk.get(f"{SHOP}/returns/{key}")
    fields = re.findall(r'name="(line-\d+)" type="number" min="0" max="(\d+)"', empty.content.decode())
    quoted = text(desk.get(f"{SHOP}/returns/{key}", dict(fields)).content)
    assert f"Pay back {total[1]} Taken back {earned[1]} points" in quoted
    assert 'aria-invalid="true"' in desk.get(f"{SHOP}/returns/{key}", {"line-1": "999"}).content.decode()
    assert desk.get(f"{SHOP}/returns/till/nothing").status_code == 404
    assert everything() == before


def test_what_is_pending_after_a_return_and_why_none_is_possible(desk: Client, teahouse: Published) -> None:
    card = members.get(teahouse.id, *richest(teahouse, 1))
    assert card
    lines = (Line("1", "OOL-1", 1, 99_800), Line("2", "OOL-1", 1, 50_000))
    orders = [
        OrderIn("web", name, lines, card.external_id, paid_at=paid)
        for name, paid in (("paid", now(teahouse)), ("unpaid", None))
    ]
    take_orders(teahouse, orders, now(teahouse))
    told = text(desk.get(f"{SHOP}/returns/web/paid", {"line-2": "1"}).content)
    assert re.search(r"Points afterwards [\d,]+ points? and [\d,]+ points pending", told), told
    assert "The order was not paid yet." in text(desk.get(f"{SHOP}/returns/web/unpaid").content)


def test_points_that_are_spent_are_owed_after_a_return(desk: Client, teahouse: Published) -> None:
    key = an_order()
    [(member_id,)] = rows(raw(), "SELECT member_id FROM ledger_order WHERE key = %s", [key])
    fields = re.findall(r'name="(line-\d+)" type="number" min="0" max="(\d+)"',
                        desk.get(f"{SHOP}/returns/{key}").content.decode())  # fmt: skip
    if had := points_of(member_id):
        said(desk, f"{page_of(member_id)}/adjust", **{**GIVE, "way": "take", "points": str(had)})
    [(paid_at,)] = rows(raw(), "SELECT paid_at FROM ledger_order WHERE key = %s", [key])
    is_settled = (datetime_of(now(teahouse)) - paid_at).days > 7
    shown = text(desk.get(f"{SHOP}/returns/{key}", dict(fields)).content)
    assert ("owes them from what they earn next" in shown) == is_settled


def test_two_members_become_one_and_two_again(desk: Client, teahouse: Published) -> None:
    first, second = richest(teahouse, 2)
    had = points_of(first), points_of(second)
    card = members.get(teahouse.id, second)
    assert card
    address, before = f"{page_of(first)}/merge", everything()
    assert f'name="with" value="{second}"' in desk.get(address, {"search": card.external_id}).content.decode()
    assert "Afterwards" not in text(desk.get(address, {"with": str(second)}).content)
    shown = text(desk.post(address, {"with": str(second)}).content)
    assert f"To spend {sum(had):,} points" in shown
    assert "which takes back 50 points (Welcome)" in shown
    assert everything() == before
    number = str(uuid4())
    for _time in range(2):
        assert "They are one member now" in said(
            desk, address, **{"with": str(second)}, words="both cards", number=number
        )
    assert (points_of(first), points_of(second)) == (sum(had), 0)
    after = text(desk.get(page_of(first)).content)
    assert "Merged on" in after
    assert "by Service_Desk (The same person)" in after
    assert "The same person · Service_Desk · “both cards”" in after
    for reader in (desk, signed_in("cashier")):
        name = members.get(teahouse.id, first, personal=reader is desk)
        assert name
        assert f"became part of another one, which has all its points: {called(name)} " in text(
            reader.get(page_of(second)).content
        )
    merged = everything()
    [(key,)] = rows(raw(), "SELECT DISTINCT key FROM ledger_fact WHERE kind = 21")
    undo = f"{page_of(first)}/merge/{key}/undo"
    assert "a member of their own again?" in text(desk.get(undo).content)
    assert f"To spend {had[1]:,} points" in text(desk.post(undo).content)
    assert everything() == merged
    number = str(uuid4())
    for _time in range(2):
        assert "They are two members again" in said(desk, undo, words="two people", number=number)
    assert (points_of(first), points_of(second)) == had


def test_one_number_stands_for_one_merge_and_one_parting(desk: Client, teahouse: Published) -> None:
    first, second, third = richest(teahouse, 3)
    number, address = str(uuid4()), f"{page_of(first)}/merge"
    said(desk, address, **{"with": str(second)}, words="x", number=number)
    before = everything()
    shown = said(desk, address, **{"with": str(third)}, words="x", number=number)
    assert "Something else was asked for under this number" in shown
    assert "They are one member now" not in shown
    assert everything() == before
    assert "They are one member now" in said(desk, address, **{"with": str(third)}, words="x", number=str(uuid4()))
    keys = [key for [key] in rows(raw(), "SELECT DISTINCT key FROM ledger_fact WHERE kind = 21") if key != number]
    parting = str(uuid4())
    assert "two members again" in said(desk, f"{address}/{keys[0]}/undo", words="x", number=parting)
    before = everything()
    shown = said(desk, f"{address}/{number}/undo", words="x", number=parting)
    assert "Something else was asked for under this number" in shown
    assert everything() == before


def test_a_merge_needs_words(desk: Client, teahouse: Published) -> None:
    first, second = richest(teahouse, 2)
    before = everything()
    asked = {"with": str(second), "words": " ", "number": str(uuid4())}
    page = desk.post(f"{page_of(first)}/merge", asked).content.decode()
    assert 'id="words-fault"' in page
    assert everything() == before


def test_what_the_desk_wrote_is_for_those_who_see_names(desk: Client, limited: Published) -> None:
    first, second = richest(limited, 2)
    said(desk, f"{page_of(first)}/adjust", **{**GIVE, "words": "Mrs Wang phoned 0912"})
    said(desk, f"{page_of(first)}/adjust", **{**GIVE, "points": "501", "words": "Mrs Wang again"})
    said(desk, f"{page_of(first)}/merge", **{"with": str(second)}, words="Mrs Wang showed both")
    assert "Mrs Wang phoned 0912" in text(desk.get(page_of(first)).content)
    for role in ("cashier", "finance"):
        shown = text(signed_in(role).get(page_of(first)).content)
        assert "Goodwill · Service_Desk" in shown
        assert "Wang" not in shown


def test_who_asked_withdraws_and_nobody_else(desk: Client, limited: Published) -> None:
    [member_id] = richest(limited, 1)
    had, number = points_of(member_id), str(uuid4())
    assert "Withdraw" in said(desk, f"{page_of(member_id)}/adjust", **{**GIVE, "points": "501"}, number=number)
    withdraw, before = f"{page_of(member_id)}/adjust/{number}/withdraw", everything()
    assert "Withdraw" not in text(signed_in("service_desk", "lin").get(page_of(member_id)).content)
    assert signed_in("service_desk", "lin").post(withdraw).status_code == 404
    assert signed_in("program_manager").post(withdraw).status_code == 403
    assert everything() == before
    assert "Withdrawn." in said(desk, withdraw)
    assert "asked for by" not in text(desk.get(page_of(member_id)).content)
    assert "Somebody decided about this already" in said(desk, withdraw)
    assert "already" in said(signed_in("program_manager"), f"{SHOP}/rewards/adjustments/{number}/approve")
    assert points_of(member_id) == had


def test_who_cannot_be_merged_is_told_why(desk: Client, teahouse: Published) -> None:
    first, second = richest(teahouse, 2)
    before = everything()
    assert "They are one already" in text(desk.post(f"{page_of(first)}/merge", {"with": str(first)}).content)
    one = {"with": str(first), "words": "x", "number": str(uuid4())}
    assert "They are one already" in said(desk, f"{page_of(first)}/merge", **one)
    assert desk.get(f"{page_of(first)}/merge/{uuid4()}/undo").status_code == 404
    for other in (str(uuid4()), "nobody", ""):
        desk.post(f"{page_of(first)}/merge", {"with": other, "words": "x", "number": str(uuid4())})
    said(desk, f"{page_of(first)}/merge/{uuid4()}/undo", words="x", number=str(uuid4()))
    assert everything() == before
    assert signed_in("cashier").post(f"{page_of(first)}/merge", {"with": str(second)}).status_code == 403


def test_pages_ask_little_of_the_database(owner: Client, teahouse: Published) -> None:
    desk = owner
    first, second = richest(teahouse, 2)
    said(desk, f"{page_of(first)}/adjust", **GIVE)
    said(desk, f"{page_of(first)}/merge", **{"with": str(second)}, words="x")
    ways = ("", "/adjust", "/enter-order")
    for page in (*(f"{page_of(first)}{way}" for way in ways), f"{SHOP}/returns/{an_order()}"):
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page).status_code == 200
        assert len(asked) <= QUERIES, (page, len(asked))


def test_what_was_declined_is_not_asked_for_again_by_the_same_form(limited: Published, owner: Client) -> None:
    [member_id] = richest(limited, 1)
    number = str(uuid4())
    for points in ("501", "501"):
        said(owner, f"{page_of(member_id)}/adjust", **{**GIVE, "points": points, "number": number})
    assert rows(raw(), "SELECT count(*), sum(points)::int FROM rewards_askedadjustment") == [(1, 501)]
    said(owner, f"{SHOP}/rewards/adjustments/{number}/decline")
    before = everything()
    said(owner, f"{page_of(member_id)}/adjust", **{**GIVE, "points": "501", "number": number})
    assert rows(raw(), "SELECT count(*) FROM rewards_askedadjustment WHERE outcome = ''") == [(0,)]
    assert everything() == before
