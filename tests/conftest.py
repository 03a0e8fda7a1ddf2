"""The test database: made by the owner, used as the application's role, exactly as in production.

Only tests that ask for a database start one: `pytest.mark.django_db`, with `transaction=True` where real commits,
threads or connections of one's own are needed.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from regulars.project.catalogues import compile_stale
from tests.installation import Installation
from tools.chromium import MISSING, find

pytest_plugins = ["tests.tracing"]
HERE = Path(__file__).parent
LAYERS = sorted(folder.name for folder in HERE.iterdir() if folder.is_dir() and not folder.name.startswith(("_", ".")))
# Filled by migrations and by Django after them; the rest is emptied between tests with real commits.
KEPT_TABLES = ("auth_permission", "django_content_type", "django_migrations")


def pytest_configure(config: pytest.Config) -> None:
    compile_stale()
    # A shell that runs the tests in the background makes them, and all that they start, deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A slow machine is no counterexample.
    hypothesis_settings.register_profile("house", deadline=None)
    hypothesis_settings.load_profile("house")
    for layer in LAYERS:
        config.addinivalue_line("markers", f"{layer}: tests in tests/{layer}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        layer = item.path.relative_to(HERE).parts[0]
        if layer in LAYERS:
            item.add_marker(layer)


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """A request leaves its language behind in the thread; every test begins with the process's own."""
    translation.deactivate()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A whole installation with a new data folder. Nothing of it runs when the test ends."""
    made = Installation(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser; a missing one fails the test, since a skipped test proves nothing."""
    found = find()
    return found or pytest.fail(MISSING, pytrace=False)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: object) -> Iterator[None]:
    """In place of pytest-django's: its database would be made, and later used, by one and the same role."""
    from regulars.project.migration import migrate_when_needed
    from regulars.project.postgres.access import drop_database, make_role_and_database
    from regulars.project.postgres.cluster import running
    from tests.settings import TEST_CLUSTER, TEST_DATABASE

    with running(TEST_CLUSTER), django_db_blocker.unblock():  # type: ignore[attr-defined]
        drop_database(TEST_CLUSTER, TEST_DATABASE)
        make_role_and_database(TEST_CLUSTER, TEST_DATABASE)
        migrate_when_needed()
        yield
        connections.close_all()


def _empty_as_owner(self: DatabaseOperations, sql_list: list[str]) -> None:
    """Django's flush truncates as the application, which may not, and knows only tables that have models."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as conn:
        found = conn.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [list(KEPT_TABLES)]
        )
        names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in found)
        conn.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))


DatabaseOperations.execute_sql_flush = _empty_as_owner
