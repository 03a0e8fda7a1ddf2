"""Every draw made again from its seed: whether what was written down is what the seed, the names and the chances say.

Nobody is told a seed by this; what is found is, and it names draws by their public names. See docs/rules/draws.md.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.calendar import instant_of
from regulars.engine.luck import digest_of, number_drawn, place_won
from regulars.engine.program import Programs
from regulars.rewards import draws, seeds
from regulars.rewards.draws import Draw
from regulars.rewards.seeds import Day

# What may be wrong, and which of it only calls for a closer look. Stable for ever.
CODES = {
    "again_differs": True,
    "digest_differs": True,
    "gap": True,
    "late": False,
    "prize_differs": True,
    "prize_earlier": True,
    "seed_missing": True,
    "version_unknown": True,
}


class Finding(Struct, frozen=True):
    """`about` is a day, or a draw by its name; one that repeats another is named by its ticket."""

    code: str
    about: str

    @property
    def is_grave(self) -> bool:
        return CODES[self.code]


class Proof(Struct, frozen=True):
    days: int
    draws: int
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        return not any(one.is_grave for one in self.findings)


def prove(conn: psycopg.Connection[Any], programs: Programs, day: str | None = None) -> Proof:
    """Of a local day, or of all of them: those that have a seed, and those on which was drawn."""
    known = {one.day: one for one in seeds.every(conn, programs, day)}
    walked = sorted({*known, *draws.days(conn, programs.program_id, day)}, reverse=True)
    findings: list[Finding] = []
    count = 0
    for on in walked:
        made = draws.of_day(conn, programs.program_id, on)
        firsts = draws.of_tickets(conn, programs.program_id, [other.again_of for other in made if other.again_of])
        findings += _of_day(programs, on, known.get(on), made, {first.ticket_id: first for first in firsts})
        count += len(made)
    return Proof(len(walked), count, findings)


def _of_day(
    programs: Programs, on: str, day: Day | None, made: Sequence[Draw], firsts: dict[UUID, Draw]
) -> Iterator[Finding]:
    numbered = [one for one in made if one.number is not None]
    if day is None or not day.seed:
        if day is not None or numbered:
            yield Finding("seed_missing", on)
    elif digest_of(day.seed) != day.digest:
        yield Finding("digest_differs", on)
    if [one.number for one in numbered] != list(range(1, len(numbered) + 1)):
        yield Finding("gap", on)
    if day is not None and numbered and instant_of(day.published_at) >= programs.calendar.midnight(numbered[0].day):
        yield Finding("late", on)
    for one in made:
        about = one.name or str(one.ticket_id)
        code = _again(one, firsts) if one.number is None else _drawn(programs, day.seed if day else b"", one)
        if code:
            yield Finding(code, about)


def _again(one: Draw, firsts: dict[UUID, Draw]) -> str:
    first = firsts.get(one.again_of) if one.again_of else None
    is_same = first is not None and (first.drawn, first.version, first.reward) == (one.drawn, one.version, one.reward)
    return "" if is_same else "again_differs"


def _drawn(programs: Programs, seed: bytes, one: Draw) -> str:
    """What is wrong with what chance gave, or with what was given instead."""
    try:
        prizes = draws.prizes_of(programs, one)
    except (KeyError, StopIteration):
        return "version_unknown"
    names = [prize.name for prize in prizes]
    if not {one.drawn, one.prize} <= {"", *names}:
        return "prize_differs"
    won = place_won(prizes, number_drawn(seed, one.name)) if seed else None
    if seed and one.drawn != ("" if won is None else names[won]):
        return "prize_differs"
    if one.prize and (not one.drawn or names.index(one.prize) < names.index(one.drawn)):
        return "prize_earlier"
    return ""
