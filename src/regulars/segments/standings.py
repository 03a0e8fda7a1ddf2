"""Who came into a segment and who left it, told to the ledger as facts, so that rules may ask for it.

Only differences to what the accounts say are recorded, some at a time, each chunk in a transaction: a round that was
broken off goes on where it was, and one that comes twice, or beside another, finds nothing to tell. All of one round
are dated at the instant at which it asked who is in it, or right after what came of a member later: also where the
clock was set back.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from regulars.engine.calendar import HOUR, date_of, datetime_of, instant_of
from regulars.engine.facts import SegmentStanding
from regulars.ledger import load
from regulars.ledger.connect import raw, rows, run
from regulars.ledger.load import Loaded
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.programs.queries import Published, now
from regulars.segments import queries, traits
from regulars.segments.models import Segment
from regulars.segments.queries import Line

log = logging.getLogger(__name__)

# Members per transaction: orders of the same members wait as long.
CHUNK = 500
# Members read again per round: what else time asks for must not wait for a first reading.
READ_MOST = 20_000
# What only people look at, and what nobody seems to have moved, is counted so often.
COUNTED_AGAIN = HOUR
# Milliseconds for one segment.
COUNT_MS = 20_000
# What moves without anybody being read again.
MOVES_ALONE = queries.OF_CLASSES | {"consent", "language", "plan", "tier"}
STANDING = "SELECT member_id FROM segments_trait WHERE program_id = %s AND kind = %s AND value = %s ORDER BY 1"
NOTE = """
    WITH noted AS (
        UPDATE segments_segment SET size = %s, counted_at = %s, counted_edition = %s
        WHERE id = %s AND edition = %s RETURNING id
    )
    INSERT INTO segments_segmentsize (segment_id, day, members) SELECT id, %s, %s FROM noted
    ON CONFLICT (segment_id, day) DO UPDATE SET members = EXCLUDED.members
"""
KNOWN = "SELECT id FROM members_member WHERE program_id = %s AND id = ANY(%b)"


def keep_up(published: Published) -> int:
    """Read members again of whom something is new, count every segment that may have moved, and tell the ledger who
    came and left; how many that were. While a first reading is under way nobody is counted or told; whom only the new
    day makes stale are read little by little, and waited for by nobody."""
    news, stale = traits.moved(published.programs, now(published), READ_MOST)
    members = news + stale
    if members:
        # The next round counts them, when this one is broken off.
        Segment.objects.filter(program_id=published.id, tells=True).update(counted_edition=None)
    for begin in range(0, len(members), CHUNK):
        _read(published, members[begin : begin + CHUNK])
    if len(news) == READ_MOST:
        return 0
    every = Segment.objects.filter(program_id=published.id).order_by("id")
    return sum(_keep_up(published, segment, has_read=bool(members)) for segment in every)


def _keep_up(published: Published, segment: Segment, *, has_read: bool) -> int:
    """Noted as counted when all of it is told. What takes too long holds up no other segment."""
    at = now(published)
    if segment.archived_at is not None:
        return _tell_all(published, segment.key, _standing(published, segment), at, belongs=False)
    if not (segment.tells and has_read) and _is_fresh(published, segment, at):
        return 0
    definition = queries.line(segment).definition
    try:
        if segment.tells:
            found = queries.differing(published, definition, segment.key, at, COUNT_MS)
        else:
            members = queries.number(published, definition, at, COUNT_MS)
            found = queries.Differing(members, [], _standing(published, segment))
    except queries.TooLong:
        log.warning("segment %s of %s takes too long to be counted", segment.key, published.slug)
        return 0
    told = _tell_all(published, segment.key, found.came, at, belongs=True)
    told += _tell_all(published, segment.key, found.left, at, belongs=False)
    _note_size(published, segment.pk, segment.edition, found.members, at, segment.edition)
    return told


def _is_fresh(published: Published, segment: Segment, at: int) -> bool:
    """Counted as it is today and a short while ago, by a clock that may have been set since; and where programs use it,
    nobody was read again since, and nothing but that moves it."""
    counted = segment.counted_at
    if counted is None or segment.counted_edition != segment.edition:
        return False
    before, day = instant_of(counted), published.programs.calendar.day
    if not 0 <= at - before < COUNTED_AGAIN or day(before) != day(at):
        return False
    return not segment.tells or not any(one.about in MOVES_ALONE for one in queries.line(segment).definition.conditions)


def _tell_all(published: Published, key: str, members: Sequence[UUID], at: int, *, belongs: bool) -> int:
    chunks = [members[begin : begin + CHUNK] for begin in range(0, len(members), CHUNK)]
    return sum(_tell(published, key, chunk, at, belongs=belongs) for chunk in chunks)


@transaction.atomic
def _tell(published: Published, key: str, members: Sequence[UUID], at: int, *, belongs: bool) -> int:
    """Whoever was forgotten meanwhile, or told by somebody else, is told nothing; how many were told."""
    known = [member for (member,) in rows(raw(), KNOWN, [published.id, list(members)])]
    locked = load.known(raw(), published.id, known)
    held = {one: it for one, it in locked.items() if (key in it.account.known.segments) != belongs}
    incoming = [Incoming(one, _standing_fact(key, it, at, belongs)) for one, it in held.items()]
    if not incoming:
        return 0
    latest = max(now(published), *(it.account.last[0] + 1 for it in held.values()))
    receipts = record(raw(), published.programs, incoming, latest, held=held)
    return sum(receipt.outcome == "recorded" for receipt in receipts)


def _standing_fact(key: str, loaded: Loaded, at: int, belongs: bool) -> SegmentStanding:
    """One that is dated before what stands already would change nothing. Its place in the chain is nobody else's."""
    name = f"segments/{key}/{loaded.member_id}/{loaded.fact_seq + 1}"
    return SegmentStanding(name, key, max(at, loaded.account.last[0] + 1), belongs)


def _standing(published: Published, segment: Segment) -> list[UUID]:
    """Whom the accounts have in it."""
    return [member for (member,) in rows(raw(), STANDING, [published.id, traits.TOLD, segment.key])]


@transaction.atomic
def _read(published: Published, members: Sequence[UUID]) -> int:
    return traits.read_again(published.programs, members, now(published))


def count(published: Published, line: Line) -> None:
    """For somebody who waits. Raises queries.TooLong."""
    at = now(published)
    note_seen(published, line, queries.number(published, line.definition, at, queries.WAIT_MS), at)


def note_seen(published: Published, line: Line, members: int, at: int) -> None:
    """What somebody was shown. Of a segment that programs use the next round counts anew, and tells them."""
    _note_size(published, line.id, line.edition, members, at, None if line.tells else line.edition)


def _note_size(
    published: Published, segment_id: int, edition: int, members: int, at: int, counted_edition: int | None
) -> None:
    """A size is of what was counted: nothing is noted where somebody changed the segment meanwhile."""
    day = date_of(published.programs.calendar.day(at))
    run(raw(), NOTE, [members, datetime_of(at), counted_edition, segment_id, edition, day, members])
