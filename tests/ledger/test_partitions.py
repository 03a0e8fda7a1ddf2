"""The way into partitions, which nobody has to go: a ledger with history goes on as before, and is exact."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.errors import InsufficientPrivilege

from regulars.ledger.connect import raw, rows
from regulars.ledger.verify import verify
from regulars.project.place import CHECKOUT
from tests.ledger.shop import NOW, PROGRAMS, let_time_pass, order, put, refund

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = CHECKOUT / "src/regulars/ledger/sql/partitions.sql"
BACK = """
    DROP TABLE {0}; ALTER TABLE {0}_before RENAME TO {0};
"""
NAMES = [f"m{number}" for number in range(40)]


@pytest.fixture
def parted() -> Iterator[None]:
    """A ledger with history, brought into partitions; undone afterwards."""
    for number, name in enumerate(NAMES):
        put(name, order(f"{name}-1", f"2026-0{1 + number % 6}-03 10:00", 900, 400))
    put(NAMES[0], refund(f"{NAMES[0]}-1", "2026-07-01 10:00"))
    connection.close()
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute(SCRIPT.read_text())
        yield
        connection.close()
        for table in ("ledger_fact", "ledger_entry"):
            owner.execute(BACK.format(table))


def test_a_ledger_in_partitions_goes_on_and_is_exact(parted: None) -> None:
    [(parts,)] = rows(raw(), "SELECT count(*) FROM pg_inherits WHERE inhparent = 'ledger_entry'::regclass")
    assert parts == 16
    before = verify(raw(), PROGRAMS)
    assert (before.findings, before.members, before.facts) == ([], len(NAMES), len(NAMES) + 1)
    for name in NAMES:
        put(name, order(f"{name}-2", "2026-02-03 10:00", 1200))
    let_time_pass(NOW)
    after = verify(raw(), PROGRAMS)
    assert after.findings == []
    assert after.facts == before.facts + len(NAMES)
    assert after.entries > before.entries


def test_the_application_may_not_change_what_is_in_partitions(parted: None) -> None:
    for table in ("ledger_fact", "ledger_entry", "ledger_entry_3"):
        for change in ("DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET seq = 1"):
            with pytest.raises(InsufficientPrivilege):
                raw().execute(change.format(table))


def test_who_runs_it_finds_it_where_it_says() -> None:
    assert str(Path("src/regulars/ledger/sql") / SCRIPT.name) in SCRIPT.read_text()
