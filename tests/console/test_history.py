"""What the console says of one member's orders and history: of two who became one, of what came in late."""

import re
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from regulars.engine.calendar import instant_of
from regulars.engine.facts import Line, RefundLine
from regulars.intake.actions import take_orders
from regulars.intake.orders import LateRefund, OrderIn, RefundIn
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import advance_due
from regulars.members.actions import Newcomer, enrol
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.queries import Published
from regulars.project.paging.questions import questions
from regulars.rewards.actions.adjusting import Wish, adjust
from tests.console.pages import text
from tests.rewarded import richest
from tests.teahouse import DOCUMENT, NOW, TAIPEI

SHOP = "/programs/tea-house"
FIRST = (
    DOCUMENT
    + """\
  - rule: first
    name: {en: First order, zh-Hant: 首購禮, zh-Hans: 首单礼}
    when: {nth_order: 1}
    give: 20 points
"""
)
QUERIES = 15
NO_POINTS = "This order earned no points."


def at(month: int, day: int, hour: int = 10) -> int:
    return instant_of(datetime(2026, month, day, hour, tzinfo=TAIPEI))


@pytest.fixture
def small(db: None) -> Published:
    """Lin and Wang joined in January and shop; what happened was learned on the day."""
    offset = instant_of(NOW) - real_now()
    program = publish("tea-house", FIRST, at(1, 1), "test", clock_offset_us=offset)
    for name in ("lin", "wang"):
        enrol(program.programs, Newcomer(external_id=name, name=name.title()), at(1, 10), "store", at(1, 10))
    bought(program, "lin", "A", at(2, 10), 480)
    bought(program, "wang", "B", at(2, 11), 1000)
    with transaction.atomic():
        advance_due(raw(), program.programs, instant_of(NOW), 10)
    return program


def bought(program: Published, customer: str, number: str, paid: int, money: int, learned: int | None = None) -> None:
    lines = (Line("1", "GRN-1", 1, money * 100, "green-tea"),)
    order = OrderIn("till", number, lines, customer, paid_at=paid, version_at=paid, channel="web")
    take_orders(program, [order], learned or paid)


def returned(program: Published, number: str, when: int, learned: int | None = None) -> None:
    back = RefundIn("R-1", when, (RefundLine("1", 1),))
    take_orders(program, [LateRefund("till", number, back)], learned or when)


def member(name: str) -> UUID:
    return rows(raw(), "SELECT id FROM members_member WHERE external_id = %s", [name])[0][0]


def page(client: Client, name: str) -> str:
    return text(client.get(f"{SHOP}/members/{member(name)}").content).partition("Balance ")[2]


def order(client: Client, number: str) -> str:
    return text(client.get(f"{SHOP}/orders/till/{number}").content).partition(" Orders Order ")[2]


def become_one(client: Client) -> str:
    number = str(uuid4())
    asked = {"with": str(member("wang")), "words": "x", "number": number}
    assert client.post(f"{SHOP}/members/{member('lin')}/merge", asked).status_code == 302
    return number


def become_two(client: Client, merge: str) -> None:
    asked = {"words": "x", "number": str(uuid4())}
    assert client.post(f"{SHOP}/members/{member('lin')}/merge/{merge}/undo", asked).status_code == 302


def adds_up(shown: str, name: str) -> None:
    told = re.findall(r"(?:([+−]\d+) )?balance ([−\d,]+)", shown)
    moved, held = (
        [int(number.replace("−", "-").replace(",", "") or 0) for number in side] for side in zip(*told, strict=True)
    )
    assert [after - before for before, after in zip([*held[1:], 0], held, strict=True)] == moved
    [(available,)] = rows(raw(), "SELECT available FROM ledger_account WHERE member_id = %s", [member(name)])
    assert held[0] == available


def test_an_order_keeps_its_reasons_when_its_member_becomes_part_of_another(desk: Client, small: Published) -> None:
    before = order(desk, "B")
    assert "This order earned 120 points" in before
    merge = become_one(desk)
    merged = order(desk, "B")
    assert "No rule of the program gave anything" not in merged
    assert "First order: 20 points" in merged
    assert "NT$1,000 at 1 point for every NT$10 gives 100 points" in merged
    assert "This order earned 100 points" in merged
    assert "Two memberships became one No longer due, which takes back 20 points (First order)" in merged
    become_two(desk, merge)
    assert order(desk, "B") == before


def test_an_order_says_what_gave_nothing_for_it_and_why(desk: Client, small: Published) -> None:
    bought(small, "lin", "C", at(2, 12), 9)
    oolong = "Double points on oolong needs a line of the category oolong, had green-tea"
    assert f"What gave nothing for it, and why {oolong}" in order(desk, "A")
    shown = order(desk, "C")
    assert "Points on every order gives for every NT$10, had NT$9" in shown
    assert "First order needs the order with the number 1, had 2" in shown
    bought(small, "lin", "D", at(1, 9), 480)
    assert "Every rule whoever paid was not a member yet" in order(desk, "D")
    assert f"{NO_POINTS} Whoever paid was not a member yet" in page(desk, "lin")
    returned(small, "A", at(2, 20))
    assert "What gave nothing" not in order(desk, "A")


