"""Requests reach Django whole: whoever sends slowly, much, or reads slowly, holds up nobody else."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from regulars.project import bodies
from regulars.project.bodies import Whole
from tests.gateway.loops import run_apart

SCOPE = {"type": "http", "method": "POST", "path": "/there", "query_string": b"", "client": ("127.0.0.1", 1)}
Answer = Callable[[HttpRequest], HttpResponseBase]


class Handler(BaseHandler):
    def __init__(self, answer: Answer) -> None:
        self.get_response = answer


def weigh(request: HttpRequest) -> HttpResponseBase:
    response = HttpResponse(f"{request.method} {request.path} {len(request.body)}", status=201)
    response.set_cookie("seen", "1")
    return response


def whole(answer: Answer = weigh) -> Whole:
    return Whole(Handler(answer), threads=1)


async def ask(
    app: Whole, chunks: Iterable[int] = (0,), pause: asyncio.Event | None = None, stated: str = "", **scope: Any
) -> list[Any]:
    """What is answered to a body of chunks; before the last one it makes a pause."""
    sizes = list(chunks)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        size = sizes.pop(0)
        if pause is not None and not sizes:
            await pause.wait()
        return {"type": "http.request", "body": b" " * size, "more_body": bool(sizes)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", stated.encode())] if stated else []
    await app({**SCOPE, "headers": headers, **scope}, receive, send)
    return sent


def said(sent: list[Any]) -> str:
    return b"".join(message.get("body", b"") for message in sent).decode()


def code(sent: list[Any]) -> tuple[int, str]:
    return sent[0]["status"], json.loads(said(sent))["code"]


def test_an_answer_goes_out_as_django_made_it() -> None:
    async def go() -> None:
        sent = await ask(whole(), [3, 4], raw_path=b"/th%C3%A9/%FF")
        assert (sent[0]["status"], said(sent)) == (201, "POST /thé/%FF 7")
        assert {b"content-type", b"set-cookie"} <= {name for name, _ in sent[0]["headers"]}

    run_apart(go())


def test_whoever_sends_slowly_holds_up_nobody() -> None:
    async def go() -> None:
        app, pause = whole(), asyncio.Event()
        slow = [asyncio.ensure_future(ask(app, [5, 5], pause)) for _ in range(50)]
        await asyncio.sleep(0)
        assert said(await ask(app, [1])) == "POST /there 1"
        pause.set()
        assert {said(sent) for sent in await asyncio.gather(*slow)} == {"POST /there 10"}

    run_apart(go())


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.05)

    async def go() -> None:
        assert code(await ask(whole(), [5, 5], asyncio.Event())) == (408, "body_too_slow")

    run_apart(go())


def test_a_body_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_MOST", 100)

    async def go() -> None:
        app = whole()
        assert code(await ask(app, [], stated="101")) == (413, "body_too_large")
        assert code(await ask(app, [60, 60])) == (413, "body_too_large")
        assert said(await ask(app, [60, 40])) == "POST /there 100"

    run_apart(go())


def test_bodies_that_are_too_much_in_all_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BYTES_MOST", 100)

    async def go() -> None:
        app, pause = whole(), asyncio.Event()
        slow = asyncio.ensure_future(ask(app, [60, 0], pause))
        await asyncio.sleep(0)
        assert code(await ask(app, [60])) == (429, "overloaded")
        pause.set()
        await slow
        assert said(await ask(app, [60])) == "POST /there 60"

    run_apart(go())


def test_a_long_answer_is_sent_in_parts_and_closed() -> None:
    closed = []

    def stream(_request: HttpRequest) -> HttpResponseBase:
        response = StreamingHttpResponse(iter(["a", "b"]))
        response._resource_closers.append(lambda: closed.append(True))
        return response

    async def go() -> None:
        sent = await ask(whole(stream))
        assert [message.get("body") for message in sent] == [None, b"a", b"b", b""]
        assert [message.get("more_body", False) for message in sent] == [False, True, True, False]

    run_apart(go())
    assert closed == [True]


def test_nothing_is_asked_for_somebody_who_has_gone() -> None:
    def never(_request: HttpRequest) -> HttpResponseBase:
        raise AssertionError

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(_message: Any) -> None:
        raise AssertionError

    run_apart(whole(never)({**SCOPE, "headers": []}, receive, send))
