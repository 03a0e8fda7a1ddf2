"""Bring the database to the shape the code expects, as its owner; everything else runs as the application's role."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from regulars.project.database import django_database

# What tables get when they are made; a migration takes away what the application may not do (the ledger's does).
DEFAULT_PRIVILEGES = (
    "GRANT USAGE ON SCHEMA public TO {}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
)
# Any number, as long as it is always this one: two starts at once migrate one after the other.
MIGRATION_LOCK = 7_244_100_553
TURN_SECONDS = 0.2


def migrate_when_needed(verbosity: int = 0) -> bool:
    """Whether anything had to be done."""
    with as_owner():
        if not _pending():
            return False
        _take_turns()
        _grant()
        call_command("migrate", interactive=False, verbosity=verbosity)
    return True


@contextmanager
def as_owner() -> Iterator[None]:
    """The default connection belongs to the owner inside this block. For migrations and test set-up only."""
    as_application = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(django_database(settings.DATABASE_OWNER_URL))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(as_application)


def _take_turns() -> None:
    """Asks again and again: who waited inside a statement would stand in the way of an index that the other one makes
    concurrently, which waits for every statement that began before it."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK])
            if cursor.fetchone() == (True,):
                return
        sleep(TURN_SECONDS)


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _grant() -> None:
    role = sql.Identifier(settings.DATABASE_APPLICATION_ROLE)
    with connection.cursor() as cursor:
        for statement in DEFAULT_PRIVILEGES:
            cursor.execute(sql.SQL(statement).format(role).as_string(cursor.connection))
