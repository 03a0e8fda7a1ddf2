"""An order that was paid with rewards comes back, and its rewards follow. Points return by themselves.

Whoever records orders has locked their members, hundreds at once, and must not wait for checkouts and shelves then. So
an order that came back is only noted in that transaction, and followed in one of its own.
"""

import logging
from collections.abc import Collection
from typing import Any

import psycopg
from django.db import transaction

from regulars.engine.program import Programs
from regulars.ledger.claims import is_busy
from regulars.ledger.connect import raw, rows, run
from regulars.rewards import parts
from regulars.rewards.actions.undoing import REFUNDED, locked_with_account, undone
from regulars.rewards.copies import Doing
from regulars.rewards.refusing import Refused

ACTOR = "refund"
LOG = logging.getLogger(__name__)
NOTE = "INSERT INTO rewards_comingback (program_id, order_key) SELECT %s, * FROM unnest(%b::text[])"
NEXT = """
    SELECT id, order_key FROM rewards_comingback WHERE program_id = %s ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
AGAIN = "INSERT INTO rewards_comingback (program_id, order_key) VALUES (%s, %s)"
DONE = "DELETE FROM rewards_comingback WHERE program_id = %s AND id = %s"


def note_returns(conn: psycopg.Connection[Any], program_id: int, order_keys: Collection[str]) -> None:
    """In the transaction that records them: those of these orders of which nothing is left, and which rewards paid.

    Nothing is locked. What is still held then is looked at as well: it may be captured at this moment.
    """
    paid = parts.paying(conn, program_id, order_keys) if order_keys else []
    if paid and (gone := parts.came_back(conn, program_id, paid)):
        run(conn, NOTE, [program_id, gone])


@transaction.atomic
def follow_returns(programs: Programs, now: int) -> int:
    """The next order that came back, its checkouts undone; 1, or 0 where none was noted, or none could be followed.

    One that cannot be followed is told of in the log and waits behind the others, so that it holds nobody up.
    """
    conn, program_id = raw(), programs.program_id
    found = rows(conn, NEXT, [program_id])
    if not found:
        return 0
    [(number, key)] = found
    run(conn, DONE, [program_id, number])
    try:
        with transaction.atomic():
            follow(programs, key, now)
    except Exception as error:
        if is_busy(error):
            raise
        LOG.exception("order %s came back, and its checkouts could not be undone", key)
        run(conn, AGAIN, [program_id, key])
        return 0
    return 1


def follow(programs: Programs, order_key: str, now: int) -> int:
    """Undo the checkouts of an order of which nothing is left; how many there were.

    What was sent already, or used elsewhere since, stays as it is. Where only a part of an order comes back its rewards
    stay used: the member had them with the rest.
    """
    done = 0
    for checkout_id in parts.of_order(raw(), programs.program_id, order_key):
        kept, _ = locked_with_account(programs, checkout_id, now)
        # Somebody may have voided it until it was locked, or put the order back.
        if kept.state != "captured" or not parts.came_back(raw(), programs.program_id, [order_key]):
            continue
        try:
            with transaction.atomic():
                undone(programs, kept, Doing(programs.program_id, now, ACTOR, "", checkout_id), REFUNDED)
            done += 1
        except Refused:
            continue
    return done
