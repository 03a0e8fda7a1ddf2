"""Django is asked in a thread, once a request is here as a whole; its answer goes out without one.

So whoever sends or reads slowly holds no thread, and nobody more of memory and disk than one client's share.
"""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO

from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from msgspec import Struct

from regulars.contract.keys import BODY_LIMIT
from regulars.contract.problems import Problem
from regulars.gateway.app import path_of
from regulars.gateway.living import Message, Receive, Send, UnderWay
from regulars.gateway.receiving import Gone, Room, receive_all
from regulars.project.turning_away import turned_away

# Each answers one request at a time over a database connection of its own; while one waits, another computes.
THREADS = 4
# Requests that may wait for a thread.
WAITING_MOST = 64
BODY_SECONDS = 10
# Files come this way: what is too large for the page is said by the page.
UPLOADS = re.compile(r"/programs/[^/]+/(?:imports|rewards/codes/bring-in)\Z")
UPLOAD_LIMIT, UPLOAD_SECONDS = 50_000_000, 300
# Bytes of a body and of an answer that stay in memory; and of all bodies, and those of one client, until they are
# answered.
BODY_IN_MEMORY, ANSWER_IN_MEMORY = 1_000_000, 100_000
BYTES_MOST, OF_ONE_CLIENT = 200_000_000, 100_000_000
# A part of an answer, and how long whoever reads may take for it.
PART = 65_536
PART_SECONDS = 30
FORMS = (b"application/x-www-form-urlencoded", b"multipart/form-data")
LENGTHS = (b"content-length", b"transfer-encoding")


class Answer(Struct):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: IO[bytes]


class Web:
    """An ASGI application: Django, asked by several threads."""

    def __init__(self, handler: BaseHandler | None = None, threads: int = THREADS) -> None:
        self._handler = handler or BaseHandler()
        if handler is None:
            self._handler.load_middleware()
        self._threads = ThreadPoolExecutor(threads, "web")
        self._most = threads + WAITING_MOST
        self._asking = 0
        self._room = Room(BYTES_MOST, OF_ONE_CLIENT)
        self._under_way = UnderWay()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._under_way.live(receive, send, lambda: None)
            return
        assert scope["type"] == "http", scope["type"]
        with self._under_way:
            try:
                await self._serve({**scope, "path": path_of(scope)}, receive, send)
            except Problem as problem:
                response = turned_away(scope, problem)
                await _send(send, Answer(response.status_code, _headers(response), BytesIO(response.content)))
            except Gone:
                return

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        """Raises Problem, Gone."""
        is_upload = bool(UPLOADS.match(scope["path"]))
        most, seconds = (UPLOAD_LIMIT, UPLOAD_SECONDS) if is_upload else (BODY_LIMIT, BODY_SECONDS)
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        if stated.isdigit() and int(stated) > most:
            raise Problem("body_too_large")
        client = (scope.get("client") or ("", 0))[0]
        with self._room.held_for(client) as take, SpooledTemporaryFile(BODY_IN_MEMORY) as body:
            try:
                size = await receive_all(receive, body.write, take, most, seconds)
            except OSError:
                raise Problem("overloaded", headers={"Retry-After": "1"}) from None
            body.seek(0)
            answer = await self._ask(_with_length(scope, size), receive, body)
        with answer.body:
            await _send(send, answer)

    async def _ask(self, scope: Message, receive: Receive, body: IO[bytes]) -> Answer:
        """Raises Problem, Gone."""
        if self._asking >= self._most:
            raise Problem("overloaded", headers={"Retry-After": "1"})
        leaving = asyncio.ensure_future(receive())
        self._asking += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._answer, scope, body, leaving.done)
        finally:
            self._asking -= 1
            leaving.cancel()

    def _answer(self, scope: Message, body: IO[bytes], has_left: Callable[[], bool]) -> Answer:
        """In one thread, so over one connection to the database, to the end of a long answer. Raises Gone."""
        if has_left():
            raise Gone
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        response = self._handler.get_response(ASGIRequest(scope, body))
        said = SpooledTemporaryFile(ANSWER_IN_MEMORY)  # noqa: SIM115  # closed once it was sent
        try:
            for part in response:
                said.write(part)
        except BaseException:
            said.close()
            raise
        finally:
            response.close()
        said.seek(0)
        return Answer(response.status_code, _headers(response), said)


def _with_length(scope: Message, size: int) -> Message:
    """Django reads no form whose length was not stated; and reads a question that is no UTF-8 as far as it is."""
    headers = scope["headers"]
    if dict(headers).get(b"content-type", b"").startswith(FORMS):
        headers = [(name, said) for name, said in headers if name not in LENGTHS]
        headers.append((b"content-length", str(size).encode()))
    return {**scope, "headers": headers, "query_string": scope["query_string"].decode("utf-8", "replace")}


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    cookies = [("set-cookie", cookie.output(header="").strip()) for cookie in response.cookies.values()]
    return [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in [*response.items(), *cookies]]


async def _send(send: Send, answer: Answer) -> None:
    """Raises Gone where nobody reads it."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    part, after = answer.body.read(PART), answer.body.read(PART)
    try:
        while True:
            async with asyncio.timeout(PART_SECONDS):
                await send({"type": "http.response.body", "body": part, "more_body": bool(after)})
            if not after:
                return
            part, after = after, answer.body.read(PART)
    except TimeoutError:
        raise Gone from None
