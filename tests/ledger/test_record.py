"""What record() promises: idempotent, newest version wins, late facts written as the difference."""

import random

import pytest
from msgspec.structs import replace

from regulars.engine.fold import apply
from regulars.ledger import resume
from regulars.ledger.connect import raw
from regulars.ledger.load import checkpoints
from regulars.ledger.orders import entries_about
from regulars.ledger.queries import entries, statement
from regulars.ledger.verify import verify
from tests.ledger.shop import NOW, PROGRAMS, at, enrolment, ledger, let_time_pass, member, order, put, refund

pytestmark = pytest.mark.django_db


def balances(name="lin", now=NOW):
    found = statement(raw(), PROGRAMS, member(name), now)
    wallet = found.balances["points"]
    return wallet.available, wallet.pending, wallet.deficit


def net_entries(name="lin"):
    sums = {}
    for line in entries(raw(), 1, member(name), None, 10_000):
        entry = line.entry
        low, high = sorted((entry.source, entry.target))
        key = (entry.identity, entry.wallet, low, high, entry.occurred_at)
        sums[key] = sums.get(key, 0) + (entry.points if entry.source == low else -entry.points)
    return {key: points for key, points in sums.items() if points}


def test_an_order_earns_and_its_entries_add_up():
    (receipt,) = put("lin", order("A", "2026-12-30 10:00", 998, 350))
    assert receipt.outcome == "recorded"
    assert [(entry.identity, entry.points) for entry in receipt.entries] == [
        ("enrolment:first-order|welcome", 10),
        ("order:web/A|base", 13),
        ("order:web/A|tea", 13),
    ]
    assert balances() == (10, 26, 0)


def test_the_same_order_again_changes_nothing():
    put("lin", order("A", "2026-12-30 10:00", 998))
    before = ledger()
    (receipt,) = put("lin", order("A", "2026-12-30 10:00", 998))
    assert receipt.outcome == "repeated"
    assert ledger() == before


def test_an_older_snapshot_is_stale():
    put("lin", order("A", "2026-12-30 10:00", 998, version_at=at("2026-12-30 12:00")))
    before = ledger()
    (receipt,) = put("lin", order("A", "2026-12-30 10:00", 500, version_at=at("2026-12-30 11:00")))
    assert receipt.outcome == "stale"
    assert ledger() == before


def test_other_content_under_the_same_version_is_refused():
    put("lin", order("A", "2026-12-30 10:00", 998))
    before = ledger()
    (receipt,) = put("lin", order("A", "2026-12-30 10:00", 500))
    assert (receipt.outcome, receipt.code) == ("refused", "version_conflict")
    assert ledger() == before


def test_other_content_read_under_the_same_version_is_a_newer_reading():
    put("lin", order("A", "2026-12-30 10:00", 998))
    (receipt,) = put("lin", order("A", "2026-12-30 10:00", 500), version="read")
    assert receipt.outcome == "recorded"
    assert balances() == (10, 10, 0)


def test_an_undated_snapshot_with_the_same_content_is_a_repeat():
    put("lin", order("A", "2026-12-30 10:00", 998), version="unknown")
    later = order("A", "2026-12-30 10:00", 998, version_at=at("2026-12-31 10:00"))
    assert put("lin", later, version="unknown")[0].outcome == "repeated"


def test_a_fact_too_far_in_the_future_is_refused_and_a_slightly_fast_clock_is_read_as_now():
    far, near = order("A", "2026-12-31 12:06", 998), order("B", "2026-12-31 12:04", 998)
    refused, recorded = put("lin", far, near)
    assert (refused.code, recorded.outcome) == ("too_far_in_future", "recorded")
    assert {entry.occurred_at for entry in recorded.entries} == {NOW}


def test_an_order_from_a_clock_that_runs_ahead_is_a_repeat_when_it_comes_again():
    ahead = order("A", "2026-12-31 12:04", 998)
    put("lin", ahead)
    before = ledger()
    assert [put("lin", ahead, now=NOW + wait * 1_000_000)[0].outcome for wait in (0, 1, 100, 600)] == ["repeated"] * 4
    assert ledger() == before
    (other,) = put("lin", order("A", "2026-12-31 12:04", 500), now=NOW + 1_000_000)
    assert other.code == "version_conflict"
    assert ledger() == before


