"""Two members become one, or two again, or a guest's order is a member's: decided under the locks of both.

What is decided is recorded as any fact.
"""

from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.account import Account
from regulars.engine.decide import Refusal, decide_merge, decide_unmerge
from regulars.engine.earlier import decide_claim
from regulars.engine.facts import Claimed, Merge, Order, Unmerge
from regulars.engine.program import Programs
from regulars.ledger import load
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record


def merge(
    conn: psycopg.Connection[Any], programs: Programs, survivor: UUID, absorbed: UUID, asked: Merge, now: int
) -> Merge | Refusal:
    """The survivor has everything of both from now on. `asked` says its key, its reason and who asks for it."""
    wanted = {survivor: False, absorbed: False}
    accounts = {member: loaded.account for member, loaded in load.accounts(conn, programs.program_id, wanted).items()}
    names = Merge(asked.key, str(absorbed), str(survivor), now, str(absorbed), asked.reason, asked.actor)
    said = decide_merge(programs, accounts[survivor], accounts[absorbed], names, now)
    if isinstance(said, Merge):
        record(conn, programs, [Incoming(absorbed, said)], said.at)
    return said


def unmerge(
    conn: psycopg.Connection[Any], programs: Programs, survivor: UUID, asked: Unmerge, now: int
) -> Unmerge | Refusal:
    """The latest merge of a member was a mistake: both have an account of their own from now on."""
    account: Account = load.accounts(conn, programs.program_id, {survivor: False})[survivor].account
    said = decide_unmerge(programs, account, asked, now)
    if isinstance(said, Unmerge):
        record(conn, programs, [Incoming(survivor, said)], said.at)
    return said


def claim(conn: psycopg.Connection[Any], programs: Programs, guest: UUID, by: UUID, now: int) -> Claimed | Refusal:
    """What a guest bought is a member's from the beginning. The caller has seen to it that the two are one person."""
    known = [fact for _, fact in load.history(conn, programs.program_id, guest)]
    paid = [fact.paid_at for fact in known if isinstance(fact, Order) and fact.paid_at is not None]
    accounts = load.accounts(conn, programs.program_id, {guest: False, by: False})
    asked = Claimed(str(guest), str(guest), str(by), now, str(guest))
    said = decide_claim(programs, accounts[by].account, accounts[guest].account, asked, min(paid, default=now), now)
    if isinstance(said, Claimed):
        record(conn, programs, [Incoming(guest, said)], said.at)
    return said
