"""The drill: a backup written while orders come in is restored elsewhere, and the ledger there is exact."""

import json
import re
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.intake.made_history import MAPPING, Wish, write_made_history
from regulars.project.place import CHECKOUT
from regulars.project.postgres.cluster import running
from tests.installation import Installation, eventually

ORDERS = 2_000
PATIENCE = 120


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("elsewhere"))
    yield made
    made.end()


def ran(installation: Installation, *words: str) -> tuple[int, str]:
    process = installation.start(*words)
    said, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, said


def test_a_backup_of_a_loaded_shop_is_exact_elsewhere(
    installation: Installation, elsewhere: Installation, tmp_path: Path
) -> None:
    code, said = ran(installation, "apply", str(CHECKOUT / "src/regulars/programs/presets/tea-house.yaml"), "--yes")
    assert code == 0, said
    orders, kept = tmp_path / "orders.parquet", tmp_path / "shop.backup"
    write_made_history(orders, Wish(ORDERS, 200))
    importing = installation.start(
        "import", "orders", str(orders), "--program", "tea-house", "--mapping", MAPPING,
        "--batch", "5")  # fmt: skip
    with running(installation.cluster):
        eventually(lambda: facts_of(installation) > 0, "orders come in")
        code, said = ran(installation, "backup", str(kept))
        assert code == 0, said
        was_loading = importing.poll() is None
        assert importing.wait(timeout=PATIENCE) == 0
        all_of_them = facts_of(installation)
    assert was_loading, "the import was over before the backup: make it longer"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert ran(installation, "backup", str(kept))[0] == 2
    assert "There is no folder" in ran(installation, "backup", str(tmp_path / "none/shop.backup"))[1]
    with tarfile.open(kept) as bundle:
        manifest = json.load(bundle.extractfile("manifest.json"))  # type: ignore[arg-type]  # it is a file
    assert 0 < manifest["facts"] < all_of_them

    # Somebody looked at the new installation before: its tables are there, and nobody's rows.
    assert "nothing to prove" in ran(elsewhere, "verify")[1]
    code, said = ran(elsewhere, "restore", str(kept))
    assert code == 0, said
    assert (elsewhere.folder / "secret-key").read_text() == (installation.folder / "secret-key").read_text()
    code, said = ran(elsewhere, "verify")
    assert code == 0, said
    assert f"{manifest['facts']:,} facts" in re.sub(r"\s+", " ", said)
    code, said = ran(elsewhere, "restore", str(kept))
    assert (code, "holds data already" in said) == (1, True)
    # The restored shop goes on where the backup was taken: the same file brings the rest.
    code, said = ran(elsewhere, "import", "orders", str(orders), "--program", "tea-house", "--mapping", MAPPING)
    with running(installation.cluster), running(elsewhere.cluster):
        assert code == 0, said
        assert facts_of(elsewhere) == facts_of(installation)


def test_what_is_no_backup_fills_nothing(elsewhere: Installation, tmp_path: Path) -> None:
    other = tmp_path / "holiday.tar"
    other.write_bytes(b"photographs")
    code, said = ran(elsewhere, "restore", str(other))
    assert (code, "is no backup of ours" in said) == (1, True)


def facts_of(installation: Installation) -> int:
    found = installation.ask("SELECT count(*) FROM ledger_fact")
    assert isinstance(found, int)
    return found
