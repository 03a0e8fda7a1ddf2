"""Real threads and connections: what happens at once is as exact as one after the other."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from regulars.ledger.claims import Contended
from regulars.ledger.connect import raw
from regulars.ledger.due import advance_due
from regulars.ledger.queries import statement
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import NOW, PROGRAMS, at, member, order, put_all, refund

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(works):
    def run(work):
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, works))


def recorded(*incoming):
    """Record, trying again as often as another request gets in between; the outcomes."""
    for _ in range(50):
        try:
            return [receipt.outcome for receipt in put_all(incoming)]
        except Contended:
            continue
    raise AssertionError("contended for ever")


def test_the_same_order_at_once_is_recorded_once(db):
    fact = Incoming(member("lin"), order("A", "2026-12-01 10:00", 1000))
    outcomes = at_once([lambda: recorded(fact)] * 16)
    assert sorted(outcomes) == [["recorded"], *([["repeated"]] * 15)]
    assert verify(raw(), PROGRAMS).is_exact


def test_orders_of_one_member_at_once_all_count(db):
    facts = [Incoming(member("lin"), order(f"A{n}", f"2026-12-0{n % 9 + 1} 10:00", 100 + n)) for n in range(32)]
    assert at_once([lambda fact=fact: recorded(fact) for fact in facts]) == [["recorded"]] * 32
    assert statement(raw(), PROGRAMS, member("lin"), NOW).account.orders == 32
    assert verify(raw(), PROGRAMS).is_exact


def test_batches_that_share_members_in_opposite_order_do_not_block_each_other(db):
    def batch(number):
        names = [f"m{n}" for n in range(20)]
        if number % 2:
            names.reverse()
        facts = [Incoming(member(name), order(f"{name}-{number}", "2026-12-01 10:00", 100)) for name in names]
        return lambda: recorded(*facts)

    assert at_once([batch(number) for number in range(16)]) == [["recorded"] * 20] * 16
    assert verify(raw(), PROGRAMS).is_exact


def test_the_job_may_let_time_pass_while_orders_and_refunds_arrive(db):
    facts = []
    for n in range(40):
        number = f"A{n}"
        facts.append(Incoming(member(f"m{n % 4}"), order(number, f"2026-{n % 9 + 1:02}-03 10:00", 500 + n)))
        facts.append(Incoming(None, refund(number, f"2026-{n % 9 + 1:02}-05 10:00")))

    def let_time_pass():
        with transaction.atomic():
            advance_due(raw(), PROGRAMS, at("2026-12-30 00:00"))
        return ["advanced"]

    works = [lambda pair=facts[n : n + 2]: recorded(*pair) for n in range(0, len(facts), 2)]
    at_once([work for pair in zip(works, [let_time_pass] * len(works), strict=True) for work in pair])
    assert verify(raw(), PROGRAMS).is_exact


def test_a_batch_that_fails_leaves_nothing(db):
    class Stop(Exception):
        pass

    def stopped_half_way():
        with transaction.atomic():
            record(raw(), PROGRAMS, [Incoming(member("lin"), order("A", "2026-12-01 10:00", 1000))], NOW)
            raise Stop

    with pytest.raises(Stop):
        stopped_half_way()
    verdict = verify(raw(), PROGRAMS)
    assert (verdict.members, verdict.facts, verdict.entries) == (0, 0, 0)
