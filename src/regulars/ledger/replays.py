"""What the ledger holds of each member, for whoever folds it once more: facts, what was ruled, the entries written.

Nothing is locked and nothing is written. Each chunk of members is read as of one moment, so a shop may go on selling.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.account import Account
from regulars.engine.facts import Fact
from regulars.engine.fold import fold
from regulars.engine.outcome import Entry
from regulars.engine.packing import unpacked
from regulars.engine.program import Programs
from regulars.engine.purse import Events, Key, Purse
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from regulars.ledger import codec, load
from regulars.ledger.connect import one_moment, rows
from regulars.ledger.resume import is_due_last
from regulars.ledger.verify import CHUNK, ENTRIES, LOWEST, by_member

ACCOUNTS = """
    SELECT member_id, state, guest FROM ledger_account WHERE program_id = %s AND member_id > %s
    ORDER BY member_id LIMIT %s
"""
FACTS = """
    SELECT member_id, seq, body FROM ledger_fact WHERE program_id = %s AND member_id = ANY(%b) ORDER BY member_id, seq
"""


class Replay(Struct):
    """`facts` are those that have an effect. `settled` is the instant up to which time was let pass; None: only to the
    last fact.
    """

    member_id: UUID
    guest: bool
    facts: list[Fact]
    entries: list[Entry]
    rulings: dict[Key, Events]
    others: dict[str, dict[Key, Events]]
    settled: int | None

    def folded(self, programs: Programs, until: int | None = None) -> Tape:
        """By these versions and as was ruled: to an instant, or to where the account stands."""
        others = {of: Purse(ruled=ruled, asks=False) for of, ruled in self.others.items()}
        tape = Tape(programs, Account(guest=self.guest), purse=Purse(ruled=self.rulings, asks=False, others=others))
        steps = unrolled(self.facts)
        if until is None:
            fold(tape, steps, self.settled)
        else:
            fold(tape, [step for step in steps if step.step[0] <= until], until)
        return tape


def replays(conn: psycopg.Connection[Any], programs: Programs) -> Iterator[Replay]:
    """Every account of a program, in order of id."""
    after = LOWEST
    while chunk := _chunk(conn, programs, after):
        yield from chunk
        after = chunk[-1].member_id


def written(conn: psycopg.Connection[Any], programs: Programs) -> Iterator[list[Entry]]:
    """The entries of each member, without the facts that they came of."""
    after = LOWEST
    while accounts := rows(conn, ACCOUNTS, [programs.program_id, after, CHUNK]):
        found = by_member(rows(conn, ENTRIES, [programs.program_id, [row[0] for row in accounts]]))
        yield from ([load.entry_of(row) for row in found[member_id]] for member_id, _, guest in accounts if not guest)
        after = accounts[-1][0]


def _chunk(conn: psycopg.Connection[Any], programs: Programs, after: UUID) -> list[Replay]:
    with one_moment(conn):
        accounts = rows(conn, ACCOUNTS, [programs.program_id, after, CHUNK])
        members = [row[0] for row in accounts]
        facts, entries, ruled = (
            by_member(rows(conn, statement, [programs.program_id, members]))
            for statement in (FACTS, ENTRIES, load.RULINGS)
        )
        found = []
        for member_id, state, guest in accounts:
            told = [(seq, codec.decode_fact(body)) for seq, body in facts[member_id]]
            rulings = load.rulings_of((member_id, *row) for row in ruled[member_id])
            others = load.rulings_on_others(conn, programs.program_id, [fact for _, fact in told])
            written = [load.entry_of(row) for row in entries[member_id]]
            having = [fact for _, fact in load.until_closed(told, lambda item: item[1])]
            found.append(Replay(member_id, guest, having, written, rulings, others, _settled(state)))
    return found


def _settled(state: bytes) -> int | None:
    account = unpacked(state)
    return account.last[0] if is_due_last(account) else None
