"""What an installation remembers is made once, whole, and for its owner's eyes only."""

import threading

from regulars.project.place import data_folder, installation_id, keep, secret_key


def test_the_secret_key_stays_and_nobody_else_reads_it(tmp_path, monkeypatch):
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path / "new"))
    first = secret_key()
    assert len(first) > 60
    assert secret_key() == first
    assert (data_folder() / "secret-key").stat().st_mode & 0o777 == 0o600
    assert data_folder().stat().st_mode & 0o777 == 0o700


def test_two_at_once_agree(tmp_path):
    found = []
    together = threading.Barrier(8)

    def ask(number):
        together.wait()
        found.append(keep(tmp_path / "kept", lambda: f"from {number}"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_new_folder_at_an_old_path_is_another_installation(tmp_path):
    before = installation_id(tmp_path)
    (tmp_path / "id").unlink()
    assert installation_id(tmp_path) != before
