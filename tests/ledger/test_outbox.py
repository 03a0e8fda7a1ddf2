"""The outbox: what is announced and withdrawn, who hears of it, and what it does to others."""

import random
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection, transaction

from regulars.engine.calendar import DAY
from regulars.engine.facts import Fact, Order, Referred, Transfer
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger import effects, load, outbox
from regulars.ledger.claims import Contended
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import advance_due
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import DOCUMENT, NOW, at, member, order, refund, settled

pytestmark = pytest.mark.django_db(transaction=True)

FRIENDLY = DOCUMENT | {
    "referral": {},
    "tiers": [],
    "earn": [
        {"rule": "base", "give": "1 point per 100 TWD"},
        {"rule": "friend", "on": "referred", "give": "30 points", "expires": "never"},
        {"rule": "giver", "on": "referral", "give": "40 points", "expires": "never"},
    ],
}
PROGRAMS = Programs(1, [read(FRIENDLY)])
BROUGHT = Referred("mei", str(member("lin")), at("2026-12-01 10:00"))
FIRST, SECOND = order("A", "2026-12-02 10:00", 100), order("B", "2026-12-03 10:00", 100)


def take(name: str, *facts: Fact, now: int = NOW, sends: bool = True) -> None:
    with transaction.atomic():
        receipts = record(raw(), PROGRAMS, [Incoming(member(name), fact) for fact in facts], now, sends)
    assert {one.outcome for one in receipts} == {"recorded"}


def let_time_pass(until: int = NOW) -> None:
    with transaction.atomic():
        while advance_due(raw(), PROGRAMS, until):
            pass


def passed_on() -> int:
    settled()
    return pass_on()


def pass_on() -> int:
    with transaction.atomic():
        return effects.pass_on(raw(), PROGRAMS, NOW)


def heard(reader: str = "mail", limit: int = 100) -> list[tuple[str, bool]]:
    """What a reader reads and delivers: the kind, and whether it is sent."""
    settled()
    return read_now(reader, limit)


def read_now(reader: str = "mail", limit: int = 100) -> list[tuple[str, bool]]:
    with transaction.atomic():
        letters = outbox.unread(raw(), 1, reader, limit)
        if letters:
            outbox.has_read(raw(), 1, reader, letters[-1])
    return [(one.told.kind, one.sends) for one in letters]


def available(name: str) -> int:
    with transaction.atomic():
        account = load.accounts(raw(), 1, {member(name): False})[member(name)].account
    return account.wallets["points"].available if account.wallets else 0


def test_each_reader_comes_as_far_as_it_has_delivered():
    take("mei", BROUGHT, FIRST, now=at("2026-12-02 11:00"))
    let_time_pass(at("2026-12-10 10:00"))
    assert heard(limit=1) == [("member.enrolled", True)]
    assert heard(limit=1) == [("referral.earned", True)]
    assert heard() == []
    assert [kind for kind, _ in heard("webhook")] == ["member.enrolled", "referral.earned"]


def test_what_is_read_and_not_delivered_is_read_again():
    take("mei", FIRST, now=at("2026-12-02 11:00"))
    settled()
    with transaction.atomic():
        [letter] = outbox.unread(raw(), 1, "mail", 9)
        outbox.has_read(raw(), 1, "mail", letter)
        transaction.set_rollback(True)
    assert heard() == [("member.enrolled", True)]


@pytest.mark.parametrize(("when", "sends", "is_sent"), [(NOW, True, False), (NOW, False, False)])
def test_what_is_old_and_what_an_import_brings_is_kept_and_not_sent(when: int, sends: bool, is_sent: bool):
    take("mei", FIRST, now=when, sends=sends)
    assert heard() == [("member.enrolled", is_sent)]
    take("lin", order("L", "2026-12-24 12:00", 100), now=NOW, sends=sends)
    assert heard() == [("member.enrolled", sends)]
    take("wen", order("W", "2026-12-24 11:59", 100), now=NOW, sends=sends)
    assert heard() == [("member.enrolled", False)]
    assert outbox.OLDEST == 7 * DAY


def test_what_no_longer_holds_is_withdrawn():
    """The friend had bought before, as is learned late."""
    take("mei", BROUGHT, FIRST)
    let_time_pass()
    heard()
    take("mei", order("O", "2026-11-30 10:00", 100))
    assert heard() == [("enrolment.withdrawn", False), ("referral.withdrawn", False), ("member.enrolled", False)]
    assert verify(raw(), PROGRAMS).findings == []


def test_what_only_moves_to_another_instant_is_no_news():
    now = at("2026-12-04 10:00")
    take("mei", SECOND, now=now)
    take("mei", FIRST, now=now)
    assert heard() == [("member.enrolled", True), ("enrolment.withdrawn", False), ("member.enrolled", False)]
    take("mei", order("C", "2026-12-04 09:00", 100), now=now)
    assert heard() == []


def test_nothing_is_passed_over_that_is_written_meanwhile():
    """A transaction that began first may end last."""
    take("mei", FIRST, now=at("2026-12-02 11:00"))
    heard()
    with transaction.atomic():
        record(raw(), PROGRAMS, [Incoming(member("lin"), order("L", "2026-12-02 10:00", 100))], at("2026-12-02 11:00"))

        def at_once() -> list[tuple[str, bool]]:
            try:
                take("wen", order("W", "2026-12-02 10:00", 100), now=at("2026-12-02 11:00"))
                return read_now()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(at_once).result() == []
    assert heard() == [("member.enrolled", True)] * 2