def test_an_order_from_before_the_first_rules_says_so(desk: Client, owner: Client, db: None) -> None:
    """The books are open; what is published is in force a minute later, and an order of that minute earns nothing."""
    offset = instant_of(NOW) - real_now()
    bare = DOCUMENT.partition("earn:")[0]
    program = publish("tea-house", bare, at(1, 1), "test", clock_offset_us=offset)
    enrol(program.programs, Newcomer(external_id="lin", name="Lin"), at(1, 10), "store", at(1, 10))
    bought(program, "lin", "E", instant_of(NOW), 480)
    assert "Every rule the program has no rules yet" in order(desk, "E")
    begins = instant_of(NOW) + 300_000_000
    publish("tea-house", FIRST, begins, "test")
    assert "it was paid before the first rules were in force, on 5 Mar 2026, 12:05" in order(desk, "E")
    assert f"{NO_POINTS} It was paid before the first rules were in force" in page(desk, "lin")
    assert "Orders that are paid from 5 Mar 2026, 12:05 on earn by its rules." in text(
        owner.get(f"{SHOP}/today").content
    )


def test_the_survivor_reads_what_the_other_ones_orders_earned(desk: Client, small: Published) -> None:
    before = page(desk, "lin"), page(desk, "wang")
    merge = become_one(desk)
    shown = page(desk, "lin")
    assert NO_POINTS not in shown
    assert "Order B NT$1,000 web · 1 item · on the merged membership First order: 20" in shown
    assert "Two memberships became one" in shown
    become_two(desk, merge)
    after = page(desk, "lin"), page(desk, "wang")
    assert [had in has or had.partition("2026 ")[2] in has for had, has in zip(before, after, strict=True)] == [
        True
    ] * 2
    assert NO_POINTS not in after[0] + after[1]


def test_what_a_merge_takes_is_told_before_it_is_done_and_when_it_is_undone(desk: Client, small: Published) -> None:
    address = f"{SHOP}/members/{member('lin')}/merge"
    shown = text(desk.post(address, {"with": str(member("wang"))}).content)
    assert "70 points less than before" in shown
    assert "No longer due, which takes back 20 points (First order)" in shown
    undone = text(desk.post(f"{address}/{become_one(desk)}/undo").content)
    assert "70 points more than before" in undone
    assert "given again, since each may have it: 70 points" in undone


def test_what_happened_to_an_order_while_two_were_one_stays_with_it(desk: Client, small: Published) -> None:
    merge = become_one(desk)
    now = instant_of(NOW) + 120_000_000
    bought(small, "wang", "C", now, 700)
    returned(small, "B", now + 1)
    become_two(desk, merge)
    assert "gives 70 points" in order(desk, "C")
    assert "which takes back 100 points" in order(desk, "B")
    shown = page(desk, "wang")
    assert NO_POINTS not in shown
    assert "gives 70 points" in shown
    assert "which takes back 100 points" in shown


def test_two_who_become_one_again_read_everything_once(desk: Client, small: Published) -> None:
    returned(small, "B", at(2, 20))
    become_two(desk, become_one(desk))
    become_one(desk)
    shown = page(desk, "lin")
    assert shown.count(" Order B NT$") == shown.count("Return from order B") == 1
    assert shown.count("which takes back 100 points") == shown.count("gives 100 points") == 1
    adds_up(shown, "lin")


def test_what_came_in_late_stands_where_it_happened_and_says_so(desk: Client, small: Published) -> None:
    bought(small, "lin", "C", at(2, 20), 300)
    bought(small, "lin", "LATE", at(2, 5), 900, learned=at(3, 4))
    shown = page(desk, "lin")
    places = [shown.index(f" Order {number} NT$") for number in ("C", "A", "LATE")]
    assert places == sorted(places)
    assert re.findall(r"Order (\w+) NT\$[\d,]+ web · 1 item( · came in on 4 Mar 2026)?", shown) == [
        ("C", ""),
        ("A", ""),
        ("LATE", " · came in on 4 Mar 2026"),
    ]
    assert shown.count("February 2026") == 1
    corrected = "0 points instead of 20 points, by what is known now"
    assert re.search(rf"{corrected}[^.]*Order LATE of 5 Feb 2026 came in on 4 Mar 2026", shown)


def test_balances_add_up_in_the_order_in_which_it_happened(desk: Client, small: Published) -> None:
    bought(small, "lin", "LATE", at(2, 5), 900, learned=at(3, 4))
    adds_up(page(desk, "lin"), "lin")


