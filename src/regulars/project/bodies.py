"""Django is asked in a thread, once a request is here as a whole.

Whoever sends slowly holds no thread, and no more memory and disk than all bodies together may take.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO

from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from regulars.contract.problems import Problem
from regulars.gateway.app import language_of, path_of, respond
from regulars.gateway.deciding import refusal
from regulars.gateway.living import Message, Receive, Send, UnderWay

# Each answers one request at a time over a database connection of its own; while one waits, another computes.
THREADS = 4
BODY_SECONDS = 60
# How long a reader may take for a part of a long answer.
PART_SECONDS = 30
# Bytes of one body, of one that stays in memory, and of all of them until they are answered. Routes allow less.
BODY_MOST = 50_000_000
MEMORY_MOST = 1_000_000
BYTES_MOST = 200_000_000


class Whole:
    """An ASGI application: Django, asked by several threads."""

    def __init__(self, handler: BaseHandler | None = None, threads: int = THREADS) -> None:
        self._handler = handler or BaseHandler()
        if handler is None:
            self._handler.load_middleware()
        self._threads = ThreadPoolExecutor(threads, "web")
        self._bytes = 0
        self._under_way = UnderWay()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._under_way.live(receive, send, lambda: None)
            return
        assert scope["type"] == "http", scope["type"]
        with self._under_way:
            sizes: list[int] = []
            # Closed with the request.
            body = SpooledTemporaryFile(MEMORY_MOST)  # noqa: SIM115
            try:
                await self._take(scope, receive, body, sizes)
                await self._ask(scope, body, send)
            except Problem as problem:
                language = language_of(dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1"))
                await respond(send, refusal(problem, language), language)
            except ConnectionError:
                return
            finally:
                self._bytes -= sum(sizes)
                body.close()

    async def _take(self, scope: Message, receive: Receive, body: IO[bytes], sizes: list[int]) -> None:
        """Raises Problem where it does not come, or is too much; ConnectionError where whoever asked has gone."""
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        if stated.isdigit() and int(stated) > BODY_MOST:
            raise Problem("body_too_large")
        more = True
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ConnectionError
                    more = message.get("more_body", False)
                    chunk = message.get("body", b"")
                    body.write(chunk)
                    sizes.append(len(chunk))
                    self._bytes += len(chunk)
                    if sum(sizes) > BODY_MOST:
                        raise Problem("body_too_large")
                    if self._bytes > BYTES_MOST:
                        raise Problem("overloaded", headers={"Retry-After": "1"})
        except TimeoutError:
            raise Problem("body_too_slow") from None
        body.seek(0)

    async def _ask(self, scope: Message, body: IO[bytes], send: Send) -> None:
        loop = asyncio.get_running_loop()

        def say(message: Message) -> None:
            asyncio.run_coroutine_threadsafe(_sent(send, message), loop).result(PART_SECONDS)

        for message in await loop.run_in_executor(self._threads, self._answer, scope, body, say):
            await send(message)

    def _answer(self, scope: Message, body: IO[bytes], say: Callable[[Message], None]) -> list[Message]:
        """In one thread, so over one connection to the database; what is left to say, which of a long answer is only
        its end."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        query = scope["query_string"].decode("utf-8", "replace")
        response = self._handler.get_response(
            ASGIRequest({**scope, "path": path_of(scope), "query_string": query}, body)
        )
        start: Message = {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": _headers(response),
        }
        try:
            if not response.streaming:
                return [start, {"type": "http.response.body", "body": response.content}]
            say(start)
            for part in response:
                say({"type": "http.response.body", "body": part, "more_body": True})
            return [{"type": "http.response.body", "body": b""}]
        finally:
            response.close()


async def _sent(send: Send, message: Message) -> None:
    await send(message)


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    cookies = [("set-cookie", cookie.output(header="").strip()) for cookie in response.cookies.values()]
    return [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in [*response.items(), *cookies]]