def test_what_is_told_of_one_member_is_read_as_it_was_written():
    """Whoever began first may come to the member last."""
    with transaction.atomic():
        rows(raw(), "SELECT pg_current_xact_id()::text")

        def at_once() -> None:
            try:
                take("mei", FIRST, now=at("2026-12-02 11:00"))
                assert read_now() == [], "the other transaction may yet write before it"
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(at_once).result()
        record(raw(), PROGRAMS, [Incoming(member("mei"), order("O", "2026-12-01 12:00", 100))], NOW)
    settled()
    with transaction.atomic():
        letters = outbox.unread(raw(), 1, "mail", 9)
    assert [letter.seq for letter in letters] == [1, 2, 3]


def test_nobody_rewrites_what_was_announced():
    take("mei", FIRST)
    for statement in ("UPDATE ledger_announcement SET sends = true", "DELETE FROM ledger_announcement"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction.atomic():
            raw().execute(statement)


# Effects on others


def test_a_friends_order_reaches_who_brought_them():
    take("lin", order("L", "2026-11-01 10:00", 100))
    take("mei", BROUGHT, FIRST)
    let_time_pass()
    assert (available("mei"), available("lin")) == (31, 1)
    assert passed_on() > 0
    assert passed_on() == 0
    assert available("lin") == 41
    take("mei", refund("A", "2026-12-20 10:00", quantity=2), SECOND)
    passed_on()
    assert available("lin") == 41 - 40
    take("mei", order("C", "2026-12-21 10:00", 100))
    let_time_pass()
    passed_on()
    assert available("lin") == 41
    assert verify(raw(), PROGRAMS).findings == []


HISTORY: list[Fact] = [
    BROUGHT,
    FIRST,
    SECOND,
    refund("A", "2026-12-20 10:00", quantity=2),
    order("C", "2026-12-12 10:00", 300),
    refund("B", "2026-12-13 10:00", quantity=2),
    order("C", "2026-12-12 10:00", 300, version_at=at("2026-12-14 10:00"), cancelled=True),
    order("D", "2026-12-01 12:00", 100),
]


@pytest.mark.parametrize("without", ["", "web/A/R"])
@pytest.mark.parametrize("seed", range(4))
def test_whom_it_concerns_has_the_same_in_whichever_order_it_is_heard_of(seed: int, without: str):
    take("lin", order("L", "2026-11-01 10:00", 100))
    facts = [fact for fact in HISTORY if fact.key != without]
    random.Random(seed).shuffle(facts)
    facts.sort(key=lambda fact: isinstance(fact, Order) and fact.cancelled)
    for fact in facts:
        take("mei", fact)
        let_time_pass()
        passed_on()
    assert verify(raw(), PROGRAMS).findings == []
    with transaction.atomic():
        account = load.accounts(raw(), 1, {member("lin"): False})[member("lin")].account
    assert {cause: given.at for cause, given in account.effects.items()} == {
        f"{member('mei')}/web/D": at("2026-12-08 12:00")
    }
    assert available("lin") == 41


# Transfers


def give(name: str, key: str, points: int, to: str) -> None:
    """As a door does it: decided on the account as it stands."""
    with transaction.atomic():
        account = load.accounts(raw(), 1, {member(one): False for one in (name, to)})[member(name)].account
        fact = Transfer(key, "points", points, account.last[0] + 1, str(member(to)))
        record(raw(), PROGRAMS, [Incoming(member(name), fact)], NOW)


def test_what_is_handed_over_arrives_in_the_same_transaction():
    take("lin", order("L", "2026-11-01 10:00", 3000))
    let_time_pass(at("2026-12-01 00:00"))
    give("lin", "T1", 12, "mei")
    give("lin", "T2", 5, "mei")
    assert (available("lin"), available("mei")) == (13, 17)
    with transaction.atomic():
        lots = load.accounts(raw(), 1, {member("mei"): False})[member("mei")].account.wallets["points"].lots
    assert {lot.expires_at for lot in lots} == {at("2027-03-01 00:00")}
    verdict = verify(raw(), PROGRAMS)
    assert verdict.findings == []
    assert verdict.places["points", "transferred"] == 0


def test_points_are_handed_to_ids_of_members_only():
    fact = Transfer("T", "points", 1, NOW, "mei")
    with transaction.atomic():
        [receipt] = record(raw(), PROGRAMS, [Incoming(member("lin"), fact)], NOW)
    assert (receipt.outcome, receipt.code) == ("refused", "words_in_fact")


def test_members_who_give_to_each_other_at_once_do_not_wait_for_ever():
    names = ("lin", "mei", "wen")
    for name in names:
        take(name, order(f"{name}-1", "2026-11-01 10:00", 9000))
    let_time_pass(at("2026-12-01 00:00"))

    def giving(number: int) -> None:
        try:
            for _ in range(50):
                try:
                    give(names[number % 3], f"T{number}", 1, names[(number + 1 + number % 2) % 3])
                    return
                except Contended:
                    continue
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(giving, range(24)))
    assert sum(available(name) for name in names) == 3 * 90
    assert verify(raw(), PROGRAMS).findings == []


def test_friends_of_each_other_pass_on_at_once_without_waiting_for_ever():
    """Each brought the next one: whoever is concerned is locked alone."""
    ring = [f"m{number}" for number in range(8)]
    for place, name in enumerate(ring):
        by = str(member(ring[place - 1]))
        take(name, Referred(name, by, at("2026-12-01 10:00")), order(f"{name}-1", "2026-12-02 10:00", 100))

    def work(number: int) -> None:
        try:
            let_time_pass() if number % 2 else pass_on()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(12)))
    while passed_on():
        pass
    assert [available(name) for name in ring] == [71] * 8
    assert verify(raw(), PROGRAMS).findings == []
