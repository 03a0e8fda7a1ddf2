"""Draws as they are kept: what each ticket won, and which of them the next ticket repeats. Only ever added to."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.calendar import date_of, day_of, instant_of
from regulars.engine.catalogue import Prize
from regulars.engine.luck import name_of
from regulars.engine.program import Programs
from regulars.ledger.connect import moment, rows, run

PAGE_LIMIT = 200

INSERT = """
    INSERT INTO rewards_draw
        (program_id, ticket_id, member_id, reward, version, day, number, again_of, drawn, prize, prize_id, at, actor,
        place)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
OF_TICKETS = """
    SELECT ticket_id, member_id, reward, version, day, number, again_of, drawn, prize, prize_id, at, actor, place
    FROM rewards_draw WHERE program_id = %s AND ticket_id = ANY(%b) ORDER BY ticket_id
"""
OF_PRIZE = """
    SELECT ticket_id, member_id, reward, version, day, number, again_of, drawn, prize, prize_id, at, actor, place
    FROM rewards_draw WHERE program_id = %s AND prize_id = %s ORDER BY at DESC LIMIT 1
"""
# Drawn with tickets that were taken back, and not repeated yet.
TAKEN_BACK = """
    SELECT d.ticket_id, d.member_id, d.reward, d.version, d.day, d.number, d.again_of, d.drawn, d.prize, d.prize_id,
        d.at, d.actor, d.place
    FROM rewards_draw AS d JOIN rewards_issued AS i ON i.id = d.ticket_id
    WHERE d.program_id = %s AND d.member_id = ANY(%b) AND d.reward = %s AND i.state = 'cancelled'
        AND NOT EXISTS (SELECT FROM rewards_draw AS later WHERE later.again_of = d.ticket_id)
    ORDER BY d.at, d.ticket_id LIMIT 1
"""
RETURNED = "SELECT 1 FROM rewards_happened WHERE program_id = %s AND issued_id = %s AND what = 'returned' LIMIT 1"
LAST = "SELECT COALESCE(max(number), 0) FROM rewards_draw WHERE program_id = %s AND day = %s"
OF_DAY = """
    SELECT ticket_id, member_id, reward, version, day, number, again_of, drawn, prize, prize_id, at, actor, place
    FROM rewards_draw WHERE program_id = %s AND day = %s ORDER BY number, ticket_id
"""
DAYS = """
    SELECT DISTINCT day FROM rewards_draw WHERE program_id = %s AND (%s::date IS NULL OR day = %s) ORDER BY day DESC
"""
TALLY = "SELECT drawn, count(*) FROM rewards_draw WHERE program_id = %s AND reward = %s AND number > 0 GROUP BY drawn"
LIST = """
    SELECT ticket_id, member_id, reward, version, day, number, again_of, drawn, prize, prize_id, at, actor, place
    FROM rewards_draw WHERE program_id = %(program_id)s AND (%(reward)s = '' OR reward = %(reward)s)
        AND (%(day)s::date IS NULL OR day = %(day)s)
        AND (%(member_ids)s::uuid[] IS NULL OR member_id = ANY(%(member_ids)s))
        AND (%(after_at)s::timestamptz IS NULL OR (at, ticket_id) < (%(after_at)s, %(after_id)s::uuid))
    ORDER BY at DESC, ticket_id DESC LIMIT %(limit)s
"""


class Draw(Struct, frozen=True):
    """What a ticket won; the fields are those of `models.Draw`. `day` is a local day, `at` an instant."""

    ticket_id: UUID
    member_id: UUID
    reward: str
    version: int
    day: int
    number: int | None
    again_of: UUID | None
    drawn: str
    prize: str
    prize_id: UUID | None
    at: int
    actor: str = ""
    place: str = ""

    @property
    def name(self) -> str:
        """Its public name; "" where nothing was drawn, because another ticket had won it."""
        return "" if self.number is None else name_of(self.day, self.number)