def test_versions_from_a_clock_that_runs_ahead_keep_their_order():
    first = order("A", "2026-12-31 11:00", 998, version_at=at("2026-12-31 12:02"))
    second = order("A", "2026-12-31 11:00", 500, version_at=at("2026-12-31 12:03"))
    assert [receipt.outcome for receipt in put("lin", first, second)] == ["recorded", "recorded"]
    assert balances() == (10, 10, 0)
    assert verify(raw(), PROGRAMS).findings == []
    assert put("lin", first)[0].outcome == "stale"


def test_a_refund_that_stands_before_its_order_in_one_batch_counts():
    receipts = put("lin", refund("A", "2026-12-30 10:00"), order("A", "2026-12-29 10:00", 1000))
    assert [receipt.outcome for receipt in receipts] == ["recorded", "recorded"]
    assert balances() == (10, 10, 0)
    assert verify(raw(), PROGRAMS).findings == []


def test_a_refund_of_an_order_that_nobody_knows_is_refused_without_a_member():
    before = ledger()
    (receipt,) = put(None, refund("A", "2026-12-30 10:00"))
    assert (receipt.outcome, receipt.code) == ("refused", "order_unknown")
    assert ledger() == before


def test_several_refunds_before_their_order_wait_for_it():
    put("lin", refund("A", "2026-01-12 10:00", name="R1"))
    assert [receipt.outcome for receipt in put("lin", refund("A", "2026-01-13 10:00", name="R2"))] == ["recorded"]
    put("lin", order("A", "2026-01-10 10:00", 1000))
    assert verify(raw(), PROGRAMS).is_exact
    assert statement(raw(), PROGRAMS, member("lin"), NOW).account.spend == 0


def test_a_refund_before_its_order_waits_for_it():
    put("lin", refund("A", "2026-12-30 10:00"))
    put("lin", order("A", "2026-12-29 10:00", 1000))
    assert balances() == (10, 10, 0)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_refund_of_an_order_that_is_not_paid_yet_waits_for_the_payment(size):
    paid = order("A", "2026-01-05 10:00", 1000, 500)
    facts = [replace(paid, paid_at=None, version_at=at("2026-01-04 10:00")), refund("A", "2026-01-06 10:00"), paid]
    for start in range(0, 3, size):
        put("lin", *facts[start : start + size])
    assert balances(now=at("2026-01-07 10:00")) == (10, 20, 0)
    assert verify(raw(), PROGRAMS).findings == []


def test_an_order_of_another_member_is_refused():
    put("lin", order("A", "2026-12-30 10:00", 998))
    before = ledger()
    (receipt,) = put("mei", order("A", "2026-12-30 10:00", 998, version_at=at("2026-12-31 10:00")))
    assert (receipt.outcome, receipt.code) == ("refused", "order_of_other_member")
    assert ledger() == before


def test_a_guest_order_is_kept_and_earns_nothing():
    (receipt,) = put(None, order("A", "2026-12-30 10:00", 998))
    assert (receipt.outcome, receipt.entries) == ("recorded", ())
    (repeat,) = put(None, order("A", "2026-12-30 10:00", 998))
    assert (repeat.outcome, repeat.member_id) == ("repeated", receipt.member_id)


FACTS = [
    enrolment("lin", "2026-01-01 09:00"),
    order("A", "2026-01-05 10:00", 998, 350),
    order("B", "2026-01-20 10:00", 4000, 120),
    refund("A", "2026-01-25 10:00"),
    order("C", "2026-02-28 23:59", 777),
    refund("B", "2026-03-01 00:00", quantity=2),
    order("B", "2026-01-20 10:00", 4000, version_at=at("2026-03-02 10:00")),
    order("D", "2026-06-30 10:00", 1500),
]


@pytest.mark.parametrize("checkpoints_from", [0, 3, resume.CHECKPOINTS_FROM])
@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_arrival_gives_the_same_account_and_the_same_net_entries(seed, checkpoints_from, monkeypatch):
    monkeypatch.setattr(resume, "CHECKPOINTS_FROM", checkpoints_from)
    put("lin", *FACTS)
    let_time_pass()
    shuffled = [fact for fact in FACTS if fact.key != "web/B"]
    random.Random(seed).shuffle(shuffled)
    # Snapshots of one order arrive in the order of their versions: an older one that comes late is dropped.
    place = seed % (len(shuffled) + 1)
    shuffled[place:place] = [fact for fact in FACTS if fact.key == "web/B"]
    for number, fact in enumerate(shuffled):
        put("mei", _renamed(fact), now=NOW)
        if number % 3 == 0:
            let_time_pass()
    let_time_pass()
    assert balances("mei") == balances("lin")
    assert verify(raw(), PROGRAMS).findings == []
    assert {(_plain(key), points) for key, points in net_entries("mei").items()} == {
        (_plain(key), points) for key, points in net_entries("lin").items()
    }


