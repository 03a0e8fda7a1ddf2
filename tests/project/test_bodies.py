"""Requests reach Django whole: whoever sends slowly, much, or reads slowly, holds up nobody else."""

import asyncio
import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from regulars.project import bodies
from regulars.project.bodies import Web
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


def web(answer: Answer = weigh) -> Web:
    return Web(Handler(answer), threads=1)


async def ask(
    app: Web, chunks: Iterable[int] = (0,), pause: asyncio.Event | None = None, left: asyncio.Event | None = None,
    headers: Iterable[tuple[bytes, bytes]] = (), **scope: Any,
) -> list[Any]:  # fmt: skip
    """What is answered to a body of chunks; before the last one it makes a pause."""
    sizes = list(chunks)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if not sizes:
            # There is no more until whoever asks hangs up.
            await (left or asyncio.Event()).wait()
            return {"type": "http.disconnect"}
        size = sizes.pop(0)
        if pause is not None and not sizes:
            await pause.wait()
        return {"type": "http.request", "body": b" " * size, "more_body": bool(sizes)}

    async def send(message: Any) -> None:
        sent.append(message)

    await app({**SCOPE, "headers": list(headers), **scope}, receive, send)
    return sent


def said(sent: list[Any]) -> str:
    return b"".join(message.get("body", b"") for message in sent).decode()


def code(sent: list[Any]) -> tuple[int, str]:
    return sent[0]["status"], json.loads(said(sent))["code"]


def test_an_answer_goes_out_as_django_made_it() -> None:
    async def go() -> None:
        sent = await ask(web(), [3, 4], raw_path=b"/th%C3%A9/%FF")
        assert (sent[0]["status"], said(sent)) == (201, "POST /thé/%FF 7")
        assert {b"content-type", b"set-cookie"} <= {name for name, _ in sent[0]["headers"]}

    run_apart(go())


def test_whoever_sends_slowly_holds_up_nobody() -> None:
    async def go() -> None:
        app, pause = web(), asyncio.Event()
        slow = [asyncio.ensure_future(ask(app, [5, 5], pause)) for _ in range(50)]
        await asyncio.sleep(0)
        assert said(await ask(app, [1])) == "POST /there 1"
        pause.set()
        assert {said(sent) for sent in await asyncio.gather(*slow)} == {"POST /there 10"}

    run_apart(go())


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.05)

    async def go() -> None:
        assert code(await ask(web(), [5, 5], asyncio.Event())) == (408, "body_too_slow")

    run_apart(go())


def test_a_body_that_is_too_large_is_refused_unless_it_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_LIMIT", 100)
    monkeypatch.setattr(bodies, "UPLOAD_LIMIT", 300)

    async def go() -> None:
        app = web()
        assert code(await ask(app, [], headers=[(b"content-length", b"101")])) == (413, "body_too_large")
        assert code(await ask(app, [60, 60])) == (413, "body_too_large")
        assert said(await ask(app, [60, 40])) == "POST /there 100"
        assert said(await ask(app, [300], path="/programs/tea/imports")) == "POST /programs/tea/imports 300"
        assert code(await ask(app, [301], path="/programs/tea/imports")) == (413, "body_too_large")

    run_apart(go())


HEADERS = {
    "content-security-policy", "cross-origin-opener-policy", "referrer-policy", "x-content-type-options",
    "x-frame-options", "x-request-id",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        (b"en", "That was too much at once"),
        (b"zh-TW,zh;q=0.9", "一次送來的內容太多了"),
        (b"zh-CN,zh;q=0.9", "一次发来的内容太多了"),
    ],
)
def test_people_who_are_turned_away_read_a_page(monkeypatch: pytest.MonkeyPatch, language: bytes, heading: str) -> None:
    monkeypatch.setattr(bodies, "BODY_LIMIT", 100)
    headers = [(b"accept", b"text/html,*/*;q=0.8"), (b"accept-language", language), (b"x-request-id", b"asked-by-me")]

    async def go() -> None:
        sent = await ask(web(), [101], headers=[*headers, (b"cookie", b"theme=dark")], query_string=b"q=%FF\xff")
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        assert sent[0]["status"] == 413
        assert told["content-type"] == "text/html; charset=utf-8"
        assert told["x-content-type-options"] == "nosniff"
        assert told["x-request-id"] == "asked-by-me"
        assert heading in said(sent)
        assert 'data-theme="dark"' in said(sent)
        assert set(told) >= HEADERS
        looks = re.search(r"<style>(.*)</style>", said(sent), re.DOTALL)
        assert looks is not None
        known = base64.b64encode(hashlib.sha256(looks[1].encode()).digest()).decode()
        assert f"'sha256-{known}'" in told["content-security-policy"]

    run_apart(go())


