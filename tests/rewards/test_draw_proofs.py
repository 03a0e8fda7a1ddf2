"""Seeds and proofs of lucky draws, and many who draw at once."""

from itertools import count
from typing import Any

import psycopg
import pytest
from django.db import transaction

from regulars.engine.calendar import DAY
from regulars.engine.grammar import read
from regulars.engine.luck import digest_of
from regulars.engine.program import Programs
from regulars.ledger.connect import raw, rows
from regulars.rewards import draws, seeds
from regulars.rewards.draws import Draw
from regulars.rewards.proving import prove
from tests.ledger.shop import at
from tests.ledger.test_verify import as_superuser
from tests.rewards.counter import NOW, SHOP, balance, copies, gone, is_exact, joins
from tests.rewards.lucky import LUCK, PROGRAMS, Luck, bought, draw, void
from tests.rewards.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def lin() -> None:
    joins("lin", 25)


@pytest.fixture
def luck() -> Luck:
    return LUCK


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
        ("UPDATE rewards_draw SET prize = 'gold'", "prize_differs", "2026-03-01/1"),
        ("UPDATE rewards_draw SET drawn = 'gold', prize = 'points'", "prize_differs", "2026-03-01/1"),
        ("UPDATE rewards_draw SET prize = 'the cup'", "prize_earlier", "2026-03-01/1"),
        ("UPDATE rewards_draw SET version = 7", "version_unknown", "2026-03-01/1"),
        ("UPDATE rewards_draw SET number = 2, drawn = ''", "gap", "2026-03-01"),
        ("UPDATE rewards_seed SET seed = digest WHERE day = '2026-03-01'", "digest_differs", "2026-03-01"),
        ("UPDATE rewards_seed SET sealed = digest WHERE day = '2026-03-01'", "seed_missing", "2026-03-01"),
        ("DELETE FROM rewards_seed WHERE day = '2026-03-01'", "seed_missing", "2026-03-01"),
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
