"""What two requests do to each other at the very instant that matters, and what happens between a hold and its end."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.engine.facts import Capture
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger import deciding
from regulars.ledger.claims import Contended
from regulars.ledger.connect import raw, rows
from regulars.rewards import copies as own
from regulars.rewards import parts, supplies
from regulars.rewards.actions import batches, checkouts, owning, refunds
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.parts import Kept
from regulars.rewards.queries import history, issued_to
from tests.ledger.shop import at, member, order, refund
from tests.rewards.counter import (
    MINUTE,
    NOW,
    PROGRAMS,
    SHOP,
    asked,
    balance,
    capture,
    copies,
    gone,
    hold,
    is_exact,
    joins,
    put,
    redeem,
    refusal,
    release,
    reward,
    void,
)

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def lin() -> None:
    joins("lin", 25)


def while_it_waits(act: Callable[[], Any], first: Callable[[], Any], then: Callable[[], Any]) -> Any:
    """`first` and `then` in one transaction; between them `act` begins elsewhere, until it waits. What came of it."""

    def elsewhere() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        first()
        came = pool.submit(elsewhere)
        for _ in range(500):
            if rows(raw(), WAITING):
                break
            time.sleep(0.01)
        then()
    return came.result()


def lock_account() -> None:
    deciding.locked(raw(), 1, member("lin"))


def comes_back(number: str, *, before: str = "2026-03-01 11:00") -> str:
    """Lin's order is paid and refunded as a whole."""
    put("lin", order(number, before, 100), refund(number, "2026-03-01 11:30", quantity=2))
    return f"web/{number}"


# Two at once


def test_a_cancel_locks_as_checkouts_do(lin: None):
    given = owning.give(PROGRAMS, member("lin"), "cup", "c", NOW, actor="rules")

    def shelves() -> None:
        lock_account()
        supplies.locked(raw(), 1, ["stock:cup"], NOW)

    came = while_it_waits(
        lambda: owning.cancel(PROGRAMS, given, NOW, actor="mei"),
        shelves,
        lambda: rows(raw(), own.LOCK, [1, [given]]),
    )
    assert (came, copies(), gone("stock:cup")) == (None, [("cup", "cancelled")], (0, 0))


def test_what_is_voided_meanwhile_is_not_undone_again(lin: None):
    done = redeem(reward("cup"), order_key="web/B")
    comes_back("B")
    came = while_it_waits(
        lambda: refunds.follow(PROGRAMS, "web/B", NOW + 2 * MINUTE),
        lock_account,
        lambda: void(done, NOW + MINUTE),
    )
    assert came == 0
    assert [line.what for line in history(1, done.parts[0].issued_id)] == ["issued", "used", "cancelled"]
    assert (balance(), gone("stock:cup")) == ((25, 0), (0, 0))
    assert is_exact()


def test_what_was_cancelled_is_not_cancelled_again_by_the_void_of_its_purchase(lin: None):
    bought = owning.claim(PROGRAMS, member("lin"), "cup", NOW)
    owning.cancel(PROGRAMS, bought.parts[0].issued_id, NOW + 1, actor="mei")
    void(bought, NOW + 2)
    assert [line.what for line in history(1, bought.parts[0].issued_id)] == ["issued", "cancelled"]
    assert (balance(), gone("stock:cup")) == ((25, 0), (0, 0))


# Between a hold and its end


def with_program_changing(*rewards: dict[str, Any]) -> Programs:
    """The rewards are offered until a minute from now, and none afterwards."""
    first = read(SHOP | {"rewards": list(rewards)}, 1, 0)
    return Programs(1, [first, read(SHOP | {"rewards": []}, 2, NOW + MINUTE)])


def test_what_was_held_is_used_as_it_was_when_it_was_held(lin: None):
    programs = with_program_changing({"reward": "ten", "costs": "1 point", "gives": {"discount": "10 TWD"}})
    held = checkouts.hold(programs, asked(reward("ten")), NOW + 10 * MINUTE, NOW)
    checkouts.capture(programs, held.id, NOW + 2 * MINUTE)
    assert copies() == [("ten", "used")]


