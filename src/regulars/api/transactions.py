"""Transactions of requests: they wait a little for others, never for long, and may be asked for twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import msgspec
from django.db import connection, transaction
from msgspec import Struct
from psycopg.types.json import Jsonb

from regulars.api.problems import KINDS, Problem
from regulars.ledger.connect import raw, rows, run

KNOWN = "SELECT fingerprint, status, body FROM api_answer WHERE program_id = %s AND key = %s"
KEEP = "INSERT INTO api_answer (program_id, key, fingerprint, status, body) VALUES (%s, %s, %s, %s, %s)"
OURS = "SELECT pg_try_advisory_xact_lock(%s)"
# A till stands still meanwhile, so waiting is short; the caller tries again.
LIMITS = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '20s'"


class Told(Struct, frozen=True):
    """An answer as it goes out."""

    status: int
    body: dict[str, object]

    @property
    def refused(self) -> bool:
        return self.status >= 400


@contextmanager
def bounded() -> Iterator[None]:
    """One transaction in which no wait is longer than LIMITS says."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LIMITS)
        yield


def once(program_id: int, key: str, asked: object, act: Callable[[], Told]) -> Told:
    """Do it once per key: the same request again gets the first answer, a final refusal too.

    Raises Problem: the key came with another request before, or the same one is being worked on right now.
    """
    fingerprint = sha256(msgspec.json.encode(asked, order="sorted")).digest()
    with bounded():
        _ours_alone(program_id, key)
        known = rows(raw(), KNOWN, [program_id, key])
        if not known:
            told = _done(act)
            run(raw(), KEEP, [program_id, key, fingerprint, told.status, Jsonb(told.body)])
            return told
        [(before, status, body)] = known
        if bytes(before) != fingerprint:
            raise Problem("idempotency_key_reused")
        return Told(status, body)


def _done(act: Callable[[], Told]) -> Told:
    """What came of it; a refusal that trying again cannot change is an answer too."""
    try:
        with transaction.atomic():
            return act()
    except Problem as problem:
        if KINDS[problem.code].retry:
            raise
        return Told(problem.status, problem.document())


def _ours_alone(program_id: int, key: str) -> None:
    """Until the transaction ends nobody else works under this key; whoever tries is told to come back."""
    number = int.from_bytes(sha256(f"{program_id} {key}".encode()).digest()[:8], signed=True)
    if rows(raw(), OURS, [number]) != [(True,)]:
        raise Problem("busy", headers={"Retry-After": "1"})