def of_tickets(conn: psycopg.Connection[Any], program_id: int, ticket_ids: Collection[UUID]) -> list[Draw]:
    return [_draw(row) for row in rows(conn, OF_TICKETS, [program_id, list(ticket_ids)])] if ticket_ids else []


def of_ticket(conn: psycopg.Connection[Any], program_id: int, ticket_id: UUID) -> Draw | None:
    return next(iter(of_tickets(conn, program_id, [ticket_id])), None)


def that_won(conn: psycopg.Connection[Any], program_id: int, issued_id: UUID) -> Draw | None:
    """The draw by which somebody has this copy."""
    found = rows(conn, OF_PRIZE, [program_id, issued_id])
    return _draw(found[0]) if found else None


def taken_back(
    conn: psycopg.Connection[Any], program_id: int, member_ids: Collection[UUID], reward: str
) -> tuple[Draw, bool] | None:
    """The oldest draw of these members that their next ticket repeats, and whether its prize went back."""
    found = rows(conn, TAKEN_BACK, [program_id, list(member_ids), reward])
    if not found:
        return None
    draw = _draw(found[0])
    return draw, bool(rows(conn, RETURNED, [program_id, draw.ticket_id]))


def next_number(conn: psycopg.Connection[Any], program_id: int, day: int) -> int:
    """The caller holds the day's seed locked."""
    [(last,)] = rows(conn, LAST, [program_id, date_of(day)])
    return int(last) + 1


def keep(conn: psycopg.Connection[Any], program_id: int, draw: Draw) -> None:
    said = [draw.ticket_id, draw.member_id, draw.reward, draw.version, date_of(draw.day), draw.number, draw.again_of]
    won = [draw.drawn, draw.prize, draw.prize_id]
    run(conn, INSERT, [program_id, *said, *won, moment(draw.at), draw.actor, draw.place])


def listed(
    conn: psycopg.Connection[Any],
    program_id: int,
    reward: str = "",
    day: str | None = None,
    member_ids: Collection[UUID] | None = None,
    after: Draw | None = None,
    limit: int = 50,
) -> list[Draw]:
    """Newest first."""
    with psycopg.Cursor(conn) as cursor:
        asked = {
            "program_id": program_id,
            "reward": reward,
            "day": day,
            "member_ids": None if member_ids is None else list(member_ids),
            "after_at": moment(after.at) if after else None,
            "after_id": after.ticket_id if after else None,
            "limit": min(limit, PAGE_LIMIT),
        }
        return [_draw(row) for row in cursor.execute(LIST, asked).fetchall()]


def of_day(conn: psycopg.Connection[Any], program_id: int, day: str) -> list[Draw]:
    """All of a local day, by number; those that repeat another come last."""
    return [_draw(row) for row in rows(conn, OF_DAY, [program_id, date.fromisoformat(day)])]


def days(conn: psycopg.Connection[Any], program_id: int, day: str | None = None) -> list[str]:
    """The local days on which anything was drawn, newest first."""
    return [str(on) for (on,) in rows(conn, DAYS, [program_id, day, day])]


def tally(conn: psycopg.Connection[Any], program_id: int, reward: str) -> dict[str, int]:
    """How often each prize was drawn; "" for nothing."""
    return dict(rows(conn, TALLY, [program_id, reward]))


def prizes_of(programs: Programs, draw: Draw) -> tuple[Prize, ...]:
    """What could be won when it was drawn, in order."""
    version = next(one for one in programs.versions if one.number == draw.version)
    return version.rewards[draw.reward].gives.prizes


def prize_called(programs: Programs, draw: Draw, name: str) -> Prize | None:
    return next((one for one in prizes_of(programs, draw) if one.name == name), None)


def _draw(row: tuple[Any, ...]) -> Draw:
    ticket_id, member_id, reward, version, day, number, again_of, drawn, prize, prize_id, at, actor, place = row
    won = (drawn, prize, prize_id)
    return Draw(
        ticket_id, member_id, reward, version, day_of(day), number, again_of, *won, instant_of(at), actor, place
    )
