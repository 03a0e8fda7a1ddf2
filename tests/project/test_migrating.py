"""Migrations beside a release that is running: nobody who writes waits for them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from time import sleep

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from regulars.ledger.connect import raw, rows
from regulars.project import migration
from regulars.project.migration import MIGRATION_LOCK, as_owner, migrate_when_needed

pytestmark = pytest.mark.django_db(transaction=True)
INDEXES = ("rewards_checkout_asking", "rewards_issued_newest")
THERE = "SELECT relname::text FROM pg_class WHERE relname = ANY(%b) ORDER BY 1"


def there() -> list[str]:
    return [name for (name,) in rows(raw(), THERE, [list(INDEXES)])]


@pytest.fixture
def before() -> Iterator[None]:
    """A database as it was before the indexes."""
    with as_owner():
        call_command("migrate", "rewards", "0007", verbosity=0)
        assert there() == []
    yield
    migrate_when_needed()


def test_indexes_on_tables_that_are_written_to_are_made_beside_the_writing(before: None) -> None:
    said = StringIO()
    call_command("sqlmigrate", "rewards", "0008", stdout=said)
    assert said.getvalue().count("CREATE INDEX CONCURRENTLY") == 2
    assert migrate_when_needed()
    assert there() == list(INDEXES)


def test_a_database_that_has_the_indexes_already_migrates(before: None) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE INDEX rewards_issued_newest ON rewards_issued (program_id, issued_at, id)")
    assert migrate_when_needed()
    assert there() == list(INDEXES)


def test_two_that_start_at_once_migrate_one_after_the_other(before: None) -> None:
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as first, ThreadPoolExecutor(1) as beside_us:
        first.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        second = beside_us.submit(_started)
        sleep(1)
        first.execute("SET lock_timeout = '3s'")
        first.execute("CREATE INDEX CONCURRENTLY rewards_issued_newest ON rewards_issued (program_id, issued_at, id)")
        assert there() == ["rewards_issued_newest"]
        assert not second.done()
        first.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
        assert second.result(20)
    assert there() == list(INDEXES)


def _started() -> bool:
    try:
        return migration.migrate_when_needed()
    finally:
        connection.close()
