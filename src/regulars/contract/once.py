"""Requests that may be asked for twice, and are done once: each has a key of its caller's.

What was answered under it is remembered in the transaction of its effect.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

import msgspec
from django.db import transaction
from django.http import HttpResponse
from msgspec import Struct
from psycopg.types.json import Jsonb

from regulars.contract.problems import KINDS, Problem
from regulars.ledger.claims import Contended
from regulars.ledger.connect import over, raw, rows

# Until the transaction ends nobody else works under the keys. An answer that is written at this very moment may be
# missed here; then writing ours finds it.
BEGIN = """
    SELECT pg_try_advisory_xact_lock(lock), a.fingerprint, a.status, a.body,
        set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)
    FROM unnest(%b::bigint[], %b::text[]) WITH ORDINALITY AS asked (lock, key, place)
    LEFT JOIN api_answer AS a ON a.program_id = %s AND a.key = asked.key ORDER BY place
"""
KEEP = """
    INSERT INTO api_answer (program_id, key, fingerprint, status, body)
    SELECT %s, * FROM {rows} AS told (key, fingerprint, status, body) ON CONFLICT DO NOTHING RETURNING 1
"""
KEPT_TYPES = ("text", "bytea", "int2", "jsonb")
MEDIA_TYPE = "application/json; charset=utf-8"
REUSED = "idempotency_key_reused"
# Whoever stands at a till waits a little for others, never for long (see access/waiting.py).
SHORT = ("2s", "20s")


class Told(Struct, frozen=True):
    """An answer as it goes out."""

    status: int
    body: dict[str, object]

    @property
    def refused(self) -> bool:
        return self.status >= 400

    def response(self) -> HttpResponse:
        """As it is: what we made ourselves is not read through its description once more. Raises Problem."""
        if self.refused:
            raise Problem.read(self.body)
        return HttpResponse(msgspec.json.encode(self.body), status=self.status, content_type=MEDIA_TYPE)


class Call(Struct, frozen=True):
    """What is asked for under a key; the same request has the same `fingerprint`."""

    key: str
    fingerprint: bytes


def call_of(key: str, asked: object) -> Call:
    return Call(key, sha256(msgspec.json.encode(asked, order="sorted")).digest())


def once(program_id: int, key: str, asked: object, act: Callable[[], Told]) -> Told:
    """Do it once per key: the same request again gets the first answer, a final refusal too.

    Raises Problem: the key came with another request before, or the same one is being worked on right now.
    """
    [told] = all_once(program_id, [call_of(key, asked)], lambda _: [act()])
    if isinstance(told, Problem):
        raise told
    return told


# Of those that are to be done now, by their places: an answer for each; None: it is to be asked for alone.
Act = Callable[[Sequence[int]], Sequence["Told | Problem | None"]]


def all_once(
    program_id: int, calls: Sequence[Call], act: Act, waits: tuple[str, str] = SHORT
) -> list[Told | Problem | None]:
    """The same of many that have different keys, in one transaction. A single one may be refused by raising a Problem,
    which undoes what was begun; a refusal that trying again cannot change is an answer too."""
    try:
        return _together(program_id, calls, act, waits)
    except Problem as problem:
        if len(calls) > 1 or not is_final(problem):
            raise
        found = problem
    return _together(program_id, calls, lambda _: [found], waits)


def is_final(problem: Problem) -> bool:
    return problem.code != REUSED and not KINDS[problem.code].retry


def _together(program_id: int, calls: Sequence[Call], act: Act, waits: tuple[str, str]) -> list[Told | Problem | None]:
    told: dict[int, Told | Problem | None] = {}
    asked = [[lock_of(program_id, call.key) for call in calls], [call.key for call in calls], program_id]
    with transaction.atomic():
        for place, (is_ours, before, status, body, *_) in enumerate(rows(raw(), BEGIN, [*waits, *asked])):
            if not is_ours:
                told[place] = Problem("busy", headers={"Retry-After": "1"})
            elif before is not None:
                told[place] = Told(status, body) if before == calls[place].fingerprint else Problem(REUSED)
        if new := [place for place in range(len(calls)) if place not in told]:
            done = dict(zip(new, act(new), strict=True))
            _keep(program_id, calls, done)
            told |= done
    return [told[place] for place in range(len(calls))]


def _keep(program_id: int, calls: Sequence[Call], done: Mapping[int, Told | Problem | None]) -> None:
    """Raises Contended where somebody has answered one of them meanwhile."""
    kept = []
    for place, one in done.items():
        if isinstance(one, Told):
            kept.append((calls[place].key, calls[place].fingerprint, one.status, Jsonb(one.body)))
        elif one is not None and is_final(one):
            kept.append((calls[place].key, calls[place].fingerprint, one.status, Jsonb(one.document())))
    if kept:
        text, parameters = over(KEEP, kept, KEPT_TYPES)
        if len(rows(raw(), text, [program_id, *parameters])) < len(kept):
            raise Contended("another request is answered under the same key; try again")


def lock_of(program_id: int, key: str) -> int:
    """The number that whoever works under a key has locked."""
    return int.from_bytes(sha256(f"{program_id} {key}".encode()).digest()[:8], signed=True)
