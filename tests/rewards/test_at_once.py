"""Many tills at once, each with a connection of its own: never more is spent than there is, whatever happens beside."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.ledger.claims import is_busy
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import advance_due
from regulars.rewards.actions import batches, checkouts
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.refusing import Refused
from tests.rewards.counter import (
    MINUTE,
    NOW,
    PROGRAMS,
    asked,
    balance,
    capture,
    code,
    gives,
    gone,
    hold,
    is_exact,
    joins,
    redeem,
    release,
    reward,
    void,
)

pytestmark = pytest.mark.django_db(transaction=True)

# As many as a server has threads; whoever comes meanwhile waits for one of them.
CONNECTIONS = 24
BOUNDS = "SET lock_timeout = '2s'; SET statement_timeout = '20s'"


def at_once(act: Callable[[int], Any], count: int) -> Counter[str]:
    """Do it so many times in threads of their own, again when told to come back; what came of it, by outcome."""
    seats = threading.BoundedSemaphore(CONNECTIONS)

    def one(number: int) -> str:
        with seats:
            try:
                raw().execute(BOUNDS)
                return patient(act, number)
            finally:
                connection.close()

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


def patient(act: Callable[[int], Any], number: int) -> str:
    for _ in range(200):
        try:
            return str(getattr(act(number), "state", "done"))
        except Refused as refused:
            return refused.code
        except Exception as error:
            if not is_busy(error):
                raise
    return "busy"


def beside(act: Callable[[], Any]) -> tuple[threading.Thread, threading.Event]:
    """Something that goes on in the background until it is told to stop."""
    stop = threading.Event()

    def go_on() -> None:
        try:
            while not stop.wait(0.01):
                act()
        finally:
            connection.close()

    thread = threading.Thread(target=go_on)
    thread.start()
    return thread, stop


def let_lots_expire(until: int) -> None:
    """As the job does with what is due by then."""
    with transaction.atomic():
        advance_due(raw(), PROGRAMS, until, limit=5)


def members_with(points: int, names: Iterable[str]) -> None:
    for name in names:
        joins(name, points)


def test_two_hundred_who_spend_one_balance_that_is_enough_for_seven():
    joins("lin", 4 * 7 + 3)
    came = at_once(lambda number: redeem(reward("cake")), 200)
    assert came == {"captured": 7, "not_enough_points": 193}
    assert balance() == (3, 0)
    assert is_exact()


def test_the_same_while_the_job_writes_off_what_has_expired():
    """Ten points ran out the night before, and nobody has written that down yet."""
    for name in ("lin", *(f"m{number}" for number in range(40))):
        joins(name, 10, since="2025-11-20 12:00")
        gives(name, 4 * 7, "2026-02-20 12:00")
    thread, stop = beside(lambda: let_lots_expire(NOW))
    try:
        came = at_once(lambda number: redeem(reward("cake")), 100)
    finally:
        stop.set()
        thread.join()
    assert came == {"captured": 7, "not_enough_points": 93}
    assert is_exact()


def test_nothing_is_spent_that_runs_out_meanwhile():
    """Everything there is expires while it is being spent: each point once, one way or the other."""
    joins("lin", 4 * 60)
    spent = threading.Event()

    def act(number: int) -> Any:
        if number == 20:
            spent.set()
        return redeem(reward("cake"))

    def expire() -> None:
        if spent.is_set():
            let_lots_expire(NOW + 120 * 24 * 60 * MINUTE)

    thread, stop = beside(expire)
    try:
        came = at_once(act, 60)
    finally:
        stop.set()
        thread.join()
    let_lots_expire(NOW + 120 * 24 * 60 * MINUTE)
    assert came["captured"] + came["not_enough_points"] == 60
    moved = dict(rows(raw(), "SELECT kind, sum(points)::bigint FROM ledger_entry GROUP BY 1"))
    assert moved["redeem"] == 4 * came["captured"]
    assert moved.get("expire", 0) == 4 * 60 - 4 * came["captured"]
    assert balance() == (0, 0)
    assert is_exact()


def test_sixty_four_checkouts_that_hold_the_last_ten_pieces():
    members_with(10, [f"m{number}" for number in range(64)])
    came = at_once(lambda number: hold(reward("cup"), who=f"m{number}"), 64)
    assert came == {"held": 10, "out_of_stock": 54}
    assert gone("stock:cup") == (0, 10)
    assert is_exact()


def test_one_checkout_that_is_captured_released_and_voided_at_once():
    for number in range(6):
        joins(f"m{number}", 10)
        held = hold(reward("cup"), who=f"m{number}")
        acts = [capture, release, capture, release, capture, release]
        came = at_once(lambda place, held=held, acts=acts: acts[place](held), 6)
        assert came["captured"] + came["released"] == 1
        taken, reserved = gone("stock:cup")
        assert (taken, reserved) == (came["captured"], 0)
        if came["captured"]:
            void(held, NOW + 1)
        assert balance(f"m{number}") == (10, 0)
        assert gone("stock:cup") == (0, 0)
    assert is_exact()


def test_whoever_is_killed_in_between_leaves_nothing_behind():
    """Every third connection is ended by the server in the middle of its transaction."""
    joins("lin", 4 * 7)
    killed = threading.Semaphore(30)

    def act(number: int) -> Any:
        if number % 3 == 0 and killed.acquire(blocking=False):
            with transaction.atomic():
                redeem(reward("cake"))
                [(process,)] = rows(raw(), "SELECT pg_backend_pid()")
                rows(raw(), "SELECT pg_terminate_backend(%s)", [process])
        return redeem(reward("cake"))

    def surviving(number: int) -> Any:
        try:
            return act(number)
        except Exception as error:
            if "terminat" not in str(error).lower():
                raise
            connection.close()
            return redeem(reward("cake"))

    came = at_once(surviving, 60)
    assert came == {"captured": 7, "not_enough_points": 53}
    assert balance() == (0, 0)
    assert is_exact()


def test_a_code_that_another_is_just_bringing_is_kept_once() -> None:
    ours, theirs = (batches.begin_batch(1, Wanted(coupon="first"), "mei", NOW) for _ in range(2))
    with ThreadPoolExecutor(1) as beside_us:
        with transaction.atomic():
            assert batches.import_codes(1, ours, ["HELLO-1"]).kept == 1
            told = beside_us.submit(at_once, lambda _: batches.import_codes(1, theirs, ["HELLO-1", "HELLO-2"]), 1)
            while not rows(raw(), WAITING):
                assert not told.done(), told.result()
        assert told.result() == {"done": 1}
    assert rows(raw(), "SELECT made, wanted FROM rewards_batch ORDER BY id") == [(1, 1), (1, 1)]
    assert rows(raw(), "SELECT count(*) FROM rewards_code") == [(2,)]


WAITING = "SELECT pid FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"


def test_a_quote_waits_for_nobody_and_nobody_waits_for_it() -> None:
    members_with(25, ["lin"])
    batch = batches.begin_batch(1, Wanted(coupon="first", quantity=1), "mei", NOW)
    [[text]] = batches.make_codes(1, batch)
    everything_laid = [reward("cup"), code(text, "2"), code("SPRING10", "3")]
    hold(*everything_laid)

    def quoted() -> list[str]:
        try:
            raw().execute("SET lock_timeout = '200ms'")
            found, refused = checkouts.quote(PROGRAMS, asked(*everything_laid), NOW)
            return [*(one.id for one in found.applied), *(one.code for one in refused)]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        hold(reward("cup"), code("SPRING10", "2"))
        assert pool.submit(quoted).result() == ["1", "3", "code_held"]
    with transaction.atomic():
        checkouts.quote(PROGRAMS, asked(*everything_laid), NOW)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(at_once, lambda _: hold(reward("cake")), 1).result() == {"held": 1}
