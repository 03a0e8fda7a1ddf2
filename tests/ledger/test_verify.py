"""verify() says that all is exact, and names the member and the row when one number was altered by a superuser."""

from threading import Thread

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from regulars.engine.packing import packed, unpacked
from regulars.ledger import resume
from regulars.ledger.connect import raw, rows
from regulars.ledger.digest import BadDigest, lines, read, rewritten
from regulars.ledger.verify import verify
from tests.ledger.shop import PROGRAMS, at, enrolment, let_time_pass, member, order, put, refund

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(db):
    put("lin", enrolment("lin", "2026-01-01 09:00"), order("A", "2026-01-05 10:00", 998, 350))
    put("lin", order("B", "2026-02-05 10:00", 5998), refund("A", "2026-02-06 10:00"))
    put("mei", order("C", "2026-03-05 10:00", 100, 200, 300))
    put("mei", order("D", "2026-12-01 10:00", 100, paid_at=None))
    put(None, order("E", "2026-03-05 10:00", 100))
    put("lin", order("F", "2026-01-03 10:00", 700))
    let_time_pass(at("2026-08-01 00:00"))


def as_superuser(statement, *parameters):
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as conn:
        assert conn.execute(statement, parameters).rowcount == 1


def found():
    return {
        (finding.code, finding.member_id, finding.table, finding.row) for finding in verify(raw(), PROGRAMS).findings
    }


def test_what_was_recorded_is_exact(shop):
    verdict = verify(raw(), PROGRAMS)
    assert verdict.findings == []
    assert (verdict.members, verdict.guests, verdict.facts) == (2, 1, 8)
    assert sum(verdict.places.values()) == 0


ENTRY = "UPDATE ledger_entry SET {} WHERE member_id = %s AND seq = 2"
ACCOUNT = "UPDATE ledger_account SET {} WHERE member_id = %s"


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (ENTRY.format("points = points + 1"), ("entry_altered", "ledger_entry", "2")),
        (ENTRY.format("available = available + 1"), ("entry_altered", "ledger_entry", "2")),
        (ENTRY.format("posted_on = '2026-03-01'"), ("entry_altered", "ledger_entry", "2")),
        (ENTRY.format("occurred_at = occurred_at + interval '1 microsecond'"), ("entry_altered", "ledger_entry", "2")),
        (ENTRY.format("hash = set_byte(hash, 0, get_byte(hash, 0) # 1)"), ("entry_altered", "ledger_entry", "2")),
        (
            "UPDATE ledger_fact SET hash = set_byte(hash, 9, get_byte(hash, 9) # 1) WHERE member_id = %s AND seq = 2",
            ("fact_altered", "ledger_fact", "2"),
        ),
        (
            "UPDATE ledger_fact SET body = set_byte(body, 40, get_byte(body, 40) # 1) WHERE member_id = %s AND seq = 3",
            ("fact_altered", "ledger_fact", "3"),
        ),
        ("DELETE FROM ledger_entry WHERE member_id = %s AND seq = 2", ("entry_missing", "ledger_entry", "2")),
        ("DELETE FROM ledger_fact WHERE member_id = %s AND seq = 3", ("fact_missing", "ledger_fact", "3")),
        (ACCOUNT.format("available = available + 1"), ("account_differs", "ledger_account", str(member("lin")))),
        (ACCOUNT.format("tier = 'gold'"), ("account_differs", "ledger_account", str(member("lin")))),
        (
            ACCOUNT.format("entry_hash = set_byte(entry_hash, 3, get_byte(entry_hash, 3) # 1)"),
            ("entry_head_differs", "ledger_account", str(member("lin"))),
        ),
        (
            "UPDATE ledger_order SET net_minor = net_minor + 1 WHERE member_id = %s AND key = 'web/A'",
            ("order_differs", "ledger_order", "web/A"),
        ),
        (
            "UPDATE ledger_fact_key SET member_id = gen_random_uuid() WHERE member_id = %s AND key = 'web/A'",
            None,
        ),
    ],
)
def test_one_altered_number_is_named(shop, statement, finding):
    as_superuser(statement, member("lin"))
    if finding is None:
        assert {(code, table) for code, _, table, _ in found()} == {("stray_row", "ledger_fact_key")}
    else:
        code, table, row = finding
        assert (code, member("lin"), table, row) in found()
        assert {who for _, who, _, _ in found()} == {member("lin")}


