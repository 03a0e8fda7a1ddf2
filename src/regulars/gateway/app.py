"""The gateway's ASGI application: what comes over HTTP, until it waits to be decided, and how it is answered."""

import asyncio
import re
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils.encoding import repercent_broken_unicode
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from msgspec import Struct

from regulars.contract import keys
from regulars.contract.checkouts import Verb
from regulars.contract.keys import BODY_LIMIT, measure
from regulars.contract.problems import Problem
from regulars.gateway.collecting import LANES, Collector, Decide
from regulars.gateway.deciding import Reply, Request, Sort, decide, look_at, refusal
from regulars.gateway.entrance import Admit, Entrance
from regulars.gateway.living import Message, Receive, Send, UnderWay
from regulars.gateway.receiving import Gone, Room, receive_all

ONE = re.compile(r"/v1/(orders|activities)/([^/]+)/(.+)\Z")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TURN = re.compile(rf"/v1/checkouts(?:/({UUID}):(capture|release|void))?\Z")
BATCHES: dict[str, Sort] = {"/v1/orders:batch": "orders", "/v1/activities:batch": "activities"}
# How long a body may take to come, and then its answer.
BODY_SECONDS = 10
# Bytes of bodies in all, from the first that comes until their request is answered.
BYTES_MOST = 64_000_000
ANSWER_SECONDS = 15


class Gateway:
    """One for each process. The collector is made for the event loop that serves."""

    def __init__(
        self,
        act: Decide | None = None,
        lanes: Executor | None = None,
        patient: Executor | None = None,
        admit: Admit | None = None,
    ) -> None:
        self._act = act or afresh
        self._lanes = lanes or ThreadPoolExecutor(LANES, "lane")
        self._patient = patient or ThreadPoolExecutor(1, "patient")
        self._collector: Collector | None = None
        self._entrance = Entrance(admit or let_in, patient or ThreadPoolExecutor(1, "entrance"))
        self._room = Room(BYTES_MOST)
        self._under_way = UnderWay()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._under_way.live(receive, send, self._leave)
            return
        assert scope["type"] == "http", scope["type"]
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        language = language_of(headers.get(b"accept-language", ""))
        with self._under_way:
            try:
                reply = await self._answered(scope, headers, language, receive)
            except Gone:
                return
            except Exception as error:  # noqa: BLE001  # told to whoever asked
                reply = refusal(error, language)
            await respond(send, reply, language)

    @property
    def load(self) -> tuple[int, int]:
        """How many requests wait, and how many bytes of bodies are here."""
        return (len(self._collector) if self._collector is not None else 0), self._room.taken

    @property
    def collector(self) -> Collector:
        if self._collector is None:
            self._collector = Collector(self._act, self._lanes, self._patient)
        return self._collector

    async def _answered(self, scope: Message, headers: dict[bytes, str], language: str, receive: Receive) -> Reply:
        """Raises Problem."""
        target = target_of(scope)
        scheme, _, key = headers.get(b"authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise keys.unknown()
        measure(headers.get(b"content-length", ""), b"transfer-encoding" in headers)
        client = scope.get("client") or ("", 0)
        # Nobody fills our memory who has no key.
        await self._entrance.pass_by(client[0], key, language, target.sort)
        chunks: list[bytes] = []
        with self._room.held_for(client[0]) as take:
            await receive_all(receive, chunks.append, take, BODY_LIMIT, BODY_SECONDS)
            return await self._decided(
                Request(
                    client[0], key, language, b"".join(chunks), target.source, target.number, target.sort, target.verb,
                    headers.get(b"idempotency-key"),
                )
            )  # fmt: skip

    async def _decided(self, request: Request) -> Reply:
        """Raises Problem."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self.collector.ask(request)
        except TimeoutError:
            raise Problem("timed_out", headers={"Retry-After": "1"}) from None

    def _leave(self) -> None:
        self._lanes.submit(connection.close)


def let_in(address: str, key: str, language: str, sort: Sort) -> None:
    """Raises Problem."""
    close_old_connections()
    look_at(address, key, language, sort)


def afresh(requests: Sequence[Request], is_patient: bool) -> list[Reply | None]:
    """In a thread that lives long: with a connection that is not too old, as Django begins each request."""
    close_old_connections()
    return decide(requests, is_patient)


class Target(Struct, frozen=True):
    """What a request is about: `source` and `number` of one that is put, nothing for a batch; the `verb` and the
    `number` of a checkout."""

    sort: Sort
    source: str = ""
    number: str = ""
    verb: Verb = "open"


def target_of(scope: Message) -> Target:
    """Raises Problem."""
    path = path_of(scope)
    method = scope["method"]
    if (turn := TURN.match(path)) is not None:
        if method != "POST":
            raise Problem("method_not_allowed", headers={"Allow": "POST"})
        return Target("checkouts", "", turn[1] or "", turn[2] or "open")  # type: ignore[arg-type]  # one of them
    if (sort := BATCHES.get(path)) is not None:
        if method != "POST":
            raise Problem("method_not_allowed", headers={"Allow": "POST"})
        return Target(sort)
    found = ONE.match(path)
    if found is None:
        raise Problem("not_found")
    if method != "PUT":
        raise Problem("method_not_allowed", headers={"Allow": "PUT"})
    return Target(BATCHES[f"/v1/{found[1]}:batch"], found[2], found[3])


def path_of(scope: Message) -> str:
    """As Django reads it: what is no UTF-8 stays percent-encoded."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return repercent_broken_unicode(unquote_to_bytes(raw.partition(b"?")[0])).decode()


async def respond(send: Send, reply: Reply, language: str) -> None:
    headers = [
        (b"content-type", reply.media_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        (b"content-language", language.encode()),
        (b"vary", b"Accept-Language"),
        *((name.encode(), value.encode()) for name, value in reply.headers),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


@lru_cache(maxsize=256)
def language_of(accepted: str) -> str:
    """As Django chooses it for the API: the first language asked for that there is."""
    for language, _ in parse_accept_lang_header(accepted):
        if language == "*":
            break
        try:
            return get_supported_language_variant(language)
        except LookupError:
            continue
    return get_supported_language_variant(settings.LANGUAGE_CODE)