@pytest.mark.parametrize("accepted", [b"*/*", b"application/json", b"", b"application/problem+json, text/html;q=0.5"])
def test_machines_that_are_turned_away_read_a_problem(monkeypatch: pytest.MonkeyPatch, accepted: bytes) -> None:
    monkeypatch.setattr(bodies, "BYTES_MOST", 100)

    async def go() -> None:
        sent = await ask(web(), [101], headers=[(b"accept", accepted)])
        told = dict(sent[0]["headers"])
        assert code(sent) == (429, "overloaded")
        assert told[b"content-type"] == b"application/problem+json"
        assert told[b"retry-after"] == b"1"
        assert {name.decode() for name in told} >= HEADERS
        page = await ask(web(), [101], headers=[(b"accept", b"text/html")])
        assert page[0]["status"] == 429
        assert dict(page[0]["headers"])[b"retry-after"] == b"1"

    run_apart(go())


def test_of_a_long_header_only_the_beginning_is_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_LIMIT", 100)
    accepted = b",".join(b"application/x-%d" % number for number in range(1_000)) + b",text/html"

    async def go() -> None:
        assert code(await ask(web(), [101], headers=[(b"accept", accepted)])) == (413, "body_too_large")

    run_apart(go())


def test_bodies_that_are_too_much_in_all_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BYTES_MOST", 100)
    monkeypatch.setattr(bodies, "OF_ONE_CLIENT", 70)

    async def go() -> None:
        app, pause = web(), asyncio.Event()
        slow = asyncio.ensure_future(ask(app, [60, 0], pause))
        await asyncio.sleep(0)
        assert code(await ask(app, [11])) == (429, "overloaded")
        assert said(await ask(app, [40], client=("203.0.113.9", 1))) == "POST /there 40"
        assert code(await ask(app, [41], client=("203.0.113.9", 1))) == (429, "overloaded")
        pause.set()
        await slow
        assert said(await ask(app, [60])) == "POST /there 60"

    run_apart(go())


def test_a_form_without_a_length_is_read() -> None:
    def read(request: HttpRequest) -> HttpResponseBase:
        return HttpResponse(f"{request.META['CONTENT_LENGTH']} {'HTTP_TRANSFER_ENCODING' in request.META}")

    async def go() -> None:
        chunked = (b"transfer-encoding", b"chunked")
        form = (b"content-type", b"application/x-www-form-urlencoded")
        assert said(await ask(web(read), [3, 4], headers=[form, chunked])) == "7 False"

    run_apart(go())


def test_a_long_answer_goes_out_in_parts_without_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PART", 2)
    closed = []

    def stream(request: HttpRequest) -> HttpResponseBase:
        if request.path != "/long":
            return HttpResponse("short")
        response = StreamingHttpResponse(iter(["ab", "c"]))
        response._resource_closers.append(lambda: closed.append(True))
        return response

    async def go() -> None:
        app, goes_on, sent = web(stream), asyncio.Event(), []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)
            await goes_on.wait()

        slow = asyncio.ensure_future(app({**SCOPE, "headers": [], "path": "/long"}, never_leaving(receive), send))
        while not sent:
            await asyncio.sleep(0.01)
        # The only thread answers somebody else while nobody reads the long answer.
        assert said(await ask(app)) == "short"
        goes_on.set()
        await slow
        assert [(part["body"], part["more_body"]) for part in sent[1:]] == [(b"ab", True), (b"c", False)]

    run_apart(go())
    assert closed == [True]


def never_leaving(receive: Callable[[], Any]) -> Callable[[], Any]:
    asked = []

    async def once() -> Any:
        if asked:
            await asyncio.Event().wait()
        asked.append(True)
        return await receive()

    return once


def test_whoever_does_not_read_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PART_SECONDS", 0.05)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    run_apart(web()({**SCOPE, "headers": []}, never_leaving(receive), send))


def test_more_than_can_wait_are_turned_away_and_those_who_left_are_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "WAITING_MOST", 2)
    goes_on, answered = threading.Event(), []

    def wait(request: HttpRequest) -> HttpResponseBase:
        goes_on.wait(10)
        answered.append(request.path)
        return HttpResponse(request.path)

    async def go() -> None:
        app, left = web(wait), asyncio.Event()
        first = asyncio.ensure_future(ask(app, path="/first"))
        leaver = asyncio.ensure_future(ask(app, path="/left", left=left))
        last = asyncio.ensure_future(ask(app, path="/last"))
        while app._asking < 3:
            await asyncio.sleep(0.01)
        assert code(await ask(app)) == (429, "overloaded")
        left.set()
        await asyncio.sleep(0.01)
        goes_on.set()
        assert [said(sent) for sent in await asyncio.gather(first, leaver, last)] == ["/first", "", "/last"]

    run_apart(go())
    assert answered == ["/first", "/last"]


def test_nothing_is_asked_for_somebody_who_has_gone() -> None:
    def never(_request: HttpRequest) -> HttpResponseBase:
        raise AssertionError

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(_message: Any) -> None:
        raise AssertionError

    run_apart(web(never)({**SCOPE, "headers": []}, receive, send))
