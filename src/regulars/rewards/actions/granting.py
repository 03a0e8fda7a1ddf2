"""Gifts that rules give: what was announced of them becomes copies that members own, and is taken back if unused.

The fold announces grants and withdrawals in the outbox. Whoever reads one looks at all that was ever said of its grant,
so that neither the order in which letters arrive nor a letter that arrives twice matters: as many copies are good as
are granted. What was used stays used. See docs/rules/gifts.md.
"""

import logging
from typing import Any
from uuid import UUID

import psycopg
from django.db import transaction

from regulars.engine.granting import GRANTED, WITHDRAWN
from regulars.engine.program import Programs
from regulars.ledger import contents, outbox
from regulars.ledger.connect import raw, rows
from regulars.ledger.load import told_of
from regulars.ledger.outbox import Letter
from regulars.rewards import draws, looking
from regulars.rewards.actions import drawing, owning
from regulars.rewards.refusing import Refused

READER = "gifts"
ACTOR = "program"
SAID = """
    SELECT identity, kind, withdrawn, occurred_at, payload FROM ledger_announcement
    WHERE program_id = %s AND member_id = %s AND kind IN ('reward.granted', 'reward.withdrawn')
"""
LOG = logging.getLogger(__name__)


@transaction.atomic
def hand_out(programs: Programs, now: int, limit: int = 500) -> int:
    """Read on in the outbox up to the next gift, and give it or take it back; how much was read.

    One gift a transaction: its member's account is locked, and nobody else's.
    """
    conn, program_id = raw(), programs.program_id
    read: list[Letter] = []
    for letter in outbox.unread(conn, program_id, READER, limit):
        read.append(letter)
        if letter.sends and letter.told.kind in (GRANTED, WITHDRAWN):
            said = letter.told.announcement.payload
            settle(programs, letter.member_id, said["grant"], said["reward"], now)
            break
    if read:
        outbox.has_read(conn, program_id, READER, read[-1])
    return len(read)


def settle(programs: Programs, member_id: UUID, grant: str, reward: str, now: int) -> None:
    """As many good copies as are granted: the rest is given, or the latest unused ones are taken back."""
    conn, number, good = raw(), 0, list[UUID]()
    name = contents.called(grant, member_id)
    wanted = granted(conn, programs.program_id, member_id, grant)
    while found := looking.owned(conn, programs.program_id, owning.gift_id(programs, f"{name}#{number}"), now):
        number += 1
        good += [found.id] if found.state != "cancelled" else []
    try:
        for place in range(wanted - len(good)):
            cause = f"{name}#{number + place}"
            owning.give(programs, member_id, reward, cause, now, actor=ACTOR, reason=grant, by_rule=True)
    except Refused as refused:
        LOG.warning("the gift %s was not given: %s", grant, refused.code)
    for issued_id in reversed(good[max(wanted, 0) :]):
        _take_back(programs, issued_id, now, grant)


def granted(conn: psycopg.Connection[Any], program_id: int, member_id: UUID, grant: str) -> int:
    """How often a grant stands, after all that was announced and withdrawn of it."""
    told = [told_of(row) for row in rows(conn, SAID, [program_id, member_id])]
    mine = [one for one in told if one.announcement.payload["grant"] == grant]
    return sum(int(one.announcement.payload["count"]) * (1 if one.kind == GRANTED else -1) for one in mine)


def _take_back(programs: Programs, issued_id: UUID, now: int, reason: str) -> None:
    end = drawing.withdraw if draws.of_ticket(raw(), programs.program_id, issued_id) else owning.cancel
    try:
        end(programs, issued_id, now, actor=ACTOR, reason=reason)
    except Refused as refused:
        LOG.info("the gift %s stays: %s", reason, refused.code)
