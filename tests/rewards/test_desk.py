"""What people decide at the desk, and the lists they look things up in."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.rewards import books, browsing, deeds, registers
from regulars.rewards.actions import batches, desk, owning
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.counter import Item
from regulars.rewards.queries import issued
from regulars.rewards.registers import Filters, Position, Tally
from tests.ledger.shop import at, member
from tests.rewards.counter import (
    MINUTE,
    NOW,
    PROGRAMS,
    SHOP,
    balance,
    code,
    everything,
    gone,
    hold,
    is_exact,
    joins,
    redeem,
    refusal,
    reward,
    void,
)

pytestmark = pytest.mark.django_db
SEAT = {"reward": "seat", "costs": "6 points", "gives": {"event": "spring"}, "approval": "true", "stock": "2"}
SEATS = Programs(1, [read(SHOP | {"rewards": [SEAT]})])


def asks(number: UUID | None = None, who: str = "lin") -> UUID:
    return desk.ask(SEATS, member(who), "seat", NOW, actor="staff:mei", number=number or uuid4()).id


def deeds_of(checkout_id: UUID) -> list[tuple[str, str, str]]:
    return [(one.what, one.actor, one.reason) for one in deeds.told(1, deeds.about_checkout(checkout_id))]


def test_what_waits_holds_points_and_stock_until_somebody_else_lets_it_pass() -> None:
    joins("lin")
    number = asks()
    assert [line.id for line in books.waiting(1, NOW)] == [number]
    assert balance() == (4, 6)
    desk.approve(SEATS, number, NOW + MINUTE, actor="staff:wang", reason="regular")
    assert books.waiting(1, NOW + MINUTE) == []
    assert [line.state for line in books.decided(1, NOW + MINUTE)] == ["captured"]
    assert balance() == (4, 0)
    assert deeds_of(number) == [("approved", "staff:wang", "regular")]
    assert [row.owned.state for row in registers.issued_list(1, Filters(), NOW + MINUTE)] == ["issued"]


def test_who_asked_neither_approves_nor_declines() -> None:
    joins("lin")
    number = asks()
    assert refusal(desk.approve, SEATS, number, NOW, actor="staff:mei") == "approval_own"
    assert refusal(desk.decline, SEATS, number, NOW, actor="staff:mei", reason="no") == "approval_own"


def test_what_is_declined_is_there_again() -> None:
    joins("lin")
    number = asks()
    desk.decline(SEATS, number, NOW, actor="staff:wang", reason="no seats")
    assert balance() == (10, 0)
    assert gone("stock:seat") == (0, 0)
    assert deeds_of(number) == [("declined", "staff:wang", "no seats")]
    assert refusal(desk.approve, SEATS, number, NOW, actor="staff:wang") == "checkout_released"


def test_what_nobody_decides_lapses_after_a_day() -> None:
    joins("lin")
    number = asks()
    later = NOW + 24 * 60 * MINUTE
    assert books.waiting(1, later) == []
    assert [line.state for line in books.decided(1, later)] == ["lapsed"]
    assert refusal(desk.approve, SEATS, number, later, actor="staff:wang") == "checkout_lapsed"


def test_only_what_asks_for_it_is_approved() -> None:
    joins("lin")
    kept = hold(reward("cup"))
    assert refusal(desk.approve, PROGRAMS, kept.id, NOW, actor="staff:wang") == "approval_needless"
    assert refusal(desk.approve, PROGRAMS, uuid4(), NOW, actor="staff:wang") == "checkout_unknown"


def test_asked_twice_under_one_number_it_is_done_once() -> None:
    joins("lin", 20)
    number = uuid4()
    first = redeem(reward("cup"), number=number)
    before = everything()
    assert redeem(reward("cup"), number=number).id == first.id == number
    assert everything() == before
    assert balance() == (10, 0)
    assert is_exact()


@pytest.mark.parametrize(
    "other",
    [
        {"who": "wang"},
        {"who": ""},
        {"item": reward("cake")},
        {"item": reward("cup", "2")},
        {"item": Item("1", wallet="points", points=10)},
        {"item": code("SPRING10")},
        {"ends": True},
    ],
)
def test_asked_for_something_else_under_one_number_it_is_refused(other: dict[str, Any]) -> None:
    joins("lin", 30)
    joins("wang", 30)
    number = uuid4()
    hold(reward("cup"), number=number)
    before = everything()
    again = transaction.atomic(redeem if other.get("ends") else hold)
    item, who = other.get("item", reward("cup")), other.get("who", "lin")
    assert refusal(again, item, who=who, number=number) == "number_reused"
    assert everything() == before


def test_codes_and_points_are_asked_for_again_under_one_number() -> None:
    joins("lin", 30)
    number, items = uuid4(), (code("ONCE"), Item("2", wallet="points", points=30))
    first = redeem(*items, number=number)
    assert redeem(*items, number=number).parts == first.parts
    assert refusal(transaction.atomic(redeem), code("SPRING10"), items[1], number=number) == "number_reused"


@pytest.mark.parametrize("points", [29, 31])
def test_other_points_under_one_number_are_something_else(points: int) -> None:
    joins("lin", 40)
    number = uuid4()
    redeem(Item("1", wallet="points", points=30), number=number)
    other = Item("1", wallet="points", points=points)
    assert refusal(transaction.atomic(redeem), other, number=number) == "number_reused"


def test_a_void_says_who_and_why() -> None:
    joins("lin")
    kept = redeem(reward("cake"))
    desk.void(PROGRAMS, kept.id, NOW, actor="staff:mei", reason="wrong member")
    assert balance() == (10, 0)
    assert deeds_of(kept.id) == [("voided", "staff:mei", "wrong member")]
    assert refusal(desk.void, PROGRAMS, kept.id, NOW, actor="staff:mei", reason="again") == "checkout_voided"
    held = hold(reward("cake"))
    desk.void(PROGRAMS, held.id, NOW, actor="staff:mei", reason="left")
    assert deeds_of(held.id) == [("released", "staff:mei", "left")]


def test_stock_that_is_added_says_who_and_why() -> None:
    joins("lin")
    redeem(reward("cup"))
    desk.add_stock(1, "cup", 5, NOW, actor="staff:mei", reason="delivery")
    [left] = browsing.left_of(PROGRAMS, [PROGRAMS.at(NOW).rewards["cup"]], NOW)["cup"]
    assert (left.kind, left.size, left.added, left.taken, left.left) == ("stock", 10, 5, 1, 14)
    [deed] = deeds.told(1, deeds.about_stock("cup"))
    assert (deed.what, deed.actor, deed.quantity, deed.reason) == ("added", "staff:mei", 5, "delivery")
    for quantity in (0, -1, desk.STOCK_AT_MOST + 1):
        assert refusal(desk.add_stock, 1, "cup", quantity, NOW, actor="staff:mei", reason="x") == "stock_quantity"


def test_issued_rewards_are_listed_by_what_they_are_now() -> None:
    joins("lin", 100)
    expiring = Programs(1, [read(SHOP | {"rewards": [*SHOP["rewards"], {"reward": "ten", "costs": "1 points",
        "gives": {"discount": "10 TWD"}, "valid": "30 days"}]})])  # fmt: skip
    for name in ("cup", "ten", "ten"):
        owning.claim(expiring, member("lin"), name, NOW)
    used = redeem(reward("cake"))
    later = at("2026-06-01 12:00")

    def states(now: int, **narrow: str) -> list[tuple[str, str]]:
        return sorted((row.owned.reward, row.owned.state) for row in registers.issued_list(1, Filters(**narrow), now))

    assert states(NOW) == [("cake", "used"), ("cup", "issued"), ("ten", "issued"), ("ten", "issued")]
    assert states(later, state="expired") == [("ten", "expired"), ("ten", "expired")]
    assert states(later, state="issued") == [("cup", "issued")]
    assert states(NOW, reward="cake", state="used") == [("cake", "used")]
    assert registers.tallies(1, later) == {
        "cake": Tally(1, used=1),
        "cup": Tally(1, issued=1),
        "ten": Tally(2, expired=2),
    }
    void(used)
    assert states(NOW, state="cancelled") == [("cake", "cancelled")]


def test_pages_of_issued_rewards_follow_each_other_without_losing_any() -> None:
    joins("lin", 100)
    given = {owning.give(PROGRAMS, member("lin"), "cake", str(place), NOW, actor="rules") for place in range(7)}
    seen, after = [], None
    while page := registers.issued_list(1, Filters(member_ids=(member("lin"),)), NOW, after, 3):
        seen += [row.owned.id for row in page]
        after = Position(page[-1].owned.issued_at, page[-1].owned.id)
    assert len(seen) == 7
    assert set(seen) == given
    assert issued(1, seen[0], NOW) is not None


def test_batches_say_how_many_of_their_codes_are_used() -> None:
    joins("lin")
    number = batches.begin_batch(1, Wanted("first", "", 3), "staff:mei", NOW)
    codes = [one for some in batches.make_codes(1, number) for one in some]
    kept = redeem(code(codes[0]))
    hold(code(codes[1]))
    row = registers.batch(1, number)
    assert row is not None
    assert (row.coupon, row.made, row.wanted, row.used, row.made_by) == ("first", 3, 3, 1, "staff:mei")
    assert registers.batches(1) == [row]
    assert registers.coupon_uses(1) == {"first": 1}
    void(kept)
    assert registers.coupon_uses(1) == {}
    assert registers.batch(1, number).used == 0  # type: ignore[union-attr]


def test_codes_are_taken_away_once_unless_somebody_says_why() -> None:
    number = batches.begin_batch(1, Wanted("first", "", 3), "staff:mei", NOW)
    made = [one for some in batches.make_codes(1, number) for one in some]
    assert list(desk.take_away(1, number, NOW, actor="staff:mei")) == made
    assert refusal(desk.take_away, 1, number, NOW, actor="staff:wang") == "codes_taken"
    assert list(desk.take_away(1, number, NOW, actor="staff:wang", reason="printer")) == made
    assert [one.actor for one in deeds.told(1, deeds.about_batch(number))] == ["staff:wang", "staff:mei"]


def test_a_batch_says_who_ended_it_and_who_brought_codes_in() -> None:
    number = batches.begin_batch(1, Wanted("", "cup", 0), "staff:mei", NOW)
    assert desk.import_codes(1, number, ["AB-1", "AB-1", ""], NOW, actor="staff:mei").kept == 1
    desk.cancel_batch(1, number, NOW, actor="staff:mei", reason="wrong file")
    assert refusal(desk.import_codes, 1, number, ["AB-2"], NOW, actor="staff:mei") == "batch_cancelled"
    told = [(one.what, one.quantity, one.reason) for one in deeds.told(1, deeds.about_batch(number))]
    assert told == [("cancelled", 0, "wrong file"), ("imported", 1, "")]
