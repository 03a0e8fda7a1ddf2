"""Requests that may be asked for twice, and are done once."""

from collections.abc import Callable
from hashlib import sha256

import msgspec
from django.db import transaction
from django.http import HttpResponse
from msgspec import Struct
from psycopg.types.json import Jsonb

from regulars.access.waiting import SHORT
from regulars.contract.problems import KINDS, Problem
from regulars.ledger.connect import raw, rows

# Until the transaction ends nobody else works under the key. An answer that is written at this very moment may be
# missed here; then writing ours finds it.
BEGIN = f"""
    SELECT pg_try_advisory_xact_lock(%s), fingerprint, status, body, {SHORT}
    FROM (SELECT) AS one LEFT JOIN api_answer ON program_id = %s AND key = %s
"""  # noqa: S608  # our own words
KEEP = """
    INSERT INTO api_answer (program_id, key, fingerprint, status, body) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING RETURNING 1
"""
MEDIA_TYPE = "application/json; charset=utf-8"
REUSED = "idempotency_key_reused"


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


def once(program_id: int, key: str, asked: object, act: Callable[[], Told]) -> Told:
    """Do it once per key: the same request again gets the first answer, a final refusal too.

    Raises Problem: the key came with another request before, or the same one is being worked on right now.
    """
    fingerprint = sha256(msgspec.json.encode(asked, order="sorted")).digest()
    try:
        return _first(program_id, key, fingerprint, act)
    except Problem as problem:
        if problem.code == REUSED or KINDS[problem.code].retry:
            raise
        # What was begun is undone; a refusal that trying again cannot change is an answer too.
        final = Told(problem.status, problem.document())
    return _first(program_id, key, fingerprint, lambda: final)


def _first(program_id: int, key: str, fingerprint: bytes, act: Callable[[], Told]) -> Told:
    """What was answered under the key, or what comes of it now, remembered in the same transaction. Raises Problem."""
    with transaction.atomic():
        [(is_ours, before, status, body, *_)] = rows(raw(), BEGIN, [lock_of(program_id, key), program_id, key])
        if not is_ours:
            raise _busy()
        if before is None:
            told = act()
            if not rows(raw(), KEEP, [program_id, key, fingerprint, told.status, Jsonb(told.body)]):
                raise _busy()
            return told
        if before != fingerprint:
            raise Problem(REUSED)
        return Told(status, body)


def lock_of(program_id: int, key: str) -> int:
    """The number that whoever works under a key has locked."""
    return int.from_bytes(sha256(f"{program_id} {key}".encode()).digest()[:8], signed=True)


def _busy() -> Problem:
    return Problem("busy", headers={"Retry-After": "1"})
