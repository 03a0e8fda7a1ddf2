"""Who may enter the embedded cluster: the account that started it, under two roles.

The owner makes the tables; the application reads and writes rows, and may not change the ledger (its migration takes
UPDATE and DELETE away). Peer authentication: no password exists that could leak.
"""

import os
import pwd
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from regulars.project.postgres.layout import EmbeddedFault, Layout

OWNER = "regulars"
APPLICATION = "regulars_app"
DATABASE = "regulars"


def address(place: Layout, role: str, database: str = DATABASE) -> str:
    """A libpq address of the embedded cluster; the form DATABASE_URL has."""
    return f"postgresql://{role}@/{database}?host={quote(str(place.sockets), safe='')}"


def write_access_files(data: Path) -> None:
    who = _account_name()
    data.joinpath("pg_hba.conf").write_text("local all all peer map=regulars\n")
    data.joinpath("pg_ident.conf").write_text("".join(f'regulars "{who}" {role}\n' for role in (OWNER, APPLICATION)))


def answers(place: Layout) -> bool:
    """Whether a server of this cluster really answers (a pid file proves nothing)."""
    try:
        psycopg.connect(address(place, OWNER, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def server_pid(place: Layout) -> int:
    """The running server's process id, as the server itself reads it."""
    with psycopg.connect(address(place, OWNER, "postgres")) as conn:
        row = conn.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int").fetchone()
    assert row is not None
    return int(row[0])


def make_role_and_database(place: Layout, database: str = DATABASE) -> None:
    """Idempotent, so that a first start killed half-way is finished by the next."""
    with psycopg.connect(address(place, OWNER, "postgres"), autocommit=True) as conn:
        if not conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone():
            conn.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APPLICATION)))
        if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def drop_database(place: Layout, database: str = DATABASE) -> None:
    with psycopg.connect(address(place, OWNER, "postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _account_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise EmbeddedFault(
            f"User id {os.geteuid()} has no name in /etc/passwd, and PostgreSQL wants one. Add it, or set DATABASE_URL."
        ) from None
