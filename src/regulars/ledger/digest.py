"""The heads of both chains of every member, to be kept elsewhere.

The chain alone does not prove that nobody rewrote the past: whoever can write everything can write a whole new chain. A
digest taken earlier and kept out of reach does. It is a text of lines: a head line, one line per member, and a seal,
the SHA-256 of all lines before it, keyed (HMAC) when a key is given.
"""

import hmac
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.ledger.connect import rows

HEADS = """
    SELECT member_id, fact_seq, fact_hash, entry_seq, entry_hash FROM ledger_account
    WHERE program_id = %s AND member_id > %s ORDER BY member_id LIMIT 10000
"""
FACT_LINKS = """
    SELECT member_id, hash FROM ledger_fact JOIN unnest(%b::uuid[], %b::int[]) AS w (member_id, seq)
    USING (member_id, seq) WHERE program_id = %s
"""
ENTRY_LINKS = """
    SELECT member_id, hash FROM ledger_entry JOIN unnest(%b::uuid[], %b::int[]) AS w (member_id, seq)
    USING (member_id, seq) WHERE program_id = %s
"""
TITLE = "regulars digest 1"


class Head(Struct, frozen=True):
    """Where a member's chains stood."""

    member_id: UUID
    fact_seq: int
    fact_hash: bytes
    entry_seq: int
    entry_hash: bytes


class Rewritten(Struct, frozen=True):
    """A member whose chain does not lead back to the digest; `table` and `seq` name the link."""

    member_id: UUID
    table: str
    seq: int


class BadDigest(ValueError):
    """The file is no digest, was cut short, or its seal does not fit."""


def lines(conn: psycopg.Connection[Any], program_id: int, as_of: str, key: bytes = b"") -> Iterator[str]:
    """The digest of a program, line by line; `as_of` is a timestamp for the reader."""
    seal = hmac.new(key, digestmod=sha256)
    for line in _content(conn, program_id, as_of):
        seal.update(line.encode() + b"\n")
        yield line
    yield f"seal {seal.hexdigest()}"


def _content(conn: psycopg.Connection[Any], program_id: int, as_of: str) -> Iterator[str]:
    yield f"{TITLE} program {program_id} as of {as_of}"
    after = UUID(int=0)
    while found := rows(conn, HEADS, [program_id, after]):
        for member_id, fact_seq, fact_hash, entry_seq, entry_hash in found:
            yield f"{member_id} {fact_seq} {fact_hash.hex() or '-'} {entry_seq} {entry_hash.hex() or '-'}"
        after = found[-1][0]


def read(given: Iterable[str], key: bytes = b"") -> tuple[int, list[Head]]:
    """(program id, heads) of a digest. Raises BadDigest."""
    content = [line.rstrip("\n") for line in given]
    seal = hmac.new(key, "".join(line + "\n" for line in content[:-1]).encode(), sha256).hexdigest()
    if not content or not content[0].startswith(TITLE) or not hmac.compare_digest(content[-1], f"seal {seal}"):
        raise BadDigest("this is no digest, it was changed or cut short, or it was sealed with another key")
    return int(content[0].split()[4]), [_head(line) for line in content[1:-1]]


def _head(line: str) -> Head:
    member_id, fact_seq, fact_hash, entry_seq, entry_hash = line.split()
    return Head(UUID(member_id), int(fact_seq), _hash(fact_hash), int(entry_seq), _hash(entry_hash))


def _hash(text: str) -> bytes:
    return b"" if text == "-" else bytes.fromhex(text)


def rewritten(conn: psycopg.Connection[Any], program_id: int, heads: list[Head]) -> Iterator[Rewritten]:
    """Every chain that no longer contains the link it ended with when the digest was taken."""
    for start in range(0, len(heads), 10_000):
        part = heads[start : start + 10_000]
        members = [head.member_id for head in part]
        facts: dict[UUID, bytes] = dict(rows(conn, FACT_LINKS, [members, [head.fact_seq for head in part], program_id]))
        entries: dict[UUID, bytes] = dict(
            rows(conn, ENTRY_LINKS, [members, [head.entry_seq for head in part], program_id])
        )
        for head in part:
            if facts.get(head.member_id, b"") != head.fact_hash:
                yield Rewritten(head.member_id, "ledger_fact", head.fact_seq)
            if entries.get(head.member_id, b"") != head.entry_hash:
                yield Rewritten(head.member_id, "ledger_entry", head.entry_seq)
