"""How much is taken in before anybody looks at the key."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from regulars.contract.keys import BODY_LIMIT
from regulars.gateway import app
from regulars.gateway.app import Gateway
from regulars.gateway.deciding import Reply, Request
from tests.gateway.loops import run_apart

CHUNK = 50_000
SCOPE = {
    "type": "http",
    "method": "PUT",
    "path": "/v1/orders/web/1",
    "headers": [(b"authorization", b"Bearer rk_anything")],
    "client": ("127.0.0.1", 1),
}


def weigh(requests: Sequence[Request], is_patient: bool) -> list[Reply | None]:
    return [Reply(200, json.dumps({"code": len(one.body)}).encode()) for one in requests]


async def told(gateway: Gateway, chunks: Iterable[int], pause: asyncio.Event | None = None) -> Any:
    """The code that is answered to a body of chunks, without a length; before the last one it makes a pause."""
    sizes = list(chunks)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        size = sizes.pop(0)
        if pause is not None and not sizes:
            await pause.wait()
        return {"type": "http.request", "body": b" " * size, "more_body": bool(sizes)}

    async def send(message: Any) -> None:
        sent.append(message)

    await gateway(dict(SCOPE), receive, send)
    return json.loads(sent[1]["body"])["code"]


def test_a_body_without_length_that_is_too_large_is_refused() -> None:
    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes:
            gateway = Gateway(weigh, lanes, lanes, lambda *_: None)
            fitting = [CHUNK] * (BODY_LIMIT // CHUNK)
            assert await told(gateway, fitting) == BODY_LIMIT
            assert await told(gateway, [*fitting, 1]) == "body_too_large"
            assert await told(gateway, [3 * BODY_LIMIT]) == "body_too_large"

    run_apart(ask())


def test_bodies_that_are_more_in_all_than_there_is_room_for_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "BYTES_MOST", 3 * CHUNK, raising=False)

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes:
            gateway = Gateway(weigh, lanes, lanes, lambda *_: None)
            pause = asyncio.Event()
            slow = asyncio.ensure_future(told(gateway, [CHUNK, CHUNK, 0], pause))
            await asyncio.sleep(0.05)
            assert await told(gateway, [CHUNK, 1]) == "overloaded"
            assert await told(gateway, [CHUNK]) == CHUNK
            pause.set()
            assert await slow == 2 * CHUNK
            assert await told(gateway, [CHUNK] * 3) == 3 * CHUNK

    run_apart(ask())