def test_what_was_held_expires_as_was_said_when_it_was_held(lin: None):
    kept_for = {"reward": "ticket", "costs": "1 point", "gives": {"voucher": "Kino"}, "valid": "30 days"}
    programs = with_program_changing(kept_for)
    held = checkouts.hold(programs, asked(reward("ticket")), NOW + 10 * MINUTE, NOW)
    checkouts.capture(programs, held.id, NOW + 2 * MINUTE)
    [line] = issued_to(1, [member("lin")], NOW + 3 * MINUTE)
    assert (line.state, line.expires_at) == ("issued", at("2026-04-01 00:00"))


def pool(*codes: str) -> int:
    number = batches.begin_batch(1, Wanted(reward="cake"), "mei", NOW)
    batches.import_codes(1, number, codes)
    return number


def codes_of(who: str) -> list[str]:
    return [line.code for line in issued_to(1, [member(who)], NOW + 24 * 60 * MINUTE)]


def test_a_partners_last_code_is_held_by_one(lin: None):
    joins("wang")
    pool("KINO-1")
    held = hold(reward("cake"))
    assert refusal(hold, reward("cake"), who="wang") == "pool_empty"
    assert refusal(redeem, reward("cake"), who="wang") == "pool_empty"
    assert refusal(owning.claim, PROGRAMS, member("wang"), "cake", NOW) == "pool_empty"
    capture(held)
    assert codes_of("lin") == ["KINO-1"]


def test_a_partners_code_that_was_held_is_there_again(lin: None):
    joins("wang")
    pool("KINO-1")
    release(hold(reward("cake")))
    late = hold(reward("cake"), who="wang")
    later = NOW + 10 * MINUTE
    held = hold(reward("cake"), now=later)
    assert refusal(capture, late, later) == "checkout_lapsed"
    capture(held, later)
    assert codes_of("lin") == ["KINO-1"]
    assert refusal(redeem, reward("cake"), who="wang", now=later + 60 * MINUTE) == "pool_empty"


def test_each_that_is_held_has_a_partners_code_of_its_own(lin: None):
    pool("KINO-1", "KINO-2")
    held = hold(reward("cake"), reward("cake", "2"))
    assert refusal(redeem, reward("cake")) == "pool_empty"
    capture(held)
    assert sorted(codes_of("lin")) == ["KINO-1", "KINO-2"]


def test_what_the_ledger_did_not_take_is_not_taken_beside_it(lin: None):
    """Another fact has the key that the capture would have."""
    held = hold(reward("cup"))
    put("lin", Capture(f"{held.facts[0]}/capture", "another", NOW))
    with pytest.raises(Contended):
        capture(held, NOW + 1)
    assert (gone("stock:cup"), copies()) == ((0, 1), [])


@pytest.mark.parametrize("named", ["at the hold", "at the capture"])
def test_what_pays_for_an_order_that_came_back_before_comes_back_too(lin: None, named: str):
    key = comes_back("C")
    held = hold(reward("cup"), order_key=key if named == "at the hold" else "")
    assert state_of(capture(held, NOW + 1, order_key=key)) == "voided"
    assert (balance(), gone("stock:cup"), copies()) == ((25, 0), (0, 0), [("cup", "cancelled")])
    assert is_exact()


def test_so_does_what_is_redeemed_at_once(lin: None):
    assert state_of(redeem(reward("cup"), order_key=comes_back("C"))) == "voided"
    assert (balance(), gone("stock:cup")) == ((25, 0), (0, 0))


def state_of(kept: Kept) -> str:
    """As answered and as kept."""
    stored = parts.read(raw(), 1, kept.id, NOW + MINUTE).state
    assert stored == kept.state
    return stored
