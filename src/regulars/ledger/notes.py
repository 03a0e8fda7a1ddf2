"""What somebody wrote about a fact in their own words, kept beside it.

Facts and their hashes say reasons as codes and people as ids. The words are a row of their own, under the fact's key:
they are read with it, and can be deleted while every chain stays as it is. See docs/adr/0008-words-beside-facts.md.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.facts import Fact
from regulars.ledger import codec
from regulars.ledger.connect import rows, run

KEEP = """
    INSERT INTO ledger_note (program_id, member_id, kind, key, words)
    SELECT %s, * FROM unnest(%b::uuid[], %b::smallint[], %b::text[], %b::text[])
    ON CONFLICT (program_id, member_id, kind, key) DO UPDATE SET words = ledger_note.words || ' · ' || excluded.words
"""
OF_MEMBER = "SELECT kind, key, words FROM ledger_note WHERE program_id = %s AND member_id = %s ORDER BY kind, key"
FORGET = "DELETE FROM ledger_note WHERE program_id = %s AND member_id = %s"


def keep(conn: psycopg.Connection[Any], program_id: int, written: Sequence[tuple[UUID, Fact, str]]) -> None:
    """(member, fact, words) for facts that are recorded in the same transaction; no words, no row.

    Of an order that is recorded again the words are added to those before.
    """
    noted = [(member_id, codec.kind_of(fact), fact.key, words) for member_id, fact, words in written if words]
    if noted:
        run(conn, KEEP, [program_id, *(list(column) for column in zip(*noted, strict=True))])


def of_member(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> dict[tuple[int, str], str]:
    """Words by the kind and the key of the fact."""
    return {(kind, key): words for kind, key, words in rows(conn, OF_MEMBER, [program_id, member_id])}


def forget(conn: psycopg.Connection[Any], program_id: int, member_id: UUID) -> None:
    """Nothing that somebody wrote about a member is left."""
    run(conn, FORGET, [program_id, member_id])
