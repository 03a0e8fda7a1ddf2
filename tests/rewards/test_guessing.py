"""Guesses are counted for everybody, whatever becomes of the transaction in which one was made."""

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from regulars.ledger.connect import raw, rows, run
from regulars.rewards import guessing
from regulars.rewards.guessing import LIMIT, MADE_UP

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = LIMIT // MADE_UP


def guess(times: int, asker: str = "till lin") -> None:
    for _ in range(times):
        guessing.note(1, asker, MADE_UP)


def later() -> None:
    run(raw(), "UPDATE rewards_guess SET until = until - make_interval(secs => %s)", [guessing.WINDOW_SECONDS])


def test_whoever_guesses_is_stopped_and_nobody_else() -> None:
    guess(TRIES - 1)
    assert not guessing.too_many(1, "till lin")
    guess(1)
    assert guessing.too_many(1, "till lin")
    assert not guessing.too_many(1, "till wang")
    assert not guessing.too_many(2, "till lin")


def test_another_process_knows_of_it_and_forgetting_caches_do_not_matter() -> None:
    guess(TRIES)
    cache.clear()
    connection.close()
    assert guessing.too_many(1, "till lin")


def test_a_refused_request_does_not_undo_the_count() -> None:
    with transaction.atomic():
        guess(TRIES)
        transaction.set_rollback(True)
    assert guessing.too_many(1, "till lin")


def test_when_the_window_is_over_all_begins_anew_and_nothing_is_kept() -> None:
    guess(TRIES)
    guess(1, "till wang")
    later()
    assert not guessing.too_many(1, "till lin")
    guess(TRIES - 1)
    assert not guessing.too_many(1, "till lin")
    assert rows(raw(), "SELECT asker FROM rewards_guess") == [("till lin",)]
