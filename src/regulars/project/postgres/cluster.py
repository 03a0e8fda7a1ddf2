"""Start, join and stop the embedded cluster.

Whoever needs the database joins it under `running`: the first starts the server, the last one out stops it. Two at once
are safe (one starts, the other joins), and so is SIGKILL: locks die with their holder, and the next start recovers.
"""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.project.postgres.access import answers, make_role_and_database, server_pid, write_access_files
from regulars.project.postgres.binaries import MAJOR, programs
from regulars.project.postgres.layout import EmbeddedFault, Layout, make_folders
from regulars.project.postgres.locks import alone, release, share, take

INITDB = "-U regulars -A peer -E UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C --data-checksums"
SETTINGS = {"listen_addresses": "", "shared_buffers": "256MB", "max_wal_size": "4GB", "log_checkpoints": "off"}
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
# Recovery after SIGKILL took 0.9 s with 1.6 million rows; a slow disk deserves patience.
START_SECONDS = 90
STOP_SECONDS = 60
RETRY_SECONDS = 5
_started: dict[Path, subprocess.Popen[bytes]] = {}


@contextmanager
def running(place: Layout) -> Iterator[None]:
    """The cluster answers inside this block."""
    users = join(place)
    try:
        yield
    finally:
        leave(place, users)


def join(place: Layout) -> int:
    make_folders(place)
    with alone(place.home / "lock"):
        users = share(place.home / "users")
        try:
            if not answers(place):
                _start(place)
            make_role_and_database(place)
        except BaseException:
            release(users)
            raise
    return users


def revive(place: Layout) -> None:
    """For those who have joined: start the server again if it died under us."""
    if answers(place):
        return
    with alone(place.home / "lock"):
        if not answers(place):
            _start(place)


def leave(place: Layout, users: int) -> None:
    """Stop the server unless somebody else is still in."""
    with alone(place.home / "lock"):
        release(users)
        last = take(place.home / "users")
        if last is None:
            return
        try:
            if answers(place):
                _stop(place)
        finally:
            release(last)


def _start(place: Layout) -> None:
    if not place.data.exists():
        _create(place)
    _refuse_other_major(place.data)
    try:
        _started[place.home] = _spawn(place)
        _wait_until_it_answers(place)
    except BaseException:
        # Ctrl-C while we waited: nobody else knows of this server.
        server = _started.pop(place.home)
        server.kill()
        server.wait()
        raise


def _wait_until_it_answers(place: Layout) -> None:
    deadline, ended_at = time.monotonic() + START_SECONDS, None
    while not answers(place):
        now, has_ended = time.monotonic(), _started[place.home].poll() is not None
        if has_ended and ended_at is None:
            ended_at = now
        if now > deadline or (has_ended and ended_at is not None and now > ended_at + RETRY_SECONDS):
            raise EmbeddedFault(f"PostgreSQL did not start. The end of {place.log}:\n{_tail(place.log)}")
        if has_ended:
            # After SIGKILL the old server's children hold its shared memory for a moment more: try again, a little.
            # Once it runs it may take its time to recover.
            time.sleep(0.2)
            _started[place.home] = _spawn(place)
        time.sleep(0.02)


def _create(place: Layout) -> None:
    """initdb beside the final place, then one rename: a start killed half-way leaves nothing that looks finished."""
    draft = place.home / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    done = _run(
        place, [str(programs(place) / "initdb"), "-D", str(draft), *INITDB.split(), *([] if place.durable else ["-N"])]
    )
    if done.returncode:
        raise EmbeddedFault(f"initdb failed:\n{done.stderr.decode(errors='replace')}")
    write_access_files(draft)
    draft.rename(place.data)


def _refuse_other_major(data: Path) -> None:
    major = data.joinpath("PG_VERSION").read_text().strip()
    if major == str(MAJOR):
        return
    raise EmbeddedFault(
        f"The database in {data} was made by PostgreSQL {major}; this version brings {MAJOR}.\n"
        f"Take the data out with PostgreSQL {major}'s own programs:\n"
        f"  postgres -D {data} -k /tmp -c listen_addresses= &\n"
        f"  pg_dump -h /tmp -U regulars -Fc -f regulars.dump regulars\n"
        f"Then move {data} away, start again, and bring the data back:\n"
        f"  pg_restore -U regulars -d regulars --clean regulars.dump"
    )


def _spawn(place: Layout) -> subprocess.Popen[bytes]:
    settings = SETTINGS if place.durable else SETTINGS | UNSAFE_BUT_FAST
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = [str(programs(place) / "postgres"), "-D", str(place.data), "-k", str(place.sockets), *options]
    with place.log.open("ab") as log:
        # A session of its own: Ctrl-C at the terminal is ours to hear, the server is stopped in order.
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            cwd=place.home, env=_environment(), **_as_account(place),
        )  # fmt: skip
    # Waited for at once when it dies: until then its number counts as taken, and no new server would start.
    threading.Thread(target=server.wait, name="postgres", daemon=True).start()
    return server


def _run(place: Layout, command: list[str]) -> subprocess.CompletedProcess[bytes]:
    where = {"cwd": place.home, "env": _environment(), **_as_account(place)}
    return subprocess.run(command, capture_output=True, check=False, **where)


def _stop(place: Layout) -> None:
    """Fast shutdown (SIGINT): sessions are ended, everything is written. The server removes its pid file last."""
    os.kill(server_pid(place), signal.SIGINT)
    pid_file = place.data / "postmaster.pid"
    deadline = time.monotonic() + STOP_SECONDS
    while pid_file.exists():
        if time.monotonic() > deadline:
            raise EmbeddedFault(f"PostgreSQL did not stop within {STOP_SECONDS} s. Look into {place.log}.")
        time.sleep(0.02)
    server = _started.pop(place.home, None)
    if server is not None:
        server.wait(STOP_SECONDS)
    place.sockets.rmdir()


def _as_account(place: Layout) -> dict[str, object]:
    if place.account is None:
        return {"umask": 0o077}
    return {"user": place.account.pw_uid, "group": place.account.pw_gid, "extra_groups": [], "umask": 0o077}


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])
