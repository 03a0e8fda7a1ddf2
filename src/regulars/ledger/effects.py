"""What one member did, recorded for others whom it concerns: effects, read from the outbox.

A fold reads and locks one member, and only it finds out whom a friend's order concerns. So an effect is recorded in a
transaction of its own, by a reader of the outbox, which locks those whom it concerns and nobody else: no two members
wait for each other. It is dated when it happened, so that no figure depends on when that is. See
docs/adr/0013-effects-by-the-outbox.md.
"""

from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.program import Programs
from regulars.engine.referral import effect_of
from regulars.ledger import outbox
from regulars.ledger.admission import is_member
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record

READER = "effects"


def pass_on(conn: psycopg.Connection[Any], programs: Programs, now: int, limit: int = 500) -> int:
    """Record the effects of what was told, in the caller's transaction; how much was read.

    Raises `Contended` as `record` does: trying again helps.
    """
    letters = outbox.unread(conn, programs.program_id, READER, limit)
    if not letters:
        return 0
    found = [effect_of(str(one.member_id), one.seq, one.told) for one in letters]
    record(conn, programs, [Incoming(UUID(one[0]), one[1]) for one in found if one and is_member(one[0])], now)
    outbox.has_read(conn, programs.program_id, READER, letters[-1])
    return len(letters)
