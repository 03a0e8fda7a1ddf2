"""A key is looked at before a body is read."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from regulars.contract import keys
from regulars.gateway import entrance
from regulars.gateway.app import Gateway
from tests.gateway.loops import run_apart
from tests.gateway.test_bodies import SCOPE, weigh

GOOD = "rk_good"


class Doorkeeper:
    """Notes who asked; holds everybody until it may go on."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_go = Event()
        self.may_go.set()

    def __call__(self, address: str, key: str, language: str, sort: str) -> None:
        self.asked.append(key)
        assert self.may_go.wait(20)
        if key != GOOD:
            raise keys.unknown()


async def told(gateway: Gateway, key: str, read: list[str]) -> tuple[int, Any]:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        read.append(key)
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await gateway({**SCOPE, "headers": [(b"authorization", f"Bearer {key}".encode())]}, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])["code"]


def test_the_body_of_whoever_has_no_key_is_never_read() -> None:
    read: list[str] = []
    doorkeeper = Doorkeeper()

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes:
            gateway = Gateway(weigh, lanes, lanes, doorkeeper)
            assert await told(gateway, "rk_bad", read) == (401, "key_unknown")
            assert await told(gateway, "rk_bad", read) == (401, "key_unknown")
            assert await told(gateway, GOOD, read) == (200, 2)
            assert await told(gateway, GOOD, read) == (200, 2)

    run_apart(ask())
    assert read == [GOOD, GOOD]
    assert doorkeeper.asked == ["rk_bad", "rk_bad", GOOD], "a good key is known for a while, a wrong one never"


def test_no_more_than_so_many_wait_to_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "STRANGERS_MOST", 2)
    read: list[str] = []
    doorkeeper = Doorkeeper()
    doorkeeper.may_go.clear()

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes, ThreadPoolExecutor(1) as door:
            gateway = Gateway(weigh, lanes, door, doorkeeper)
            waiting = [asyncio.ensure_future(told(gateway, GOOD, read)) for _ in range(2)]
            await asyncio.sleep(0.05)
            assert await told(gateway, GOOD, read) == (429, "overloaded")
            doorkeeper.may_go.set()
            assert await asyncio.gather(*waiting) == [(200, 2)] * 2

    run_apart(ask())


def test_what_is_known_is_bounded_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "KNOWN_MOST", 1)
    asked: list[str] = []

    async def ask() -> None:
        with ThreadPoolExecutor(1) as door:
            found = entrance.Entrance(lambda _, key, language, sort: asked.append(key), door)
            for key in ("a", "a", "b", "a"):
                await found.pass_by("", key, "en", "orders")
            monkeypatch.setattr(entrance, "monotonic", lambda: float("inf"))
            await found.pass_by("", "a", "en", "orders")

    run_apart(ask())
    assert asked == ["a", "b", "a", "a"]
