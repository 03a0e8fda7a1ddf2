"""Lucky draws: what a ticket wins, once; what happens where shelves are empty; what comes back and what does not."""

from itertools import count
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import transaction

from regulars.engine.calendar import DAY
from regulars.engine.grammar import read
from regulars.engine.luck import digest_of, number_drawn
from regulars.engine.program import Programs
from regulars.ledger.connect import raw, rows
from regulars.rewards import draws, seeds
from regulars.rewards.actions import checkouts, drawing, owning
from regulars.rewards.counter import Item
from regulars.rewards.draws import Draw
from regulars.rewards.parts import Kept
from regulars.rewards.proving import prove
from regulars.rewards.queries import history
from tests.ledger.shop import at, member
from tests.ledger.test_verify import as_superuser
from tests.rewards.counter import MINUTE, NOW, SHOP, asked, balance, copies, gone, is_exact, joins, refusal
from tests.rewards.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PRIZES = [
    {"prize": "the cup", "odds": "1 in 4", "reward": "cup"},
    {"prize": "points", "odds": "1 in 4", "credit": "7 points"},
    {"prize": "a smile", "odds": "1 in 4"},
]
SURE = [{"prize": "gems", "odds": "100%", "reward": "gems"}]
DRAWING = SHOP | {
    "rewards": [
        {"reward": "cup", "costs": "10 points", "gives": {"product": "CUP-1"}, "stock": "1"},
        {"reward": "cake", "costs": "4 points", "gives": {"product": "CAKE-1"}},
        {"reward": "wheel", "costs": "5 points", "gives": {"draw": PRIZES}},
        {"reward": "gems", "costs": "nothing", "gives": {"credit": "9 points"}},
        {
            "reward": "sure",
            "costs": "5 points",
            "gives": {"draw": [{"prize": "gems", "odds": "100%", "reward": "gems"}]},
        },
    ],
}
PROGRAMS = Programs(1, [read(DRAWING)])
PLACES = ("the cup", "points", "a smile", "")


@pytest.fixture(autouse=True)
def lin() -> None:
    joins("lin", 25)


class Luck:
    """Seeds of which it is known what they bring."""

    seed = bytes(32)

    def __call__(self, *prizes: str, day: str = "2026-03-01") -> None:
        """The next draws of the day are to win these, one after the other."""
        names = [f"{day}/{number}" for number in range(1, len(prizes) + 1)]
        tried = (number.to_bytes(32) for number in count())
        self.seed = next(seed for seed in tried if [won_by(seed, name) for name in names] == [*prizes])


