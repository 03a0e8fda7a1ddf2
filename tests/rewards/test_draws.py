"""Lucky draws: what a ticket wins, once; what happens where shelves are empty; what comes back and what does not."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from regulars.engine.calendar import DAY
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.rewards import draws, seeds
from regulars.rewards.actions import checkouts, drawing, owning
from regulars.rewards.counter import Item
from regulars.rewards.parts import Kept
from regulars.rewards.queries import history
from tests.ledger.shop import member
from tests.rewards.counter import MINUTE, NOW, asked, balance, copies, gone, is_exact, joins, refusal
from tests.rewards.lucky import DRAWING, LUCK, PRIZES, PROGRAMS, Luck, bought, draw, ticket, void, won_by

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def lin() -> None:
    joins("lin", 25)


@pytest.fixture
def luck() -> Luck:
    return LUCK


def told(kept: Kept) -> list[tuple[str, str]]:
    return [(line.what, line.reason) for line in history(1, ticket(kept))]


def test_a_ticket_wins_what_its_seed_and_its_name_say():
    first, second = bought(), bought()
    drawn = draw(first)
    assert drawn.name == "2026-03-01/1"
    assert drawn.prize == drawn.drawn == won_by(LUCK.seed, "2026-03-01/1")
    assert (drawn.version, drawn.actor, drawn.place) == (1, "till-1", "Dihua Street")
    assert draw(second).name == "2026-03-01/2"
    assert draws.of_tickets(raw(), 1, [ticket(first)]) == [drawn]
    assert is_exact()


def test_a_prize_is_a_copy_points_or_nothing(luck: Luck):
    luck("the cup", "points", "a smile", "")
    tickets = [bought() for _ in range(4)]
    won = [draw(one) for one in tickets]
    assert [one.prize for one in won] == ["the cup", "points", "a smile", ""]
    assert copies() == [("cup", "issued"), *[("wheel", "used")] * 4]
    assert (balance(), gone("stock:cup")) == ((12, 0), (1, 0))
    assert [one.prize_id is None for one in won] == [False, False, True, True]
    assert told(tickets[0]) == [("issued", ""), ("drawn", "the cup")]
    assert draws.that_won(raw(), 1, won[0].prize_id) == won[0]
    assert is_exact()


def test_asked_again_the_first_answer_stands(luck: Luck):
    luck("points", "the cup")
    one = bought()
    assert draw(one) == draw(one, NOW + MINUTE)
    assert (balance(), len(draws.listed(raw(), 1))) == ((27, 0), 1)


def test_where_the_shelf_is_empty_the_next_prize_is_given(luck: Luck):
    luck("the cup", "the cup")
    first, second = bought(), bought()
    assert draw(first).prize == "the cup"
    drawn = draw(second)
    assert (drawn.drawn, drawn.prize) == ("the cup", "points")
    assert (gone("stock:cup"), balance()) == ((1, 0), (22, 0))


def test_after_the_last_prize_there_is_nothing(luck: Luck):
    document = DRAWING | {"rewards": [
        *DRAWING["rewards"], {"reward": "one", "costs": "nothing", "gives": {"draw": PRIZES[:1]}},
    ]}  # fmt: skip
    programs = Programs(1, [read(document)])
    luck("the cup", "the cup")
    tickets = [owning.claim(programs, member("lin"), "one", NOW).parts[0].issued_id for _ in range(2)]
    won = [drawing.draw(programs, one, NOW, fresh=lambda: LUCK.seed) for one in tickets]
    assert [(one.drawn, one.prize) for one in won] == [("the cup", "the cup"), ("the cup", "")]


def test_a_prize_may_go_into_the_account():
    drawn = draw(bought("sure"))
    assert (drawn.prize, balance(), copies()) == ("gems", (29, 0), [("gems", "used"), ("sure", "used")])
    assert is_exact()


def test_the_chances_are_those_that_were_published_when_the_ticket_was_issued(luck: Luck):
    one = bought()
    later = DRAWING | {"rewards": [
        *DRAWING["rewards"][1:2], {"reward": "wheel", "costs": "5 points", "gives": {"draw": [
            {"prize": "all", "odds": "100%", "reward": "cake"}]}},
    ]}  # fmt: skip
    programs = Programs(1, [read(DRAWING), read(later, 2, NOW + MINUTE)])
    luck("the cup", day="2026-03-02")
    drawn = drawing.draw(programs, ticket(one), NOW + DAY, fresh=lambda: LUCK.seed)
    assert (drawn.prize, drawn.version, drawn.name) == ("the cup", 1, "2026-03-02/1")
    assert copies() == [("cup", "issued"), ("wheel", "used")]


def test_what_cannot_be_drawn(luck: Luck):
    cake = bought("cake")
    assert refusal(draw, cake) == "not_a_draw"
    assert refusal(draw, member("lin")) == "issued_unknown"
    one = bought()
    assert refusal(checkouts.redeem, PROGRAMS, asked(Item("1", issued_id=ticket(one))), NOW) == "draw_unopened"
    void(one)
    assert refusal(draw, one) == "code_cancelled"


def test_a_lost_secret_is_no_draw(settings: Any):
    one = bought()
    with transaction.atomic():
        seeds.publish(raw(), PROGRAMS, NOW)
    settings.SECRET_KEY = "another"
    assert refusal(draw, one) == "seed_lost"
    settings.SECRET_KEY_FALLBACKS = ["tests"]


def test_a_ticket_comes_of_a_cart_as_well(luck: Luck):
    luck("points")
    held = checkouts.hold(PROGRAMS, asked(Item("1", reward="wheel"), order_key="web/A"), NOW + MINUTE, NOW)
    assert refusal(draw, held) == "issued_unknown"
    done = checkouts.capture(PROGRAMS, held.id, NOW)
    assert draw(done).prize == "points"
    assert balance() == (27, 0)


# What comes back


def test_a_ticket_that_was_not_drawn_comes_back_as_any_reward():
    one = bought()
    void(one)
    assert (balance(), copies()) == ((25, 0), [("wheel", "cancelled")])


@pytest.mark.parametrize("prize", ["a smile", ""])
def test_a_chance_that_was_taken_does_not_come_back(luck: Luck, prize: str):
    luck(prize)
    one = bought()
    draw(one)
    assert refusal(void, one) == "draw_blank"
    assert refusal(owning.cancel, PROGRAMS, ticket(one), NOW, actor="mei") == "code_used"


def test_what_was_won_is_taken_back_with_the_ticket_while_nobody_used_it(luck: Luck):
    luck("the cup")
    one = bought()
    drawn = draw(one)
    void(one)
    assert (balance(), gone("stock:cup")) == ((25, 0), (0, 0))
    assert copies() == [("cup", "cancelled"), ("wheel", "cancelled")]
    assert told(one)[2:] == [("returned", ""), ("cancelled", "")]
    assert draws.of_tickets(raw(), 1, [ticket(one)]) == [drawn]
    assert is_exact()


def test_a_prize_that_was_used_or_spent_keeps_its_ticket(luck: Luck):
    luck("the cup", "points")
    cup, points = bought(), bought()
    won = draw(cup)
    checkouts.redeem(PROGRAMS, asked(Item("1", issued_id=won.prize_id)), NOW)
    assert refusal(void, cup) == "code_used"
    draw(points)
    for name in ("wheel", "wheel", "cake", "cake", "cake"):
        bought(name)
    assert balance() == (0, 0)
    assert refusal(void, points) == "code_used"


@pytest.mark.parametrize("prize", ["the cup", "points"])
def test_nobody_draws_anew_by_giving_back(luck: Luck, prize: str):
    luck(prize)
    one = bought()
    first = draw(one)
    for _ in range(3):
        void(one)
        assert balance() == (25, 0)
        one = bought()
        again = draw(one)
        assert (again.drawn, again.prize, again.name, again.again_of) == (prize, prize, "", first.ticket_id)
        first = again
    assert (balance(), len(draws.listed(raw(), 1))) == ((20 + 7 * (prize == "points"), 0), 4)
    assert is_exact()


def test_one_draw_is_repeated_by_one_ticket(luck: Luck):
    luck("the cup", "points", "a smile")
    one, two = bought(), bought()
    draw(one)
    draw(two)
    void(one)
    third, fourth = bought(), bought()
    assert (draw(third).prize, draw(fourth).prize) == ("the cup", "a smile")


def test_what_was_given_instead_is_what_the_next_ticket_wins(luck: Luck):
    """Also when the shelf is full again."""
    luck("the cup", "the cup")
    first, second = bought(), bought()
    draw(first)
    draw(second)
    void(second)
    owning.add_stock(1, "cup", 5)
    again = draw(bought())
    assert (again.drawn, again.prize) == ("the cup", "points")


def test_a_drawn_gift_is_withdrawn_and_repeated(luck: Luck):
    luck("the cup", "a smile")
    causes = (f"order-{number}" for number in count(1))

    def given() -> UUID:
        return owning.give(PROGRAMS, member("lin"), "wheel", next(causes), NOW, actor="program", by_rule=True)

    def withdrawn(number: UUID) -> None:
        drawing.withdraw(PROGRAMS, number, NOW, actor="program", reason="grant")

    first = given()
    draw(first)
    withdrawn(first)
    assert (copies(), gone("stock:cup")) == ([("cup", "cancelled"), ("wheel", "cancelled")], (0, 0))
    assert refusal(withdrawn, first) == "code_cancelled"
    second = given()
    again = draw(second)
    assert (again.prize, again.again_of) == ("the cup", first)
    # Its prize is used, so it stands: the next ticket wins that and gets nothing more.
    checkouts.redeem(PROGRAMS, asked(Item("1", issued_id=again.prize_id)), NOW)
    withdrawn(second)
    third = given()
    standing = draw(third)
    assert (standing.prize, standing.prize_id, standing.again_of) == ("the cup", again.prize_id, second)
    assert sorted(copies()) == [
        ("cup", "cancelled"), ("cup", "used"), ("wheel", "cancelled"), ("wheel", "cancelled"), ("wheel", "used"),
    ]  # fmt: skip
    assert draw(given()).prize == "a smile"
    assert is_exact()


def test_a_blank_gift_is_blank_again(luck: Luck):
    luck("a smile", "the cup")
    first = owning.give(PROGRAMS, member("lin"), "wheel", "a", NOW, actor="program", by_rule=True)
    draw(first)
    drawing.withdraw(PROGRAMS, first, NOW, actor="program")
    assert copies() == [("wheel", "cancelled")]
    second = owning.give(PROGRAMS, member("lin"), "wheel", "b", NOW, actor="program", by_rule=True)
    assert (draw(second).prize, draw(second).again_of) == ("a smile", first)
