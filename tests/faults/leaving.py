"""Servers that are asked to stop while they owe answers."""

import json
import signal
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from subprocess import Popen

import psycopg

from regulars.project.postgres.access import OWNER, address
from tests.installation import Installation

IN_FLIGHT = 6
ORDER = {
    "currency": "TWD",
    "paid_at": "2026-05-01T10:00:00+08:00",
    "lines": [{"line": "1", "sku": "A", "quantity": 1, "total": "100"}],
}


def leave_while_asked(installation: Installation, servers: dict[int, "Popen[str]"], key: str) -> dict[str, str]:
    """What was answered to requests that wait for a lock when each server, by its port, is asked to stop: all of them
    are answered, and both end in order."""
    with ThreadPoolExecutor(IN_FLIGHT * len(servers)) as pool:
        with psycopg.connect(address(installation.cluster, OWNER)) as conn:
            conn.execute("LOCK TABLE ledger_fact_key IN EXCLUSIVE MODE")
            asked = [
                pool.submit(put, port, f"late-{port}-{number}", key) for port in servers for number in range(IN_FLIGHT)
            ]
            time.sleep(0.5)
            early = [one.exception() or one.result() for one in asked if one.done()]
            assert not early, early
            for server in servers.values():
                server.send_signal(signal.SIGTERM)
            time.sleep(0.5)
        answers = [one.result(30) for one in asked]
    assert [server.wait(60) for server in servers.values()] == [0] * len(servers)
    return dict(answers)


def put(port: int, name: str, key: str) -> tuple[str, str]:
    """The order's id and whose it is; asks once."""
    body = json.dumps({"customer": name, **ORDER}).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/v1/orders/web/{name}", body, headers, method="PUT")
    with urllib.request.urlopen(asked, timeout=30) as answer:
        told = json.load(answer)
    return told["id"], told["member"]
