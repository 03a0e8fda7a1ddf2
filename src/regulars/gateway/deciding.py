"""Requests that came together, decided together: one transaction for each program, one answer for each request.

Whoever cannot be admitted or read is refused before. Where somebody holds what the transaction of all needs, those who
wait for it are left out. Where it fails otherwise, each half is tried by itself, and so on: in the end only the request
that spoils it is refused, and only those that must wait are left out.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from django.db import InterfaceError, OperationalError, transaction
from msgspec import Struct
from pydantic import BaseModel, Field, ValidationError

from regulars.access.queries import Grant
from regulars.contract import activities, checkouts, orders
from regulars.contract.answering import answers
from regulars.contract.asked import Answer, Asked, speaking
from regulars.contract.bodies import ActivitiesBody, ActivityBody, BatchBody, OrderBody
from regulars.contract.checkouts import VERBS, Turn, Verb
from regulars.contract.faults import decoded, faults
from regulars.contract.fields import Id
from regulars.contract.holding import held
from regulars.contract.keys import admitted, program_of
from regulars.contract.once import SHORT, Told
from regulars.contract.problems import MEDIA_TYPE, Problem, problem_of
from regulars.ledger.claims import is_busy
from regulars.ledger.connect import raw, run
from regulars.observing import tracing
from regulars.observing.logs import FACTS_MOST
from regulars.programs.queries import Published

JSON = "application/json; charset=utf-8"
# As their addresses have them.
Sort: TypeAlias = Literal["activities", "checkouts", "orders"]
SCOPES: dict[Sort, str] = {
    "activities": "activities:write", "checkouts": checkouts.SCOPE, "orders": "orders:write",
}  # fmt: skip
# A group waits for others only shortly, and its halves hardly at all: whoever must wait longer is left to the patient,
# and so is whoever has not been tried in the time that a group has. A batch mostly meets another one, which takes as
# long as itself; to begin anew would cost more than to wait. In milliseconds; EACH_WAIT is for each more in a batch.
HURRIED = "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)"
STATEMENT_WAIT = "3s"
TOGETHER_WAIT, PART_WAIT, EACH_WAIT, WAIT_MOST = 100, 10, 1, 1_000
GROUP_SECONDS = 2.0

log = logging.getLogger(__name__)


class Request(Struct, frozen=True):
    """A request as it came. With a `source` it puts one of its `sort`, else a batch; of checkouts one is opened or
    ended, as the `verb` says. `under` is its Idempotency-Key."""

    address: str
    key: str
    language: str
    body: bytes
    source: str = ""
    number: str = ""
    sort: Sort = "orders"
    verb: Verb = "open"
    under: str | None = None

    @property
    def scope(self) -> str:
        return SCOPES[self.sort]


class Reply(Struct, frozen=True):
    """What is sent back; `headers` besides those that every answer has."""

    status: int
    body: bytes
    media_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


class Place(BaseModel):
    source: Id
    id: Id


class Under(BaseModel):
    key: Id = Field(alias="Idempotency-Key")


# What is decided together: things put, or checkouts.
Asks: TypeAlias = Asked | Turn
Became: TypeAlias = Answer | Told | None


def look_at(address: str, key: str, language: str, sort: Sort) -> None:
    """Whether this key may send such things, before anything is read of them. Raises Problem."""
    with speaking(language):
        admitted(address, key, {SCOPES[sort]})


def decide(requests: Sequence[Request], is_patient: bool = False) -> list[Reply | None]:
    """The answer to each, once what is kept is committed. None: it must wait for somebody, and is to be tried again
    alone, by whoever `is_patient`."""
    languages = {request.language for request in requests}
    is_mixed = len(languages) > 1
    with speaking("" if is_mixed else languages.pop()):
        return _decided(requests, is_patient, is_mixed)


def _decided(requests: Sequence[Request], is_patient: bool, is_mixed: bool) -> list[Reply | None]:
    replies: list[Reply | None] = [None] * len(requests)
    asked: dict[tuple[int, bool], tuple[Published, list[tuple[int, Asks]]]] = {}
    known = Known()
    until = None if is_patient else monotonic() + GROUP_SECONDS
    for number, request in enumerate(requests):
        try:
            with speaking(request.language if is_mixed else ""):
                published, ask = _read(request, known)
        except Exception as error:  # noqa: BLE001  # told to whoever asked
            replies[number] = refusal(error, request.language)
        else:
            asked.setdefault((published.id, isinstance(ask, Turn)), (published, []))[1].append((number, ask))
    for published, group in asked.values():
        for wave in _waves(group):
            with tracing.span("decide together", requests=len(wave)):
                became = _together(published, [ask for _, ask in wave], until)
            for (number, ask), answer in zip(wave, became, strict=True):
                replies[number] = None if answer is None else _reply(answer, ask.language)
    return replies


def refusal(error: Exception, language: str) -> Reply:
    problem = problem_of(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("a request failed", exc_info=error)
    with speaking(language):
        body = msgspec.json.encode(problem.document())
    return Reply(problem.status, body, MEDIA_TYPE, tuple(problem.headers.items()))


class Known:
    """Keys and programs that were looked up for this group: each once. A wrong key is counted each time it comes."""

    def __init__(self) -> None:
        self._granted: dict[tuple[str, str, str], Grant] = {}
        self._programs: dict[int, Published] = {}

    def grant(self, request: Request) -> Grant:
        """Raises Problem."""
        asks = (request.address, request.key, request.scope)
        if asks not in self._granted:
            self._granted[asks] = admitted(request.address, request.key, {request.scope})
        return self._granted[asks]

    def program(self, grant: Grant) -> Published:
        """Raises Problem."""
        if grant.program_id not in self._programs:
            self._programs[grant.program_id] = program_of(grant)
        return self._programs[grant.program_id]


def _read(request: Request, known: Known) -> tuple[Published, Asks]:
    """Raises Problem."""
    grant = known.grant(request)
    body = decoded(request.body) if request.body else ...
    found = _validated(_shape(request), body, request)
    published = known.program(grant)
    return published, _turn(request, found, grant) if request.sort == "checkouts" else _asked(request, found)


def _shape(request: Request) -> type[BaseModel]:
    if request.sort == "checkouts":
        return VERBS[request.verb]
    if request.sort == "activities":
        return ActivityBody if request.source else ActivitiesBody
    return OrderBody if request.source else BatchBody


def _turn(request: Request, body: Any, grant: Grant) -> Turn:
    number = UUID(request.number) if request.number else None
    assert request.under is not None
    return Turn(request.verb, request.under, body, grant, number, request.language)


def _asked(request: Request, body: Any) -> Asked:
    """Raises Problem."""
    language = request.language
    if request.sort == "activities":
        if isinstance(body, ActivitiesBody):
            return activities.batch(body, language)
        return activities.one(request.source, request.number, body, language)
    if isinstance(body, BatchBody):
        return orders.batch(body, language)
    return orders.one(request.source, request.number, body, language)


def _validated(shape: Any, body: Any, request: Request) -> Any:
    """Everything that is wrong with address and body, at once. Raises Problem."""
    wrong: list[dict[str, Any]] = []
    found = None
    if request.source:
        try:
            Place(source=request.source, id=request.number)
        except ValidationError as error:
            wrong += [{**one, "loc": ("path", *one["loc"])} for one in error.errors(include_url=False)]
    if request.sort == "checkouts":
        wrong += _unnamed(request.under)
    if body is ...:
        wrong.append({"type": "missing", "loc": ("body", "body"), "ctx": {}})
    else:
        try:
            found = shape.model_validate(body)
        except ValidationError as error:
            wrong += [{**one, "loc": ("body", "body", *one["loc"])} for one in error.errors(include_url=False)]
    if wrong:
        raise Problem("invalid", faults=faults(wrong))
    return found


def _unnamed(under: str | None) -> list[dict[str, Any]]:
    """What is wrong with an Idempotency-Key."""
    try:
        Under.model_validate({} if under is None else {"Idempotency-Key": under})
    except ValidationError as error:
        return [{**one, "loc": ("header", *one["loc"])} for one in error.errors(include_url=False)]
    return []


def _waves(group: Sequence[tuple[int, Asks]]) -> list[list[tuple[int, Asks]]]:
    """Requests about the same order or activity, or under the same key, one after the other, as they came; all others
    together."""
    last: dict[tuple[int, str], int] = {}
    waves: list[list[tuple[int, Asks]]] = []
    for number, ask in group:
        keys = list(ask.keys())
        wave = max((last.get(key, -1) for key in keys), default=-1) + 1
        last.update(dict.fromkeys(keys, wave))
        if wave == len(waves):
            waves.append([])
        waves[wave].append((number, ask))
    return waves


def _together(published: Published, asked: Sequence[Asks], until: float | None, is_part: bool = False) -> list[Became]:
    """None for those that must wait for somebody, or are not begun by `until`; without it, everybody is answered."""
    if until is not None and monotonic() >= until:
        return [None] * len(asked)
    try:
        found = _answers(published, asked, None if until is None else _wait(asked, is_part))
    except Exception as error:  # told to whoever asked
        if len(asked) > 1 and not _is_nobodys(error):
            looks = until is not None and not is_part and is_busy(error) and isinstance(asked[0], Asked)
            return _beside(published, asked, until) if looks else _halved(published, asked, until)
        if is_busy(error) and until is not None:
            return [None] * len(asked)
        problem = problem_of(error)
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            put = [ask for ask in asked if isinstance(ask, Asked)]
            facts = [key for ask in put for _, key in ask.keys()]  # noqa: SIM118  # no mapping
            log.error("%d requests failed", len(asked), exc_info=error, extra={"facts": facts[:FACTS_MOST]})
        return [problem] * len(asked)
    if len(asked) == 1:
        return found
    # Those that can be decided only alone.
    return [
        _together(published, [ask], until, is_part=True)[0] if one is None else one
        for ask, one in zip(asked, found, strict=True)
    ]


def _answers(published: Published, asked: Sequence[Asks], wait: int | None) -> list[Became]:
    """All of one sort. With a `wait`, in milliseconds, for nobody longer."""
    turns = [ask for ask in asked if isinstance(ask, Turn)]
    if turns:
        return list(checkouts.answers(published, turns, SHORT if wait is None else _hurry(wait)))
    put = [ask for ask in asked if isinstance(ask, Asked)]
    return list(answers(published, put) if wait is None else answers(published, put, partial(_hurried, wait)))


def _wait(asked: Sequence[Asks], is_part: bool) -> int:
    least = PART_WAIT if is_part or len(asked) == 1 else TOGETHER_WAIT
    return min(least + EACH_WAIT * sum(ask.size - 1 for ask in asked), WAIT_MOST)


def _hurry(wait: int) -> tuple[str, str]:
    return f"{wait}ms", STATEMENT_WAIT


def _beside(published: Published, asked: Sequence[Asks], until: float | None) -> list[Became]:
    """Those that somebody holds are left out, and the others go on together."""
    waiting = held(published, [ask for ask in asked if isinstance(ask, Asked)])
    others = [ask for number, ask in enumerate(asked) if number not in waiting]
    became = iter(_together(published, others, until, is_part=True) if others else [])
    return [None if number in waiting else next(became) for number in range(len(asked))]


def _halved(published: Published, asked: Sequence[Asks], until: float | None) -> list[Became]:
    half = len(asked) // 2
    return [
        *_together(published, asked[:half], until, is_part=True),
        *_together(published, asked[half:], until, is_part=True),
    ]


def _is_nobodys(error: Exception) -> bool:
    """Whether no request is to blame: the database is gone."""
    return isinstance(error, InterfaceError | OperationalError) and not is_busy(error)


@contextmanager
def _hurried(wait: int) -> Iterator[None]:
    with transaction.atomic():
        run(raw(), HURRIED, _hurry(wait))
        yield


def _reply(answer: Answer | Told, language: str) -> Reply:
    if isinstance(answer, Told):
        if answer.refused:
            return refusal(Problem.read(answer.body), language)
        return Reply(answer.status, msgspec.json.encode(answer.body))
    if isinstance(answer, Problem):
        return refusal(answer, language)
    return Reply(HTTPStatus.OK, msgspec.json.encode(answer))