def _renamed(fact):
    """The same fact for another member: keys are unique in a program."""
    changes = {"key": fact.key.replace("web/", "pos/")}
    if hasattr(fact, "order"):
        changes["order"] = fact.order.replace("web/", "pos/")
    return replace(fact, **changes)


def _plain(key):
    return (key[0].replace("pos/", "web/"), *key[1:])


def test_a_late_order_corrects_what_was_expired_since():
    put("lin", order("A", "2026-01-05 10:00", 1000))
    let_time_pass()
    assert balances() == (0, 0, 0)
    put("lin", order("B", "2026-01-06 10:00", 500))
    expired = [line.entry for line in entries(raw(), 1, member("lin"), None, 50) if line.entry.kind == "correct"]
    assert [(entry.identity, entry.points) for entry in expired] == [("expire:points/2026-04-30|", 10)]
    assert balances() == (0, 0, 0)


def test_running_balances_never_dip():
    for fact in reversed(FACTS):
        put("lin", fact)
        let_time_pass()
    lines = entries(raw(), 1, member("lin"), None, 10_000)
    assert all(line.available >= 0 and line.pending >= 0 for line in lines)


def test_a_late_fact_of_a_member_with_a_long_history_resumes_from_a_checkpoint(monkeypatch):
    monkeypatch.setattr(resume, "CHECKPOINTS_FROM", 3)
    for month in range(1, 10):
        put("lin", order(f"A{month}", f"2026-{month:02}-10 10:00", 1000 + month))
    states = [at for at, _ in checkpoints(raw(), 1, member("lin"), NOW)]
    assert states == [at(f"2026-{month:02}-01 00:00") for month in range(9, 3, -1)]
    folded = []
    monkeypatch.setattr(resume, "apply", lambda tape, step: (folded.append(step.fact.key), apply(tape, step)))
    put("lin", order("late", "2026-08-20 10:00", 500))
    assert folded == ["web/A8", "web/late", "web/A9"]
    assert verify(raw(), PROGRAMS).findings == []
    put(
        "lin",
        order("later", "2026-05-20 10:00", 500),
        order("A6", "2026-06-11 10:00", 5000, version_at=NOW, corrects=True),
    )
    assert folded[3:] == ["web/A5", "web/later", "web/A6", "web/A7", "web/A8", "web/late", "web/A9"]
    assert verify(raw(), PROGRAMS).findings == []


def test_a_corrected_order_changes_the_past():
    put("lin", order("A", "2026-01-05 10:00", 1000))
    let_time_pass()
    fixed = order("A", "2026-12-28 10:00", 300, version_at=at("2026-12-29 10:00"), corrects=True)
    put("lin", fixed)
    assert balances() == (10, 6, 0)


def test_an_order_is_paid_later_than_it_is_first_seen():
    put("lin", order("A", "2026-12-01 10:00", 1000, paid_at=None))
    assert balances() == (0, 0, 0)
    put("lin", order("A", "2026-12-02 10:00", 1000))
    assert balances(now=at("2026-12-02 11:00")) == (10, 20, 0)


def test_a_batch_may_hold_several_versions_and_refunds_of_one_order():
    first = order("A", "2026-12-30 10:00", 1000)
    second = order("A", "2026-12-30 10:00", 1000, 500, version_at=at("2026-12-30 11:00"))
    receipts = put("lin", first, second, refund("A", "2026-12-30 12:00", quantity=2))
    assert [receipt.outcome for receipt in receipts] == ["recorded"] * 3
    assert balances() == (10, 10, 0)


def test_entries_about_an_order_hold_its_refunds_and_edits_and_nothing_else():
    put(
        "lin",
        order("A", "2026-01-05 10:00", 998, 350),
        order("A/B", "2026-01-05 11:00", 700),
        order("A1", "2026-01-05 12:00", 700),
    )
    put("lin", refund("A", "2026-01-06 10:00", name="R1"), refund("A", "2026-02-06 10:00", line="2", name="R2"))
    put("lin", order("A", "2026-01-05 10:00", 998, version_at=at("2026-03-01 10:00")))
    causes = {line.entry.identity.partition("|")[0] for line in entries_about(raw(), 1, "web/A")}
    assert causes == {
        "order:web/A",
        "mature:web/A",
        "refund:web/A/R1",
        "refund:web/A/R2",
        f"edit:web/A@{at('2026-03-01 10:00')}.0",
    }