def won_by(seed: bytes, name: str) -> str:
    return PLACES[number_drawn(seed, name) // 250_000]


LUCK = Luck()


@pytest.fixture
def luck() -> Luck:
    return LUCK


def bought(name: str = "wheel", who: str = "lin", now: int = NOW) -> Kept:
    return owning.claim(PROGRAMS, member(who), name, now, actor="till-1")


def ticket(kept: Kept) -> UUID:
    found = kept.parts[0].issued_id
    assert found is not None
    return found


def draw(kept: Kept | UUID, now: int = NOW, **more: Any) -> Draw:
    number = ticket(kept) if isinstance(kept, Kept) else kept
    return drawing.draw(PROGRAMS, number, now, actor="till-1", place="Dihua Street", fresh=lambda: LUCK.seed, **more)


def void(kept: Kept, now: int = NOW) -> Kept:
    return checkouts.void(PROGRAMS, kept.id, now)


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


# Seeds


def test_digests_are_published_a_week_ahead_and_seeds_told_when_their_day_is_over():
    numbers = count(1)
    now = at("2026-03-01 23:59")
    with transaction.atomic():
        seeds.keep_up(raw(), PROGRAMS, now, lambda: next(numbers).to_bytes(32))
        seeds.keep_up(raw(), PROGRAMS, now, lambda: next(numbers).to_bytes(32))
    found = seeds.days(raw(), PROGRAMS, now)
    assert [one.day for one in found] == [f"2026-03-0{day}" for day in range(8, 0, -1)]
    assert [one.digest for one in reversed(found)] == [digest_of(n.to_bytes(32)) for n in range(1, 9)]
    assert {one.seed for one in found} == {b""}
    assert {one.seed for one in seeds.days(raw(), PROGRAMS, at("2026-03-02 00:59"))} == {b""}
    told = seeds.days(raw(), PROGRAMS, at("2026-03-02 01:00"))
    assert [one.seed for one in told if one.seed] == [(1).to_bytes(32)]


def test_a_told_seed_needs_no_secret_any_more(settings: Any):
    with transaction.atomic():
        seeds.keep_up(raw(), PROGRAMS, NOW)
        seeds.keep_up(raw(), PROGRAMS, NOW + 2 * DAY)
    [before] = seeds.days(raw(), PROGRAMS, NOW + 2 * DAY, "2026-03-01")
    settings.SECRET_KEY = "another"
    assert seeds.days(raw(), PROGRAMS, NOW + 2 * DAY, "2026-03-01") == [before]
    assert digest_of(before.seed) == before.digest
    [(sealed,)] = rows(raw(), "SELECT sealed FROM rewards_seed WHERE day = '2026-03-01'")
    assert bytes(sealed) != before.seed


def test_a_program_without_draws_has_no_seeds():
    with transaction.atomic():
        seeds.keep_up(raw(), Programs(1, [read(SHOP)]), NOW)
    assert rows(raw(), "SELECT * FROM rewards_seed") == []


# Proofs


def proof(day: str | None = None, programs: Programs = PROGRAMS) -> tuple[int, int, list[tuple[str, str]]]:
    found = prove(raw(), programs, day)
    return found.days, found.draws, [(one.code, one.about) for one in found.findings]


def ahead() -> None:
    """Seeds are published the day before."""
    with transaction.atomic():
        seeds.publish(raw(), PROGRAMS, NOW - DAY, lambda: LUCK.seed)


def test_every_draw_can_be_made_again(luck: Luck):
    luck("the cup", "the cup", "a smile", "")
    ahead()
    for _ in range(2):
        draw(bought())
    void(bought())
    for _ in range(2):
        draw(bought())
    assert proof() == (9, 4, [])
    assert proof("2026-03-01") == (1, 4, [])
    assert proof("2026-03-02") == (1, 0, [])
    assert prove(raw(), PROGRAMS).holds


def test_a_repeated_draw_is_proved_by_the_one_it_repeats(luck: Luck):
    luck("points")
    ahead()
    one = bought()
    draw(one)
    void(one)
    again = draw(bought())
    assert proof() == (9, 2, [])
    as_superuser("UPDATE rewards_draw SET drawn = 'the cup', prize = 'the cup' WHERE number IS NULL")
    assert proof()[2] == [("again_differs", str(again.ticket_id))]


def test_a_seed_that_was_published_late_is_told_of_and_proves_all_the_same():
    draw(bought())
    assert proof() == (8, 1, [("late", "2026-03-01")])
    assert prove(raw(), PROGRAMS).holds


@pytest.mark.parametrize(
    ("change", "code", "about"),
    [
        ("UPDATE rewards_draw SET drawn = 'a smile', prize = 'a smile'", "prize_differs", "2026-03-01/1"),
        ("UPDATE rewards_draw SET prize = 'the cup'", "prize_earlier", "2026-03-01/1"),
        ("UPDATE rewards_draw SET version = 7", "version_unknown", "2026-03-01/1"),
        ("UPDATE rewards_draw SET number = 2, drawn = ''", "gap", "2026-03-01"),
        ("UPDATE rewards_seed SET seed = digest WHERE day = '2026-03-01'", "digest_differs", "2026-03-01"),
        ("UPDATE rewards_seed SET sealed = digest WHERE day = '2026-03-01'", "seed_missing", "2026-03-01"),
    ],
)
def test_whatever_is_changed_is_found(luck: Luck, change: str, code: str, about: str):
    luck("points", "")
    ahead()
    draw(bought())
    assert proof()[2] == []
    as_superuser(change)
    assert (code, about) in proof()[2]
    assert not prove(raw(), PROGRAMS).holds


# At once


def test_one_ticket_at_many_tills_is_drawn_once(luck: Luck):
    luck("points", *["the cup"] * 3)
    one = bought()
    won = set[Draw]()

    def act(_: int) -> None:
        won.add(draw(one))

    assert at_once(act, 12) == {"done": 12}
    assert (len(won), len(draws.listed(raw(), 1)), balance()) == (1, 1, (27, 0))


def test_the_last_piece_is_won_once_and_no_number_twice(luck: Luck):
    """Eight draws of the one cup that there is: the others get the points, as the list says."""
    luck(*["the cup"] * 8)
    names = [f"lucky-{number}" for number in range(8)]
    for name in names:
        joins(name, 5)
    tickets = [bought(who=name) for name in names]
    assert at_once(lambda number: draw(tickets[number]), 8) == {"done": 8}
    made = draws.of_day(raw(), 1, "2026-03-01")
    assert [one.number for one in made] == list(range(1, 9))
    assert sorted(one.prize for one in made) == ["points"] * 7 + ["the cup"]
    assert {one.drawn for one in made} == {"the cup"}
    assert gone("stock:cup") == (1, 0)
    assert is_exact()


def test_a_draw_that_breaks_off_was_never_made(luck: Luck):
    luck("the cup")
    one = bought()
    with transaction.atomic():
        draw(one)
        transaction.set_rollback(True)
    assert (copies(), gone("stock:cup"), draws.listed(raw(), 1)) == ([("wheel", "issued")], (0, 0), [])
    assert draw(one).name == "2026-03-01/1"


def test_a_draw_and_a_void_of_its_ticket_at_once(luck: Luck):
    """Either it was drawn first, and the void takes the prize with it, or there is nothing to draw."""
    luck("points", "points")
    one = bought()
    came = at_once(lambda number: draw(one) if number % 2 else void(one), 2)
    assert came["voided"] == 1
    assert came["done"] + came["code_cancelled"] == 1
    assert balance() == (25, 0)
    assert is_exact()


@pytest.mark.parametrize("change", ["UPDATE rewards_draw SET prize = ''", "DELETE FROM rewards_draw",
                                    "UPDATE rewards_seed SET digest = sealed"])  # fmt: skip
def test_the_application_cannot_change_what_was_drawn(change: str):
    draw(bought())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw().execute(change.encode())
