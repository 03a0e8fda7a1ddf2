"""What the drill (tests/journeys/test_backups.py) cannot see: what others on the machine could."""

import os
import stat
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from regulars.project import backups
from regulars.project.database import owner_url

# Stands in for pg_dump: it notes how it was called, and writes what it was asked for.
NOTING = f"""#!{sys.executable}
import os, sys
folder = os.environ["NOTED"]
open(folder + "/words", "w").write("\\n".join(sys.argv))
open(folder + "/password", "w").write(os.environ.get("PGPASSWORD", ""))
open(sys.argv[sys.argv.index("--file") + 1], "w").write("dump")
"""


def app() -> typer.Typer:
    found = typer.Typer()
    found.command()(backups.backup)
    found.command()(backups.restore)
    return found


@pytest.mark.django_db(transaction=True)
def test_nobody_else_reads_the_password_or_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, to = tmp_path / "pg_dump", tmp_path / "shop.backup"
    program.write_text(NOTING)
    program.chmod(0o755)
    url = owner_url()
    secret = f"{url}{'&' if '?' in url else '?'}password=s3cret"
    monkeypatch.setenv("NOTED", str(tmp_path))
    monkeypatch.setattr(backups, "owner_url", lambda: secret)
    monkeypatch.setattr(backups, "client_program", lambda _name: str(program))
    old = os.umask(0)
    try:
        ran = CliRunner().invoke(app(), ["backup", str(to)])
    finally:
        os.umask(old)
    assert ran.exit_code == 0, ran.output
    assert "s3cret" not in (tmp_path / "words").read_text()
    assert (tmp_path / "password").read_text() == "s3cret"
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert {one.name for one in tmp_path.iterdir()} == {"pg_dump", "shop.backup", "words", "password"}
