"""Budgets in the ledger: shared by members who come at once, and never overdrawn."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import ProgrammingError, connection, transaction

from regulars.engine.budgets import Share
from regulars.engine.facts import Activity, Fact, Merge, Redemption, Restoration
from regulars.engine.grammar import read
from regulars.engine.packing import packed
from regulars.engine.program import Programs
from regulars.ledger import load, resume, uniting
from regulars.ledger.claims import BUSY
from regulars.ledger.connect import raw, rows, run
from regulars.ledger.deciding import tape_for
from regulars.ledger.due import advance_due
from regulars.ledger.queries import quote, refund_quote
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import DOCUMENT, NOW, at, member, order, refund

pytestmark = pytest.mark.django_db(transaction=True)

CAMPAIGNS = DOCUMENT | {
    "enrolment": "first order",
    "campaigns": [
        {"campaign": "spring", "budget": "300 points"},
        {"campaign": "daily", "budget": "70 points", "per": "day", "at_end": "all_or_nothing"},
    ],
    "earn": [
        {"rule": "rate", "campaign": "spring", "give": "1 point per 10 TWD"},
        {"rule": "gift", "campaign": "daily", "give": "15 points", "limit": "2 per day"},
        {"rule": "goal", "campaign": "spring", "goal": {"orders": "2", "repeat": "true"}, "give": "20 points"},
        {"rule": "visit", "campaign": "daily", "on": "activity visit", "give": "10 points"},
    ],
}
PROGRAMS = Programs(1, [read(CAMPAIGNS)])


def take(*told: tuple[str, Fact], now: int = NOW) -> list[Receipt]:
    """Record, again as often as somebody else gets in between."""
    for _ in range(50):
        try:
            with transaction.atomic():
                return record(raw(), PROGRAMS, [Incoming(member(name), fact) for name, fact in told], now)
        except BUSY:
            continue
    raise AssertionError("busy for ever")


def used() -> dict[str, int]:
    return dict(rows(raw(), "SELECT budget, used FROM ledger_budget WHERE used > 0"))


def earned(receipt: Receipt) -> int:
    return sum(entry.points for entry in receipt.entries if entry.kind == "earn" and entry.identity.endswith("|rate"))


def test_two_who_come_at_once_share_the_last_points():
    take(("ann", order("A", "2026-01-10 12:00", 2900)))

    def buy(name: str) -> int:
        try:
            return earned(take((name, order(f"{name}-1", "2026-01-11 12:00", 80)))[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        points = list(pool.map(buy, [f"m{n}" for n in range(8)]))
    assert sorted(points) == [0, 0, 0, 0, 0, 0, 2, 8]
    assert used()["spring"] == 300
    assert verify(raw(), PROGRAMS).is_exact


def test_a_batch_shares_too_and_room_that_comes_back_is_drawn_again():
    first = take(*[(name, order(name, "2026-01-10 12:00", 2000)) for name in ("ann", "ben", "cyd")])
    assert sorted(earned(receipt) for receipt in first) == [0, 100, 200]
    take(("ann", refund("ann", "2026-01-11 12:00", quantity=2)), ("ben", refund("ben", "2026-01-11 12:00", quantity=2)))
    assert earned(take(("dan", order("D", "2026-01-12 12:00", 1500)))[0]) == 150
    assert verify(raw(), PROGRAMS).is_exact


def happened(choose: random.Random) -> list[tuple[str, Fact]]:
    found: list[tuple[str, Fact]] = []
    for number in range(40):
        name = choose.choice(["ann", "ben", "cyd", "dan"])
        day = f"2026-0{choose.randint(1, 4)}-{choose.choice([10, 11, 12])}"
        key, kind = f"{name}-{choose.randint(1, 4)}", choose.random()
        if kind < 0.5:
            paid = f"2026-0{key[-1]}-10 12:00"
            version_at = max(at(f"{day} 12:00"), at(paid)) + number
            more = {"corrects": choose.random() < 0.25, "cancelled": choose.random() < 0.1}
            found.append((name, order(key, paid, choose.choice([150, 640, 990]), version_at=version_at, **more)))
        elif kind < 0.75:
            found.append((name, refund(key, f"{day} 18:00", quantity=choose.randint(1, 2), name=f"R{number}")))
        else:
            found.append((name, Activity(f"V{number}", "visit", at(f"{day} 10:00"))))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_whatever_arrives_when_budgets_hold_and_the_ledger_is_exact(seed: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(resume, "CHECKPOINTS_FROM", choice := random.Random(seed).choice([0, 3, 200]))
    choose = random.Random(seed * 1000 + choice)
    told = happened(choose)
    if seed % 3:
        choose.shuffle(told)
    while told:
        batch, told = told[: (size := choose.choice([1, 1, 3, 8]))], told[size:]
        take(*batch)
        assert all(points <= (300 if budget == "spring" else 70) for budget, points in used().items())
        if choose.random() < 0.2:
            advance_due(raw(), PROGRAMS, NOW)
    verdict = verify(raw(), PROGRAMS)
    assert not verdict.findings
    assert verdict.entries > 20


def test_rulings_are_only_added():
    take(("ann", order("A", "2026-01-10 12:00", 2000)))
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("UPDATE ledger_ruling SET drawn = 0")
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("DELETE FROM ledger_ruling")


def test_a_budget_that_was_changed_by_hand_is_found():
    take(("ann", order("A", "2026-01-10 12:00", 2000)))
    run(raw(), "UPDATE ledger_budget SET used = 199 WHERE budget = 'spring'")
    assert [(one.code, one.row) for one in verify(raw(), PROGRAMS).findings] == [("budget_differs", "spring")]
    run(raw(), "UPDATE ledger_budget SET used = 301 WHERE budget = 'spring'")
    assert {one.code for one in verify(raw(), PROGRAMS).findings} == {"budget_differs", "budget_exceeded"}


def test_a_ruling_that_was_added_by_hand_is_found():
    take(("ann", order("A", "2026-01-10 12:00", 2000)))
    run(
        raw(),
        """
        INSERT INTO ledger_ruling SELECT program_id, member_id, budget, cause, rule, 2, '\\x90', 0, recorded_at
        FROM ledger_ruling WHERE rule = 'rate'
    """,
    )
    codes = {one.code for one in verify(raw(), PROGRAMS).findings}
    assert {"ruling_differs", "budget_differs", "points_differ"} <= codes


def test_a_quote_knows_what_others_drew_and_what_the_member_was_granted():
    for name in ("ann", "ben"):
        take((name, order(name, "2026-01-10 12:00", 2000)))
    cart = order("C", "2026-01-12 12:00", 500)
    assert quote(raw(), PROGRAMS, member("cyd"), cart, NOW).budgets["spring"] == Share(50, 0, 0, 300)
    late = order("D", "2026-01-09 12:00", 500)
    assert quote(raw(), PROGRAMS, member("ben"), late, NOW).budgets["spring"].granted == 0
    returned = refund_quote(raw(), PROGRAMS, member("ben"), refund("ben", "2026-01-13 12:00", quantity=2), NOW)
    assert returned.goes_back["points"] == 100 + 15, "as much as the budget and the gift of that day had granted"


def test_members_who_become_one_keep_what_each_was_granted():
    take(("ann", order("A", "2026-01-10 12:00", 2000)))
    take(("ben", order("B", "2026-01-10 12:00", 2000)))
    with transaction.atomic():
        asked = Merge("M-1", "", "", 0, "", "same_person", "owner")
        assert isinstance(
            uniting.merge(raw(), PROGRAMS, member("ann"), member("ben"), asked, at("2026-02-01 12:00")), Merge
        )
    assert verify(raw(), PROGRAMS).is_exact
    assert used()["spring"] == 300
    whole = refund("B", "2026-02-02 12:00", quantity=2)
    assert refund_quote(raw(), PROGRAMS, member("ann"), whole, at("2026-02-02 12:00")).goes_back["points"] == 100 + 15
    take(("ben", refund("B", "2026-02-02 12:00", quantity=1)))
    assert (used()["spring"], verify(raw(), PROGRAMS).findings) == (300, []), "100 of 200 were granted, and are kept"
    take(("ben", refund("B", "2026-02-03 12:00", quantity=1, name="R2")))
    assert (used()["spring"], verify(raw(), PROGRAMS).findings) == (200, [])
    take(("ben", order("C", "2026-01-05 12:00", 500)))
    assert (used()["spring"], verify(raw(), PROGRAMS).findings) == (270, []), "50 for it, and 20 for two orders"


def test_what_is_given_back_to_members_who_are_one_is_weighed_by_what_budgets_gave_to_both():
    take(("ann", order("A", "2026-12-01 12:00", 2000)))
    take(("ben", order("B", "2026-12-02 12:00", 2000)))
    with transaction.atomic():
        asked = Merge("M", str(member("ben")), str(member("ann")), NOW, str(member("ben")), "same_person", "mei")
        uniting.merge(raw(), PROGRAMS, member("ann"), member("ben"), asked, NOW)
    take(("ann", Redemption("D", "points", 300, NOW + 10)), now=NOW + 20)
    with transaction.atomic():
        stored = load.accounts(raw(), 1, {member("ann"): False})[member("ann")]
        folded = tape_for(raw(), PROGRAMS, stored, [Restoration("V", "D", NOW + 30)])
    assert packed(folded.account) == packed(stored.account)
    assert folded.spent["D"].short == 0
