"""Guesses are counted for everybody, whatever becomes of the transaction in which one was made."""

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from regulars.ledger.connect import raw, rows, run
from regulars.rewards import guessing
from regulars.rewards.guessing import CEILING, LIMIT, MADE_UP, Asker

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = LIMIT // MADE_UP
LIN, WANG, GUESTS = Asker("till", "lin"), Asker("till", "wang"), Asker("till", place="north")


def guess(times: int, asker: Asker = LIN) -> None:
    for _ in range(times):
        guessing.note(1, asker, MADE_UP)


def later() -> None:
    run(raw(), "UPDATE rewards_guess SET until = until - make_interval(secs => %s)", [guessing.WINDOW_SECONDS])


def test_whoever_guesses_is_stopped_and_nobody_else() -> None:
    guess(TRIES - 1)
    assert not guessing.too_many(1, LIN)
    guess(1)
    assert guessing.too_many(1, LIN)
    assert guessing.too_many(1, LIN, is_public=True)
    assert not guessing.too_many(1, WANG)
    assert not guessing.too_many(1, GUESTS)
    assert not guessing.too_many(2, LIN)


def test_guests_whom_nobody_tells_apart_do_not_stop_each_other_soon() -> None:
    guess(CEILING // MADE_UP - 1, GUESTS)
    assert not guessing.too_many(1, GUESTS)
    guess(1, GUESTS)
    assert guessing.too_many(1, GUESTS)
    assert not guessing.too_many(1, GUESTS, is_public=True), "what everybody may know is nobody's guess"
    assert not guessing.too_many(1, Asker("till", place="south"))
    assert not guessing.too_many(1, LIN)
    assert not guessing.too_many(1, Asker("till", "session 7"))


def test_a_key_through_which_many_guess_is_reported_and_who_guessed_once_is_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guess(1, WANG)
    for number in range(CEILING // LIMIT):
        assert not guessing.too_many(1, WANG)
        guess(TRIES, Asker("till", f"session {number}"))
    assert guessing.too_many(1, WANG)
    assert not guessing.too_many(1, LIN), "who never guessed is not slowed by others"
    assert not guessing.too_many(1, Asker("other till", "wang"))
    assert [one.levelname for one in caplog.records if "through the key till" in one.message] == ["ERROR"]


def test_another_process_knows_of_it_and_forgetting_caches_do_not_matter() -> None:
    guess(TRIES)
    cache.clear()
    connection.close()
    assert guessing.too_many(1, LIN)


def test_a_refused_request_does_not_undo_the_count() -> None:
    with transaction.atomic():
        guess(TRIES)
        transaction.set_rollback(True)
    assert guessing.too_many(1, LIN)


def test_when_the_window_is_over_all_begins_anew_and_nothing_is_kept() -> None:
    guess(TRIES)
    guess(1, WANG)
    later()
    assert not guessing.too_many(1, LIN)
    guess(TRIES - 1)
    assert not guessing.too_many(1, LIN)
    assert rows(raw(), "SELECT asker FROM rewards_guess ORDER BY 1") == [("till",), ("till lin",)]
