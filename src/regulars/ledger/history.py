"""One member's facts as they are stored, read whole only where they matter.

A late fact changes what came after it. What came long before is only glanced at: what it is about, and when it is over.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct

from regulars.engine.facts import Effect, Fact, Fulfilment, Merge, Refund, Theirs, Unmerge
from regulars.ledger import codec
from regulars.ledger.connect import instant, rows

FACTS = (
    "SELECT seq, kind, key, occurred_at, body FROM ledger_fact WHERE program_id = %s AND member_id = %s ORDER BY seq"
)
NEVER_OVER = 2**62
TOGETHER = {codec.KINDS[kind] for kind in (Merge, Unmerge, Theirs)}
# Those whose subject is not their key.
OF_ANOTHER = {codec.KINDS[kind] for kind in (Refund, Fulfilment, Effect)}


class _Snapshot(Struct, array_like=True, tag="order"):
    key: str
    version_at: int


class _Return(Struct, array_like=True, tag="refund"):
    key: str
    subject: str


class _Handing(Struct, array_like=True, tag="fulfilment"):
    key: str
    subject: str


class _Effect(Struct, array_like=True, tag="effect"):
    key: str
    name: str
    at: int
    subject: str


_glance = msgspec.msgpack.Decoder(_Snapshot | _Return | _Handing | _Effect).decode


class Kept(Struct, gc=False):
    """A stored fact: what it is about, and the last instant that it speaks of."""

    seq: int
    kind: int
    subject: str
    until: int
    body: bytes

    @property
    def is_together(self) -> bool:
        """Whether it is another member's, or makes one of two."""
        return self.kind in TOGETHER


def kept(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> list[Kept]:
    """All of them, in the order of recording."""
    return [_kept(*row) for row in rows(conn, FACTS, [program_id, member_id])]


def _kept(seq: int, kind: int, key: str, occurred_at: Any, body: bytes) -> Kept:
    if kind in TOGETHER:
        return Kept(seq, kind, key, NEVER_OVER, body)
    until = instant(occurred_at) or 0
    if kind == codec.KIND_ORDER:
        seen = _glance(body)
        assert isinstance(seen, _Snapshot)
        return Kept(seq, kind, key, max(until, seen.version_at), body)
    if kind in OF_ANOTHER:
        seen = _glance(body)
        assert not isinstance(seen, _Snapshot)
        return Kept(seq, kind, seen.subject, until, body)
    return Kept(seq, kind, key, until, body)


def read(stored: Iterable[Kept]) -> list[tuple[int, Fact]]:
    """With their places in the chain."""
    return [(one.seq, codec.decode_fact(one.body)) for one in stored]


def about(stored: Sequence[Kept], subjects: set[str]) -> list[Kept]:
    return [one for one in stored if one.subject in subjects]


def since(stored: Sequence[Kept], at: int, subjects: set[str]) -> list[Kept]:
    """All about these subjects and what is spoken of at this instant or later: nothing else has a step there."""
    return about(stored, subjects.union([one.subject for one in stored if one.until >= at]))
