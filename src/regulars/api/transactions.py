"""Transactions of requests: they wait a little for others, never for long, and may be asked for twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import msgspec
from django.db import connection, transaction
from msgspec import Struct

from regulars.api.models import Answer
from regulars.api.problems import KINDS, Problem

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
        known = Answer.objects.filter(program_id=program_id, key=key).first()
        if known is None:
            told = _done(act)
            Answer.objects.create(
                program_id=program_id, key=key, fingerprint=fingerprint, status=told.status, body=told.body
            )
            return told
        if bytes(known.fingerprint) != fingerprint:
            raise Problem("idempotency_key_reused")
        return Told(known.status, known.body)


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
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if cursor.fetchone() != (True,):
            raise Problem("busy", headers={"Retry-After": "1"})