def test_balances_add_up_where_several_things_happened_at_one_instant(desk: Client, small: Published) -> None:
    bought(small, "lin", "N", at(2, 10), 700)
    bought(small, "lin", "O", at(2, 5), 900, learned=at(2, 12))
    bought(small, "lin", "P", at(2, 5), 300, learned=at(2, 12))
    bought(small, "lin", "LATE", at(2, 4), 900, learned=at(3, 4))
    shown = page(desk, "lin")
    assert len(re.findall("0 points instead of 20 points", shown)) == 2
    adds_up(shown, "lin")


def test_order_numbers_with_a_bar_are_told_once_each_with_their_own_reasons(desk: Client, small: Published) -> None:
    for number, money in (("Z", 300), ("Z|1", 400), ("Z|2", 500)):
        bought(small, "wang", number, at(2, 20), money)
    returned(small, "Z|1", at(2, 21))
    shown = page(desk, "wang")
    gave = r"(?: · \S+ returned)? Points on every order: NT\$\d+ at 1 point for every NT\$10 gives (\d+) points"
    told = re.findall(rf" Order (Z\S*) NT\$\d+ web · 1 item{gave}", shown)
    assert sorted(told) == [("Z", "30"), ("Z|1", "40"), ("Z|2", "50")]
    assert len(re.findall(r" Order Z\S* NT", shown)) == 3
    assert NO_POINTS not in shown
    assert "gives 30 points" in (about := order(desk, "Z"))
    assert "40 points" not in about
    assert "50 points" not in about


def test_a_return_that_came_in_late_says_so(desk: Client, small: Published) -> None:
    returned(small, "A", at(2, 15), learned=at(3, 4))
    assert "Return from order A NT$480 returned · came in on 4 Mar 2026" in page(desk, "lin")


def test_points_that_were_spent_when_goods_came_back_are_told_once(desk: Client, small: Published) -> None:
    spend = Wish("points", -110, "correction", "x")
    adjust(small.programs, member("lin"), spend, instant_of(NOW), actor="x")
    returned(small, "A", instant_of(NOW) + 60_000_000)
    shown = page(desk, "lin").partition("Taken by hand")[0]
    assert "Return from order A NT$480 returned" in shown
    parts = "; of which taken now: 8 points; spent already, and owed from what is earned next: 40 points −8 balance 0"
    base = f"Order A had a return, which takes back 48 points (Points on every order){parts}"
    first = (
        "Order A had a return, which takes back 20 points (First order); "
        "all of it spent already, and owed from what is earned next −20 owed"
    )
    assert base in shown
    assert first in shown
    assert shown.count("which takes back") == 2
    adds_up(page(desk, "lin"), "lin")


def test_a_change_says_what_became_of_the_amount(desk: Client, small: Published) -> None:
    lines = (Line("1", "GRN-1", 1, 24_000, "green-tea"),)
    changed = instant_of(NOW) + 60_000_000
    take_orders(small, [OrderIn("till", "A", lines, "lin", paid_at=at(2, 10), version_at=changed)], changed)
    shown = page(desk, "lin")
    assert "Order A was changed the amount went from NT$480 to NT$240" in shown
    assert "Order A was changed, which takes back 24 points and leaves 24 points (Points on every order)" in shown


def test_what_a_merge_did_elsewhere_is_not_told(desk: Client, small: Published) -> None:
    become_two(desk, become_one(desk))
    assert "given again, since each may have it" not in page(desk, "lin")
    assert "given again, since each may have it" not in page(desk, "wang")


def test_what_comes_along_with_the_first_that_is_known_is_not_late(desk: Client, teahouse: Published) -> None:
    [member_id] = richest(teahouse, 1)
    assert "came in on" not in text(desk.get(f"{SHOP}/members/{member_id}").content)


def test_what_was_redeemed_is_named(desk: Client, rewarded: Published) -> None:
    first, second = richest(rewarded, 2)
    shown = text(desk.get(f"{SHOP}/members/{first}").content)
    assert "Redeemed: NT$100 off store Dihua Street Used: 80 points −80" in shown
    assert "Reserved: Spring tasting" in shown
    assert "Redeemed: Tea sampler" in text(desk.get(f"{SHOP}/members/{second}").content)
    assert "兌換：茶包組" in text(desk.get(f"{SHOP}/members/{second}", headers={"accept-language": "zh-Hant"}).content)


def test_pages_ask_little_of_the_database_whatever_happened(desk: Client, small: Published) -> None:
    def ask_for_all() -> None:
        for page in (*(f"members/{member(name)}" for name in ("lin", "wang")), "orders/till/A", "orders/till/B"):
            with questions() as asked:
                assert desk.get(f"{SHOP}/{page}").status_code == 200
            assert len(asked) <= QUERIES, (page, len(asked))

    bought(small, "lin", "LATE", at(2, 5), 900, learned=at(3, 4))
    merge = become_one(desk)
    ask_for_all()
    returned(small, "B", instant_of(NOW) + 120_000_000)
    become_two(desk, merge)
    ask_for_all()
    become_one(desk)
    ask_for_all()
