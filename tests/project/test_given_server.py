"""A server of one's own: two plain roles, neither a superuser, as docs/SETTINGS.md says."""

import os
import subprocess
import sys

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from regulars.project.place import CHECKOUT
from regulars.project.postgres.access import OWNER, address
from regulars.project.postgres.cluster import running
from regulars.project.postgres.layout import Layout

ROLES = ("CREATE ROLE shop LOGIN", "CREATE ROLE shop_app LOGIN", "CREATE DATABASE shop OWNER shop")


def test_the_owner_migrates_and_the_application_may_not_change_the_ledger(place: Layout, tmp_path):
    with running(place):
        let_everybody_in(place)
        with psycopg.connect(address(place, OWNER), autocommit=True) as conn:
            for statement in ROLES:
                conn.execute(statement)
        application, owner = address(place, "shop_app", "shop"), address(place, "shop", "shop")
        said = start_once(tmp_path, application, owner)
        assert "No such command" in said
        with psycopg.connect(application, autocommit=True) as conn:
            assert conn.execute("SELECT count(*) FROM ledger_entry").fetchone() == (0,)
            for change in ("UPDATE ledger_entry SET points = 1", "DELETE FROM ledger_fact", "CREATE TABLE intruder ()"):
                with pytest.raises(InsufficientPrivilege):
                    conn.execute(change)


def let_everybody_in(place: Layout) -> None:
    (place.data / "pg_hba.conf").write_text("local all all trust\n")
    with psycopg.connect(address(place, OWNER)) as conn:
        conn.execute("SELECT pg_reload_conf()")


def start_once(folder, application: str, owner: str) -> str:
    """Any verb brings the database into shape first; an unknown one does nothing else."""
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    env |= {"DATABASE_URL": application, "DATABASE_OWNER_URL": owner}
    env |= {"REGULARS_DATA": str(folder), "PYTHONPATH": str(CHECKOUT / "src")}
    command = [sys.executable, "-m", "regulars", "no-such-verb"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False).stderr
