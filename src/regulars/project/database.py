"""Which database, and as whom.

The application enters as DATABASE_URL says, migrations as DATABASE_OWNER_URL. Without them both lead to the embedded
cluster, under two roles. With DATABASE_URL alone both are one role, which then could change the ledger.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from regulars.project.place import data_folder
from regulars.project.postgres.access import APPLICATION, OWNER, address
from regulars.project.postgres.cluster import revive, running
from regulars.project.postgres.layout import Layout, layout

# How often a statement is sent before it is prepared.
REPEATS = 3


def embedded() -> Layout | None:
    """The embedded cluster, unless the environment names a server."""
    return None if os.environ.get("DATABASE_URL") else layout(data_folder())


def application_url() -> str:
    place = embedded()
    return address(place, APPLICATION) if place else os.environ["DATABASE_URL"]


def owner_url() -> str:
    place = embedded()
    return address(place, OWNER) if place else os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


def django_database(url: str) -> dict[str, Any]:
    """A libpq address as Django wants it."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    known = {key: str(parts.pop(part, "") or "") for key, part in named.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **known,
        "OPTIONS": parts,
        # Kept open between requests, but looked at before use: PostgreSQL may have been restarted meanwhile.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def prepare_what_repeats() -> None:
    """For a process that asks the same few questions all day: PostgreSQL reads and plans them once for a connection.

    Imports go without: a plan made for tables that are still empty would serve them until they are full.
    """
    from django.db import connection

    connection.settings_dict["OPTIONS"]["prepare_threshold"] = REPEATS


@contextmanager
def database_running() -> Iterator[None]:
    place = embedded()
    if place is None:
        yield
        return
    with running(place):
        yield


def revive_database() -> None:
    """Start the embedded server again if it died; a server given by URL is its owner's care."""
    place = embedded()
    if place is not None:
        revive(place)
