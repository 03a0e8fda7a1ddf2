"""The secrets that draws come from, one for each local day: fixed and published ahead, told when the day is over.

`fresh` is where a new one comes from: 32 random bytes, handed in from outside. See docs/rules/draws.md.
"""

from collections.abc import Callable
from datetime import datetime
from secrets import token_bytes
from typing import Any

import psycopg
from msgspec import Struct

from regulars.engine.calendar import HOUR, date_of
from regulars.engine.luck import SEED_BYTES, digest_of
from regulars.engine.program import Programs
from regulars.ledger.connect import moment, rows, run
from regulars.rewards import secrecy
from regulars.rewards.refusing import Refused

Fresh = Callable[[], bytes]
# Digests are published so many days before they are needed.
AHEAD = 7
# After the end of its day a seed waits: whoever began to draw before midnight is done by then.
TOLD_AFTER = HOUR
SHOWN = 60

KNOWN = "SELECT day FROM rewards_seed WHERE program_id = %s AND day = ANY(%b)"
OPEN = """
    INSERT INTO rewards_seed (program_id, day, digest, sealed, published_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING
"""
LOCK = "SELECT digest, sealed FROM rewards_seed WHERE program_id = %s AND day = %s FOR UPDATE"
OVER = "SELECT day, digest, sealed FROM rewards_seed WHERE program_id = %s AND seed IS NULL AND day < %s"
TELL = "UPDATE rewards_seed SET seed = %s WHERE program_id = %s AND day = %s AND seed IS NULL"
LIST = """
    SELECT s.day, s.digest, s.sealed, s.seed, s.published_at,
        (SELECT count(*) FROM rewards_draw AS d WHERE d.program_id = s.program_id AND d.day = s.day AND number > 0)
    FROM rewards_seed AS s WHERE program_id = %s AND (%s::date IS NULL OR day = %s) ORDER BY day DESC LIMIT %s
"""


class Day(Struct, frozen=True):
    """`seed` is empty until the day is over, and where the installation's secret was lost before; `draws` are those
    that have a number."""

    day: str
    digest: bytes
    seed: bytes
    published_at: datetime
    draws: int


def fresh_seed() -> bytes:
    return token_bytes(SEED_BYTES)


def has_draws(programs: Programs) -> bool:
    return any(one.gives.is_draw for version in programs.versions for one in version.rewards.values())


def keep_up(conn: psycopg.Connection[Any], programs: Programs, now: int, fresh: Fresh = fresh_seed) -> None:
    """Publish the seeds of this day and those to come, and tell those that are over."""
    if has_draws(programs):
        publish(conn, programs, now, fresh)
        tell(conn, programs, now)


def publish(conn: psycopg.Connection[Any], programs: Programs, now: int, fresh: Fresh = fresh_seed) -> None:
    today = programs.calendar.day(now)
    wanted = [date_of(today + ahead) for ahead in range(AHEAD + 1)]
    known = {day for (day,) in rows(conn, KNOWN, [programs.program_id, wanted])}
    for day in wanted:
        if day not in known:
            seed = fresh()
            assert len(seed) == SEED_BYTES
            run(conn, OPEN, [programs.program_id, day, digest_of(seed), secrecy.seal_seed(seed), moment(now)])


def tell(conn: psycopg.Connection[Any], programs: Programs, now: int) -> None:
    """From now on they are readable without the installation's secret."""
    for day, digest, sealed in rows(conn, OVER, [programs.program_id, date_of(first_secret(programs, now))]):
        seed = secrecy.unseal_seed(bytes(sealed), bytes(digest))
        if seed is not None:
            run(conn, TELL, [seed, programs.program_id, day])


def first_secret(programs: Programs, now: int) -> int:
    """The first local day whose seed may not be told yet."""
    return programs.calendar.day(now - TOLD_AFTER)


def locked(conn: psycopg.Connection[Any], programs: Programs, day: int) -> bytes:
    """The seed of a day on which nobody else draws until the transaction ends. Raises Refused where it is lost."""
    found = rows(conn, LOCK, [programs.program_id, date_of(day)])
    seed = secrecy.unseal_seed(bytes(found[0][1]), bytes(found[0][0])) if found else None
    if seed is None:
        raise Refused("seed_lost")
    return seed


def days(conn: psycopg.Connection[Any], programs: Programs, now: int, day: str | None = None) -> list[Day]:
    """What everybody may know, newest first; the latest two months."""
    secret = str(date_of(first_secret(programs, now)))
    return [
        one if one.day < secret else Day(one.day, one.digest, b"", one.published_at, one.draws)
        for one in _read(conn, programs, day, SHOWN)
    ]


def every(conn: psycopg.Connection[Any], programs: Programs, day: str | None = None) -> list[Day]:
    """All days with every seed that can be read: for proofs that tell nobody."""
    return _read(conn, programs, day, None)


def _read(conn: psycopg.Connection[Any], programs: Programs, day: str | None, limit: int | None) -> list[Day]:
    return [
        Day(
            str(on),
            bytes(digest),
            bytes(seed) if seed is not None else secrecy.unseal_seed(bytes(sealed), bytes(digest)) or b"",
            published_at,
            draws,
        )
        for on, digest, sealed, seed, published_at, draws in rows(conn, LIST, [programs.program_id, day, day, limit])
    ]