def test_a_shop_that_goes_on_selling_meanwhile_is_exact(shop, monkeypatch):
    """Between any two statements of verify an order arrives, on a connection of its own."""
    numbers = iter(range(1000))

    def sell():
        put("lin", order(f"live-{next(numbers)}", "2026-12-30 10:00", 100))
        connection.close()

    plain = rows

    def interrupted(conn, statement, parameters=()):
        found = plain(conn, statement, parameters)
        seller = Thread(target=sell)
        seller.start()
        seller.join()
        return found

    monkeypatch.setattr("regulars.ledger.verify.rows", interrupted)
    assert verify(raw(), PROGRAMS).findings == []
    assert next(numbers) > 3


def test_an_altered_checkpoint_is_named(shop, monkeypatch):
    monkeypatch.setattr(resume, "CHECKPOINTS_FROM", 1)
    put("lin", order("G", "2026-09-01 10:00", 100))
    assert verify(raw(), PROGRAMS).findings == []
    as_superuser(
        "UPDATE ledger_checkpoint SET state = set_byte(state, 1, get_byte(state, 1) # 1) WHERE member_id = %s",
        member("lin"),
    )
    assert {(code, who) for code, who, _, _ in found()} == {("checkpoint_differs", member("lin"))}


def test_a_state_that_was_altered_consistently_with_its_columns_is_found(shop):
    with transaction.atomic():
        state = raw().execute("SELECT state FROM ledger_account WHERE member_id = %s", [member("lin")]).fetchone()[0]
    account = unpacked(state)
    account.spend += 1
    as_superuser(
        ACCOUNT.format("state = %s, spend_minor = spend_minor + 1").replace("%s,", "%s,", 1),
        packed(account),
        member("lin"),
    )
    assert ("account_differs", member("lin"), "ledger_account", str(member("lin"))) in found()


@pytest.mark.parametrize("table", ["ledger_fact", "ledger_entry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET seq = seq", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_change_or_delete_facts_and_entries(shop, table, statement):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(statement.format(table))


def test_an_announcement_that_was_never_made_is_found(shop):
    put("zoe", order("Z", "2026-03-01 10:00", 100))
    as_superuser("DELETE FROM ledger_announcement WHERE member_id = %s", member("zoe"))
    assert ("told_differs", member("zoe"), "ledger_announcement", "enrolment:first-order") in found()


def test_a_digest_shows_that_a_whole_chain_was_rewritten(shop):
    earlier = list(lines(raw(), 1, "2026-08-01", b"key"))
    put("mei", order("G", "2026-09-01 10:00", 100))
    program, heads = read(earlier, b"key")
    assert (program, list(rewritten(raw(), 1, heads))) == (1, [])
    rewrite(member("lin"))
    assert verify(raw(), PROGRAMS).findings == []
    wrong = list(rewritten(raw(), 1, heads))
    assert {(item.member_id, item.table) for item in wrong} == {
        (member("lin"), "ledger_fact"),
        (member("lin"), "ledger_entry"),
    }


def rewrite(member_id):
    """What an attacker with every right would do: forget a member and record another, consistent history."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as conn:
        for table in ("fact", "entry", "order", "account", "fact_key", "announcement"):
            conn.execute(f"DELETE FROM ledger_{table} WHERE member_id = %s", [member_id])
    put("lin", enrolment("lin", "2026-01-01 09:00"), order("A", "2026-01-05 10:00", 9998, 350))
    put("lin", order("B", "2026-02-05 10:00", 5998), refund("A", "2026-02-06 10:00"))


@pytest.mark.parametrize("key", [b"other", b""])
def test_a_digest_sealed_with_another_key_is_no_digest(shop, key):
    with pytest.raises(BadDigest):
        read(list(lines(raw(), 1, "2026-08-01", b"key")), key)


def test_a_digest_that_was_changed_is_no_digest(shop):
    given = list(lines(raw(), 1, "2026-08-01"))
    given[1] = given[1].replace(" 1 ", " 2 ", 1)
    with pytest.raises(BadDigest):
        read([*given[:2], given[3], given[-1]])
