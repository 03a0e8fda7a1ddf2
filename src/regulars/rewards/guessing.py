"""Codes that led nowhere, counted by who tried them: whoever guesses is slowed down, and noticed.

A slip of the typist shows by the check character and costs little; a well-spelled code that nobody made was made up.
After `LIMIT` points within a window every code of that asker is refused until it is over, right ones too.

The count lies in the database, for all processes and machines, and is written over a connection of its own: a wrong
code often ends in a refusal, which undoes what the asker's transaction wrote. Windows are of real time.
"""

import logging

from django.db import connection

from regulars.ledger.connect import raw, rows, run

LIMIT = 40
WINDOW_SECONDS = 600
# A slip, and a code that is spelled well and was never made.
SLIP, MADE_UP = 1, 4

COUNTED = """
    SELECT points FROM rewards_guess WHERE program_id = %s AND asker = %s AND until > statement_timestamp()
"""
PRUNE = """
    DELETE FROM rewards_guess WHERE (program_id, asker) IN (
        SELECT program_id, asker FROM rewards_guess WHERE until <= statement_timestamp() FOR UPDATE SKIP LOCKED
    )
"""
COUNT = """
    INSERT INTO rewards_guess AS known (program_id, asker, points, until)
    VALUES (%s, %s, %s, statement_timestamp() + make_interval(secs => %s))
    ON CONFLICT (program_id, asker) DO UPDATE SET
        points = excluded.points + CASE WHEN known.until > statement_timestamp() THEN known.points ELSE 0 END,
        until = CASE WHEN known.until > statement_timestamp() THEN known.until ELSE excluded.until END
    RETURNING points
"""

log = logging.getLogger(__name__)


def too_many(program_id: int, asker: str) -> bool:
    return any(points >= LIMIT for (points,) in rows(raw(), COUNTED, [program_id, asker]))


def note(program_id: int, asker: str, points: int) -> None:
    own = connection.copy()
    try:
        own.ensure_connection()
        run(own.connection, PRUNE)
        [(counted,)] = rows(own.connection, COUNT, [program_id, asker, points, WINDOW_SECONDS])
    finally:
        own.close()
    if counted - points < LIMIT <= counted:
        log.warning("%s guesses codes of program %d; none is taken from there for a while", asker, program_id)
