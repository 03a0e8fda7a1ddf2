"""The other side of a transfer: what one member handed over, recorded for the other in the same transaction.

Who receives is known before anything is locked, so both accounts are locked at once, in the order of ids. What was
handed over is what the giver's fold said when the transfer was recorded; both folds go by that record from then on.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import psycopg

from regulars.engine.facts import Received, Transfer
from regulars.ledger import load
from regulars.ledger.claims import Claim
from regulars.ledger.receipt import Incoming
from regulars.ledger.resume import Folded


def lock(conn: psycopg.Connection[Any], program_id: int, claims: dict[UUID, list[Claim]]) -> None:
    """Everybody whom a batch with a transfer concerns, in the order of ids."""
    if receivers := receivers_of(chain.from_iterable(claims.values())):
        members = {member_id: kept[0].guest for member_id, kept in claims.items()}
        load.accounts(conn, program_id, dict.fromkeys(receivers, False) | members)


def received(
    conn: psycopg.Connection[Any], program_id: int, claims: Iterable[Claim], work: Sequence[Folded]
) -> list[Incoming]:
    """What the others are to record, after everything that they have recorded."""
    kept = list(claims)
    receivers = receivers_of(kept)
    if not receivers:
        return []
    handed = {key: lots for item in work for key, lots in item.tape.handed.items()}
    found = load.accounts(conn, program_id, dict.fromkeys(receivers, False))
    last = {member_id: loaded.account.last[0] for member_id, loaded in found.items()}
    incoming = []
    for fact in (item.fact for item in kept):
        if isinstance(fact, Transfer) and handed.get(fact.key):
            to = UUID(fact.to)
            last[to] = max(fact.at, last[to] + 1)
            incoming.append(Incoming(to, Received(fact.key, fact.wallet, handed[fact.key], last[to], fact.key)))
    return incoming


def receivers_of(kept: Iterable[Claim]) -> set[UUID]:
    return {UUID(item.fact.to) for item in kept if isinstance(item.fact, Transfer)}
