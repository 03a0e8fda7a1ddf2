"""Callers that put orders by every door, and ask again until they are answered: at the end it is known of each order
that it was taken, and whose it is.

A caller hangs up in the middle of an answer now and then, and asks again by another door.
"""

import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from regulars.project.place import CHECKOUT
from regulars.project.postgres.access import OWNER, address
from regulars.project.postgres.cluster import running
from tests.installation import Installation, eventually

CALLERS = 16
CUSTOMERS = 40
CUT_ONE_IN = 25
PREPARE = """
from importlib.resources import files
import django
from regulars.project.database import database_running
with database_running():
    django.setup()
    from regulars.project.migration import migrate_when_needed
    migrate_when_needed()
    from regulars.access.actions import issue_key
    from regulars.programs.actions import publish
    document = (files("regulars.programs.presets") / "tea-house.yaml").read_text("utf-8")
    document = document.replace("program: tea-house", "program: tea-house\\nenrolment: first order")
    print(issue_key(publish("tea-house", document, 0, "test").id, "test", ["orders:write"]))
"""

Orders = dict[str, dict[str, object]]


def prepared(installation: Installation) -> str:
    """A key of a new tea house."""
    env = {**os.environ, "REGULARS_DATA": str(installation.folder)}
    env["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        env.pop(name, None)
    path = os.pathsep.join((str(CHECKOUT / "src"), str(CHECKOUT)))
    words = [sys.executable, "-c", PREPARE]
    done = subprocess.run(
        words, env={**env, "PYTHONPATH": path}, check=True, timeout=180, capture_output=True, text=True
    )
    return done.stdout.split()[-1]


class Caller(threading.Thread):
    """Puts one order after the other, alone or two in a batch, each again and again until somebody answers."""

    def __init__(self, ports: Sequence[int], key: str, number: int, over: threading.Event) -> None:
        super().__init__()
        self._ports, self._number, self._over = ports, number, over
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._choose = random.Random(number)
        self._lines: dict[int, http.client.HTTPConnection] = {}
        self.acknowledged: dict[str, str] = {}
        self.orders: Orders = {}
        self.asked = self.cut = self.unanswered = 0
        self.wrong: list[str] = []
        self.longest = 0.0

    def run(self) -> None:
        count = 0
        while not self._over.is_set() and not self.wrong:
            count += 1
            names = [f"{self._number}-{count}-{part}" for part in range(self._choose.choice((1, 1, 2)))]
            orders = {name: self._order() for name in names}
            self.orders |= orders
            self.put(orders)
        self.close()

    def put(self, orders: Orders) -> None:
        """Never given up: at the end everybody knows of each order whether it was taken."""
        begun = time.monotonic()
        while not self.wrong:
            self.asked += 1
            port = self._choose.choice(self._ports)
            try:
                status, told = self._ask(port, orders)
            except (OSError, http.client.HTTPException) as error:
                self.unanswered += isinstance(error, TimeoutError)
                self._hang_up(port)
                time.sleep(0.05)
                continue
            if status == 200:
                self.acknowledged |= {one["id"]: one["member"] for one in told.get("orders", [told])}
                self.longest = max(self.longest, time.monotonic() - begun)
                return
            if not told.get("retry"):
                self.wrong.append(f"{status} {told}")
            time.sleep(0.05)

    def _ask(self, port: int, orders: Orders) -> tuple[int, dict[str, object]]:
        line = self._lines.setdefault(port, http.client.HTTPConnection("127.0.0.1", port, timeout=30))
        if len(orders) == 1:
            [(name, order)] = orders.items()
            line.request("PUT", f"/v1/orders/web/{name}", json.dumps(order), self._headers)
        else:
            batch = {"orders": [{"source": "web", "id": name, **order} for name, order in orders.items()]}
            line.request("POST", "/v1/orders:batch", json.dumps(batch), self._headers)
        if self._choose.randrange(CUT_ONE_IN) == 0:
            self.cut += 1
            time.sleep(self._choose.choice((0, 0.005, 0.05)))
            raise ConnectionAbortedError
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())

    def _hang_up(self, port: int) -> None:
        if line := self._lines.pop(port, None):
            line.close()

    def close(self) -> None:
        for port in list(self._lines):
            self._hang_up(port)

    def _order(self) -> dict[str, object]:
        """Some before others that were put earlier: members are folded again."""
        paid = f"2026-0{self._choose.randrange(1, 7)}-1{self._choose.randrange(10)}T10:00:00+08:00"
        lines = [{"line": "1", "sku": "A", "quantity": 1, "total": str(self._choose.randrange(100, 4000))}]
        return {
            "currency": "TWD",
            "customer": f"C-{self._choose.randrange(CUSTOMERS)}",
            "paid_at": paid,
            "lines": lines,
        }


@contextmanager
def calling(ports: Sequence[int], key: str, count: int = CALLERS) -> Iterator[list[Caller]]:
    """So many at once, until this block ends; then each has been answered to everything."""
    over = threading.Event()
    callers = [Caller(ports, key, number, over) for number in range(count)]
    for caller in callers:
        caller.start()
    try:
        yield callers
    finally:
        over.set()
        for caller in callers:
            caller.join(180)
    assert not any(caller.is_alive() for caller in callers), "somebody was never answered"
    assert [wrong for caller in callers for wrong in caller.wrong] == []


def deliver_again(callers: Sequence[Caller], ports: Sequence[int], key: str, seed: int) -> None:
    """Everything once more, in another order, in batches, by whatever door: nobody's order changes hands."""
    choose = random.Random(seed)
    orders = [one for caller in callers for one in caller.orders.items()]
    choose.shuffle(orders)
    again = Caller(ports, key, seed, threading.Event())
    for first in range(0, len(orders), 100):
        again.put(dict(orders[first : first + 100]))
    again.close()
    assert again.wrong == []
    assert again.acknowledged == acknowledged(callers)


def acknowledged(callers: Sequence[Caller]) -> dict[str, str]:
    told = {name: member for caller in callers for name, member in caller.acknowledged.items()}
    assert len(told) == sum(len(caller.acknowledged) for caller in callers)
    return told


def further(callers: Sequence[Caller]) -> None:
    """Each caller has been answered anew, so whatever was killed is back."""
    before = [len(caller.acknowledged) for caller in callers]
    eventually(
        lambda: all(
            caller.wrong or len(caller.acknowledged) > count + 1 for caller, count in zip(callers, before, strict=True)
        ),
        "everybody is answered again",
    )


def kept(installation: Installation) -> dict[str, str]:
    """Every order that the ledger knows, and whose it is; none is there twice."""
    with running(installation.cluster), psycopg.connect(address(installation.cluster, OWNER)) as conn:
        facts = conn.execute("SELECT key, member_id::text FROM ledger_fact WHERE kind = 1").fetchall()
        orders = conn.execute("SELECT key, member_id::text FROM ledger_order").fetchall()
    assert sorted(facts) == sorted(orders), "an order has one fact"
    assert len(dict(orders)) == len(orders), "none is there twice"
    return {name.removeprefix("web/"): member for name, member in orders}


def proven(installation: Installation) -> None:
    """By `regulars verify`, over orders that earned."""
    said = installation.start("verify").communicate(timeout=180)[0]
    assert "Every member is exact" in said
    assert ", 0 entries" not in said
