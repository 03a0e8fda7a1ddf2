"""Two members become one in the ledger, and two again: both chains prove their entries, whatever arrives when."""

import random
from threading import Barrier, Thread

import msgspec
import pytest
from django.db import connection, transaction

from regulars.engine.account import Account
from regulars.engine.decide import Refusal
from regulars.engine.facts import Fact, Merge, Unmerge
from regulars.engine.fold import fold
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from regulars.engine.together import retold
from regulars.ledger import codec, load, orders, uniting
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import advance_due
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import at, member, order, refund
from tests.ledger.test_every_fact import NOW, PROGRAMS, happened

pytestmark = pytest.mark.django_db(transaction=True)

ANN, BEN = str(member("ann")), str(member("ben"))
MERGE = Merge("M-1", BEN, ANN, at("2026-02-17 12:00"), BEN, "same_person", "owner")
UNMERGE = Unmerge("U-1", "M-1", at("2026-03-05 18:00"), "mistake", "owner")


def facts_of(name: str) -> list[Fact]:
    unpaid = order(f"{name}-U", "2026-02-01 12:00", 100, paid_at=None)
    return [*happened(name), unpaid, refund(f"{name}-C", "2026-03-07 12:00")]


def take(*facts: tuple[str, Fact]) -> None:
    with transaction.atomic():
        receipts = record(raw(), PROGRAMS, [Incoming(member(name), fact) for name, fact in facts], NOW)
    assert {receipt.outcome for receipt in receipts} == {"recorded"}


def account(name: str) -> Account:
    with transaction.atomic():
        return load.accounts(raw(), 1, {member(name): False})[member(name)].account


def expected(name: str, is_parted: bool) -> Account:
    """Folded by the engine alone, from what a member's history should hold."""
    other = "ben" if name == "ann" else "ann"
    facts: list[Fact] = [*facts_of(name), msgspec.structs.replace(MERGE, me=str(member(name)))]
    facts += [UNMERGE] if is_parted else []
    if name == "ann" or is_parted:
        told = [retold(fact, str(member(other)), str(member(name))) for fact in facts_of(other)]
        facts += [fact for fact in told if fact is not None]
    tape = Tape(PROGRAMS, Account())
    fold(tape, unrolled(facts), NOW)
    return tape.account


def everything(is_parted: bool) -> list[tuple[str, Fact]]:
    told: list[tuple[str, Fact]] = [(name, fact) for name in ("ann", "ben") for fact in facts_of(name)]
    return [*told, ("ben", MERGE), *([("ann", UNMERGE)] if is_parted else [])]


def in_time(told: list[tuple[str, Fact]]) -> list[list[tuple[str, Fact]]]:
    return [[one] for one in sorted(told, key=lambda one: codec.occurred_at(one[1]) or at("2026-02-01 12:00"))]


def shuffled(told: list[tuple[str, Fact]]) -> list[list[tuple[str, Fact]]]:
    """What ends a merge is never learned before it began."""
    random.Random(5).shuffle(told)
    ends = [one for one in told if isinstance(one[1], Unmerge)]
    place = next(place for place, one in enumerate(told) if isinstance(one[1], Merge))
    rest = [one for one in told if one not in ends]
    return [[one] for one in (*rest[: place + 3], *ends, *rest[place + 3 :])]


@pytest.mark.parametrize("is_parted", [False, True])
@pytest.mark.parametrize("arrival", [in_time, shuffled, lambda told: [told]])
def test_the_order_of_arrival_does_not_matter(arrival, is_parted: bool):
    for batch in arrival(everything(is_parted)):
        take(*batch)
    while advance_due(raw(), PROGRAMS, NOW):
        pass
    assert account("ann") == expected("ann", is_parted)
    assert account("ben") == expected("ben", is_parted)
    verdict = verify(raw(), PROGRAMS)
    assert verdict.findings == []
    assert all(points == 0 for (_, place), points in verdict.places.items() if place == "merged")


def test_orders_are_found_with_whom_they_are_part_of():
    for batch in in_time(everything(False)):
        take(*batch)
    with transaction.atomic():
        found = orders.order(raw(), 1, "web/ben-B")
        assert found is not None
        assert found[0] == member("ann")
        assert found[1].returned
        assert [row[0] for row in rows(raw(), "SELECT DISTINCT member_id FROM ledger_order", [])] == [member("ann")]


def test_a_merge_is_decided_under_both_locks_and_undone_in_turn():
    for batch in in_time([(name, fact) for name in ("ann", "ben") for fact in facts_of(name)]):
        take(*batch)
    with transaction.atomic():
        unknown = uniting.unmerge(raw(), PROGRAMS, member("ann"), Unmerge("U", "M", 0), NOW)
        assert unknown == Refusal("merge_unknown", {})
        done = uniting.merge(raw(), PROGRAMS, member("ann"), member("ben"), asked("M"), NOW)
        assert isinstance(done, Merge)
        again = uniting.merge(raw(), PROGRAMS, member("ann"), member("ben"), asked("M2"), NOW)
        assert again == Refusal("already_one", {})
    with transaction.atomic():
        assert isinstance(
            uniting.unmerge(raw(), PROGRAMS, member("ann"), Unmerge("U", "M", 0, "mistake", "o"), NOW), Unmerge
        )
    with transaction.atomic():
        back = uniting.merge(raw(), PROGRAMS, member("ben"), member("ann"), asked("M3"), NOW)
        assert isinstance(back, Merge)
    assert account("ann").into == BEN
    assert verify(raw(), PROGRAMS).findings == []


def asked(key: str) -> Merge:
    return Merge(key, "", "", 0, "", "same_person", "owner")


def test_members_who_are_one_may_be_written_by_two_at_once():
    """Whoever comes second waits, or is told to try again; nobody waits for ever."""
    for batch in in_time(everything(False)):
        take(*batch)
    start, seen = Barrier(2), []

    def buy(name: str) -> None:
        start.wait()
        try:
            for number in range(10):
                fact = order(f"{name}-late-{number}", "2026-02-10 12:00", 100)
                while True:
                    try:
                        take((name, fact))
                        break
                    except Exception as error:
                        seen.append(type(error).__name__)
                        if len(seen) > 500:
                            raise
        finally:
            connection.close()

    threads = [Thread(target=buy, args=(name,)) for name in ("ann", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account("ann").orders == expected("ann", False).orders + 20
    assert verify(raw(), PROGRAMS).findings == []
