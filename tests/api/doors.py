"""The gateway as a client of the tests sees it: orders, activities and checkouts go to it, the rest to the API.

A test's transaction lives in its own thread: what the gateway decides is decided there, while its loop runs in another.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import cache
from queue import Empty, Queue
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse
from django.test import Client

from regulars.gateway.app import Gateway
from regulars.gateway.deciding import decide, look_at

CHECKOUTS = "/v1/checkouts"
TAKEN = ("/v1/orders", "/v1/activities", CHECKOUTS)
LOOP = threading.Lock()


class Here(Executor):
    """Whoever waits for an answer works."""

    def __init__(self) -> None:
        # No SimpleQueue: in CPython 3.11 its timeout turns into "for ever" where several threads wait at once.
        self._jobs: Queue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = Queue()

    def submit(self, act: Callable[..., Any], /, *given: Any, **named: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self._jobs.put((future, act, given))
        return future

    def work_until(self, done: "Future[Any]") -> Any:
        while not done.done():
            try:
                future, act, given = self._jobs.get(timeout=0.005)
            except Empty:
                continue
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(act(*given))
            except BaseException as error:  # noqa: BLE001  # told to whoever waits
                future.set_exception(error)
        return done.result()


@cache
def started() -> asyncio.AbstractEventLoop:
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="gateway's loop", daemon=True).start()
    return made


def loop() -> asyncio.AbstractEventLoop:
    """One for all threads: a gateway belongs to one loop, and without the lock threads that come at once make two."""
    with LOOP:
        return started()


class GatewayClient(Client):
    """Django's test client, with what the gateway takes put through the gateway."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._here = Here()
        self._gateway = Gateway(decide, self._here, self._here, look_at)

    def generic(
        self, method: str, path: str, data: Any = "", content_type: str = "", secure: bool = False, *,
        headers: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        if not path.startswith(TAKEN) or path.endswith(":quote") or (method == "GET" and path.startswith(CHECKOUTS)):
            return super().generic(method, path, data, content_type, headers=headers, **extra)
        content = data.encode() if isinstance(data, str) else data
        asked = asyncio.run_coroutine_threadsafe(
            called(self._gateway, method, path, content, dict(headers or {}), extra), loop()
        )
        return self._here.work_until(asked)


async def called(
    gateway: Gateway, method: str, path: str, content: bytes, headers: dict[str, str], extra: dict[str, Any]
) -> HttpResponse:
    chunked = any(name.lower() == "transfer-encoding" for name in headers)
    length = {} if chunked else {"Content-Length": extra.get("CONTENT_LENGTH", str(len(content)))}
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "headers": [(name.lower().encode(), said.encode()) for name, said in {**headers, **length}.items()],
        "client": (extra.get("REMOTE_ADDR", "127.0.0.1"), 1),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        assert "wsgi.input" not in extra, "left unread"
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await gateway(scope, receive, send)
    start, body = sent
    named = {name.decode().title(): said.decode() for name, said in start["headers"]}
    answer = HttpResponse(body["body"], status=start["status"], headers=named)
    answer.json = lambda: json.loads(body["body"])  # type: ignore[attr-defined]
    return answer
