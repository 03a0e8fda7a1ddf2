"""The embedded PostgreSQL: first in starts it, last out stops it, nothing is lost on the way."""

import os
import shutil
import signal
import threading
import time
from dataclasses import replace
from subprocess import Popen

import psycopg
import pytest

from regulars.project.postgres import cluster
from regulars.project.postgres.access import APPLICATION, OWNER, address, answers, server_pid
from regulars.project.postgres.cluster import join, leave, revive, running
from regulars.project.postgres.layout import EmbeddedFault, Layout, make_folders
from tests.installation import eventually


def test_stopping_leaves_the_data(place: Layout):
    with running(place), psycopg.connect(address(place, OWNER)) as conn:
        conn.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert not answers(place)
    with running(place), psycopg.connect(address(place, OWNER)) as conn:
        assert conn.execute("SELECT number FROM kept").fetchone() == (7,)


def test_of_two_starts_at_once_one_starts_and_the_other_joins(place: Layout):
    servers: list[int] = []
    together = threading.Barrier(2)

    def start() -> None:
        together.wait()
        with running(place):
            servers.append(server_pid(place))
            together.wait()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(servers) == 2
    assert len(set(servers)) == 1
    assert not answers(place)


def test_the_last_one_out_stops_it_not_the_one_who_started_it(place: Layout):
    first, second = join(place), join(place)
    leave(place, first)
    assert answers(place)
    leave(place, second)
    assert not answers(place)


def test_after_sigkill_the_next_start_finds_what_was_committed(place: Layout):
    place = replace(place, durable=True)
    users = join(place)
    with psycopg.connect(address(place, OWNER), autocommit=True) as conn:
        conn.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) AS n")
        os.kill(server_pid(place), signal.SIGKILL)
    eventually(lambda: not answers(place), "the server is gone")
    revive(place)
    with psycopg.connect(address(place, OWNER)) as conn:
        assert conn.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    leave(place, users)


def test_a_server_that_runs_may_take_its_time_to_recover(place: Layout, monkeypatch: pytest.MonkeyPatch):
    """The first try meets what is left of one that was killed; the second one runs, and answers a while later."""
    with running(place):
        pass
    spawn, tries = cluster._spawn, list[Popen[bytes]]()

    def spawned(of: Layout) -> Popen[bytes]:
        tries.append(spawn(of) if tries else Popen(["false"]))
        return tries[-1]

    def answers_late(of: Layout) -> bool:
        return len(tries) > 1 and time.monotonic() > begun + 1.0 and answers(of)

    monkeypatch.setattr(cluster, "_spawn", spawned)
    monkeypatch.setattr(cluster, "answers", answers_late)
    monkeypatch.setattr(cluster, "RETRY_SECONDS", 0.3)
    begun = time.monotonic()
    with running(place):
        assert server_pid(place) == tries[1].pid


def test_a_first_start_killed_half_way_is_done_again(place: Layout):
    make_folders(place)
    (place.home / "data.new").mkdir()
    (place.home / "data.new" / "PG_VERSION").write_text("18\n")
    with running(place):
        assert answers(place)
    assert not (place.home / "data.new").exists()


def test_another_major_version_is_refused_with_the_way_out(place: Layout):
    with running(place):
        pass
    (place.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedFault, match=r"(?s)PostgreSQL 17.*pg_dump"), running(place):
        pass


def test_a_server_that_cannot_start_says_why(place: Layout):
    with running(place):
        pass
    (place.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedFault, match="no_such_setting"), running(place):
        pass


def test_nobody_else_may_look_into_the_folders(place: Layout):
    with running(place):
        assert [folder.stat().st_mode & 0o777 for folder in (place.home, place.data, place.sockets)] == [0o700] * 3


def test_there_is_no_way_in_by_network(place: Layout):
    with running(place), psycopg.connect(address(place, APPLICATION)) as conn:
        assert conn.execute("SHOW listen_addresses").fetchone() == ("",)
        assert conn.execute("SHOW data_checksums").fetchone() == ("on",)


def test_a_socket_folder_of_somebody_else_is_refused(place: Layout, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place.home.mkdir(parents=True)
    place.sockets.symlink_to(elsewhere)
    with pytest.raises(EmbeddedFault, match="belongs to somebody else"):
        make_folders(place)
    place.sockets.unlink()
    shutil.rmtree(place.home)
