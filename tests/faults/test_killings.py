"""Whatever is killed under load: an order that was acknowledged is there, once, and nothing else is.

Some callers are rude first. Then sixteen put orders by the gateway and by the API, hang up in the middle of answers,
and ask again until they are answered. Meanwhile both servers, their processes, the job worker and PostgreSQL are
killed, in an order that chance chooses. In the end everything is delivered once more, shuffled, and both servers are
asked to stop while they owe answers. REGULARS_KILLINGS says how often, REGULARS_SEED which order; a few do for every
day.
"""

import os
import random
import subprocess
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from regulars.project.children import DEATHS_MAX, DEATHS_SECONDS
from regulars.project.postgres.access import server_pid
from tests.faults.callers import acknowledged, calling, deliver_again, further, kept, prepared, proven
from tests.faults.leaving import leave_while_asked
from tests.faults.processes import children_of, heard, is_there, kill, leading, ready
from tests.faults.rude import be_rude
from tests.installation import Installation, eventually, is_up
from tests.project.ports import free_port

KILLINGS = int(os.environ.get("REGULARS_KILLINGS", "3"))
SEED = int(os.environ.get("REGULARS_SEED", "20260501"))
Servers: TypeAlias = "dict[str, subprocess.Popen[str]]"


def test_what_was_acknowledged_is_there_once(installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    key = prepared(installation)
    ports = [free_port(), free_port()]
    gateway = installation.start("gateway", "--port", str(ports[0]), "--processes", "2")
    serve = installation.start("serve", "--port", str(ports[1]))
    servers = {"gateway": gateway, "serve": serve}
    said = [heard(one) for one in servers.values()]
    for port in ports:
        ready(port)
    meant_well = {}
    for port, one in zip(ports, servers.values(), strict=True):
        meant_well |= be_rude(port, key, children_of(leading(one)))
    begun = time.monotonic()
    killed: Counter[str] = Counter()
    with calling(ports, key) as callers:
        further(callers)
        for what, act in killings(KILLINGS):
            act(servers, installation)
            killed[what] += 1
            further(callers)
    took = time.monotonic() - begun
    deliver_again(callers, ports, key, SEED)
    # One of them may have died last, and the other done its work.
    for port in ports:
        ready(port)
    late = leave_while_asked(installation, dict(zip(ports, servers.values(), strict=True)), key)
    for listening in said:
        listening.join(20)
    proven(installation)
    assert kept(installation) == acknowledged(callers) | late | meant_well
    told = {
        "orders acknowledged": len(acknowledged(callers)),
        "requests": sum(caller.asked for caller in callers),
        "answers cut off": sum(caller.cut for caller in callers),
        "without an answer for 30 s": sum(caller.unanswered for caller in callers),
        "killed": dict(killed),
        "longest wait for an answer": f"{max(caller.longest for caller in callers):.1f} s",
        "under load": f"{took:.0f} s",
        "seed": SEED,
    }
    with capsys.disabled():
        print(f"\n{told}")


def killings(count: int) -> Iterator[tuple[str, Callable[[Servers, Installation], None]]]:
    """Everything once, in an order that chance chooses, before anything dies again; and nothing so often that its
    parent gives it up."""
    choose = random.Random(SEED)
    died = {what: deque[float](maxlen=DEATHS_MAX - 1) for what in KILLS}
    given = 0
    while True:
        for what in choose.sample(list(KILLS), len(KILLS)):
            if given == count:
                return
            given += 1
            if len(died[what]) == DEATHS_MAX - 1:
                time.sleep(max(died[what][0] + DEATHS_SECONDS + 1 - time.monotonic(), 0))
            died[what].append(time.monotonic())
            yield what, KILLS[what]


def kill_process(server: str) -> Callable[[Servers, Installation], None]:
    """One of those that answer, in the middle of whatever it does."""
    return lambda servers, _: kill(random.choice(children_of(leading(servers[server]))))


def kill_server(server: str) -> Callable[[Servers, Installation], None]:
    """All of it: nothing of it may go on without its parent."""

    def act(servers: Servers, _installation: Installation) -> None:
        victim = leading(servers[server])
        orphans = children_of(victim)
        kill(victim)
        eventually(lambda: not any(is_there(pid) for pid in orphans), "what it had started is gone")
        assert leading(servers[server]) != victim

    return act


def kill_worker(servers: Servers, _installation: Installation) -> None:
    kill(eventually(lambda: leading(servers["serve"], b"regulars.project.worker"), "the job worker runs"))


def kill_postgresql(_servers: Servers, installation: Installation) -> None:
    kill(server_pid(installation.cluster))
    eventually(lambda: is_up(installation.cluster), "PostgreSQL is back")


KILLS: dict[str, Callable[[Servers, Installation], None]] = {
    "gateway": kill_server("gateway"),
    "gateway's process": kill_process("gateway"),
    "PostgreSQL": kill_postgresql,
    "web server": kill_server("serve"),
    "web server's process": kill_process("serve"),
    "worker": kill_worker,
}
