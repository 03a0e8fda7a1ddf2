"""Codes that led nowhere, counted by who tried them: whoever guesses is slowed down, and noticed.

A slip of the typist shows by the check character and costs little; a well-spelled code that nobody made was made up.
After `LIMIT` points within a window every code of that asker is refused until it is over, right ones too. An asker is a
member, or the client that a shop names for a guest, at one key.

Guests whom nobody tells apart are one asker with `CEILING` points, beyond which only codes that everybody may know are
taken from them. A key through which so many come is reported; from then on whoever guessed once is refused as well. So
nobody who never guessed is refused for what others did, but those who cannot be told from them.

The count lies in the database, for all processes and machines, and is written over a connection of its own: a wrong
code often ends in a refusal, which undoes what the asker's transaction wrote. Windows are of real time.
"""

import logging

from django.db import connection
from msgspec import Struct

from regulars.ledger.connect import raw, rows, run

LIMIT = 40
CEILING = 1_000
WINDOW_SECONDS = 600
# A slip, and a code that is spelled well and was never made.
SLIP, MADE_UP = 1, 4

COUNTED = """
    SELECT asker, points FROM rewards_guess
    WHERE program_id = %s AND asker = ANY(%b) AND until > statement_timestamp()
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


class Asker(Struct, frozen=True):
    """Who lays codes down: `who` at a `key`; nobody said: a guest of that `place`."""

    key: str
    who: str = ""
    place: str = ""

    @property
    def name(self) -> str:
        return f"{self.key} {self.who}" if self.who else f"{self.key} guests {self.place}".rstrip()

    @property
    def limit(self) -> int:
        return LIMIT if self.who else CEILING


def too_many(program_id: int, asker: Asker, *, is_public: bool = False) -> bool:
    """Whether no code is taken from them for now, be it one that everybody may know (`is_public`)."""
    found = dict(rows(raw(), COUNTED, [program_id, [asker.name, asker.key]]))
    own = found.get(asker.name, 0)
    if is_public and not asker.who:
        return False
    return own >= asker.limit or (own > 0 and found.get(asker.key, 0) >= CEILING)


def note(program_id: int, asker: Asker, points: int) -> None:
    own = connection.copy()
    try:
        own.ensure_connection()
        run(own.connection, PRUNE)
        [(counted,)] = rows(own.connection, COUNT, [program_id, asker.name, points, WINDOW_SECONDS])
        [(of_key,)] = rows(own.connection, COUNT, [program_id, asker.key, points, WINDOW_SECONDS])
    finally:
        own.close()
    if counted - points < asker.limit <= counted:
        log.warning("%s guesses codes of program %d; none is taken from there for a while", asker.name, program_id)
    if of_key - points < CEILING <= of_key:
        log.error("codes of program %d are guessed through the key %s", program_id, asker.key)
