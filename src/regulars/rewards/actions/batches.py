"""Codes made in batches, or brought in from elsewhere: as a stream, a transaction for every few thousand.

Whoever was cut short goes on where they were: numbers that were tried are counted, and codes that are there already are
passed over. A batch is made long enough that guessing finds nothing (`GUESSES`).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from unicodedata import category, normalize
from uuid import UUID

from django.db import connection, transaction
from msgspec import Struct

from regulars.engine.calendar import DAY, datetime_of
from regulars.engine.catalogue import Coupon
from regulars.ledger.connect import moment, raw, rows
from regulars.rewards import secrecy
from regulars.rewards.models import Batch, Code
from regulars.rewards.refusing import Refused
from regulars.rewards.spelling import plain

CHUNK = 10_000
WANTED_LIMIT = 10_000_000
# Of so many codes that somebody makes up not one is right, on average.
GUESSES = 100_000_000
LENGTHS = range(6, 25)
# No shop plans farther ahead: whoever says so means no end at all, and on the last days of all calendars break off.
YEARS_AHEAD = 100
USUAL_LENGTH = 10
CODE_LIMIT = 100
# What codes do not begin with, and what they do not hold: spreadsheets take them for formulas and cells.
FORMULAS = ("=", "+", "-", "@")
SEPARATORS = frozenset(',;|"')
UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))

KNOWN = "SELECT mark FROM rewards_code WHERE program_id = %s AND mark = ANY(%b)"
# In one order, so that two who bring the same codes at once wait for each other and never both for ever.
ADD = """
    INSERT INTO rewards_code (program_id, mark, batch_id, number, sealed, owner_id, giver_id)
    SELECT %b::int4, mark, %b::int8, number, sealed, %b::uuid, %b::uuid
    FROM unnest(%b::bytea[], %b::int4[], %b::bytea[]) AS given (mark, number, sealed)
    ORDER BY mark
    ON CONFLICT (program_id, mark) DO NOTHING
    RETURNING number
"""


class Wanted(Struct, frozen=True):
    """What a batch is for, a coupon or a reward's pool, and how its codes look. `uses` of each; None: any number.

    `length` characters are drawn, besides prefix and check character. Instants in microseconds.
    """

    coupon: str = ""
    reward: str = ""
    quantity: int = 0
    prefix: str = ""
    length: int = USUAL_LENGTH
    uses: int | None = 1
    valid_from: int | None = None
    expires_at: int | None = None


def as_written(coupon: Coupon | None, prefix: str | None = None, length: int | None = None) -> tuple[str, int]:
    """Prefix and length of a batch's codes: those that are asked for, else those that its coupon says, else our own."""
    prefix = prefix if prefix is not None else coupon.prefix if coupon else ""
    return prefix, length or (coupon.length if coupon else USUAL_LENGTH)


class Imported(Struct, frozen=True):
    """How many codes are new, were there already, or are none at all."""

    kept: int
    repeated: int
    empty: int


@transaction.atomic
def begin_batch(program_id: int, wanted: Wanted, actor: str, now: int) -> int:
    """A batch without its codes. Raises Refused."""
    if wanted.quantity > WANTED_LIMIT or wanted.length not in LENGTHS:
        raise Refused("code_length", {"quantity": WANTED_LIMIT, "least": LENGTHS[0], "most": LENGTHS[-1]})
    if 32**wanted.length < wanted.quantity * GUESSES:
        least = next(length for length in LENGTHS if 32**length >= wanted.quantity * GUESSES)
        raise Refused("code_length", {"quantity": wanted.quantity, "least": least, "most": LENGTHS[-1]})
    _check_days(wanted, now)
    batch = Batch.objects.create(
        program_id=program_id,
        coupon=wanted.coupon,
        reward=wanted.reward,
        prefix=wanted.prefix,
        length=wanted.length,
        wanted=wanted.quantity,
        uses=wanted.uses,
        valid_from=moment(wanted.valid_from),
        expires_at=moment(wanted.expires_at),
        made_at=datetime_of(now),
        made_by=actor,
    )
    return batch.id


def _check_days(wanted: Wanted, now: int) -> None:
    """Raises Refused where codes could never be used, or end so far ahead that nobody can mean it."""
    last = now + YEARS_AHEAD * 365 * DAY
    begin = max(wanted.valid_from or now, now)
    end = last if wanted.expires_at is None else wanted.expires_at
    if not begin < end <= last:
        raise Refused("code_days", {"years": YEARS_AHEAD})


def make_codes(program_id: int, batch_id: int) -> Iterator[list[str]]:
    """Make the codes that a batch lacks, some thousand at a time, as they are printed."""
    while codes := _make_some(program_id, batch_id):
        yield codes


@transaction.atomic
def _make_some(program_id: int, batch_id: int) -> list[str]:
    batch = Batch.objects.select_for_update().get(program_id=program_id, id=batch_id)
    made: list[str] = []
    while not made and batch.made < batch.wanted and batch.cancelled_at is None:
        numbers = range(batch.numbered, batch.numbered + min(CHUNK, batch.wanted - batch.made))
        codes = [secrecy.derived(about(batch_id, number), batch.prefix, batch.length) for number in numbers]
        new = _insert(batch, numbers, codes)
        made = [code for number, code in zip(numbers, codes, strict=True) if number in new]
        batch.numbered, batch.made = numbers.stop, batch.made + len(made)
    batch.save(update_fields=["numbered", "made"])
    return made


def check_safe(codes: Sequence[str]) -> None:
    """Raises Refused where one of them would be something else in a table: a formula, two cells, a sign that is not
    seen. `place` says which, counted from one. What is no code at all is passed over."""
    for place, code in enumerate(codes, 1):
        said = normalize("NFKC", code.strip())
        odd = said[:1] in FORMULAS or any(one in SEPARATORS or category(one) in UNSEEN for one in said)
        if odd and plain(said):
            raise Refused("code_unsafe", {"place": place})


def import_codes(program_id: int, batch_id: int, codes: Sequence[str]) -> Imported:
    """Codes that somebody else made: for a coupon to be recognised, for a reward's pool to be handed out. Raises
    Refused before any is kept."""
    check_safe(codes)
    kept = seen = empty = 0
    waiting = iter(codes)
    while some := list(islice(waiting, CHUNK)):
        good: dict[str, str] = {}
        for code in some:
            if len(code) <= CODE_LIMIT and (said := plain(code)):
                good.setdefault(said, code.strip())
            else:
                empty += 1
        new = _import_some(program_id, batch_id, list(good.values()))
        kept, seen = kept + new, seen + len(some)
    return Imported(kept, seen - kept - empty, empty)


@transaction.atomic
def _import_some(program_id: int, batch_id: int, codes: Sequence[str]) -> int:
    batch = Batch.objects.select_for_update().get(program_id=program_id, id=batch_id)
    if batch.cancelled_at is not None:
        raise Refused("batch_cancelled")
    numbers = range(batch.numbered, batch.numbered + len(codes))
    sealed = [secrecy.seal(program_id, code) for code in codes] if batch.reward else None
    new = _insert(batch, numbers, codes, sealed)
    batch.numbered, batch.made = numbers.stop, batch.made + len(new)
    batch.wanted += len(new)
    batch.save(update_fields=["numbered", "made", "wanted"])
    return len(new)


def _insert(
    batch: Batch,
    numbers: Sequence[int],
    codes: Sequence[str],
    sealed: Sequence[bytes] | None = None,
    owner_id: UUID | None = None,
    giver_id: UUID | None = None,
) -> set[int]:
    """The numbers of those that nobody has yet, under any secret that the installation has or had."""
    marks = [secrecy.marks(batch.program_id, code) for code in codes]
    former = [mark for _, *others in marks for mark in others]
    known = {bytes(mark) for (mark,) in rows(raw(), KNOWN, [batch.program_id, former])} if former else set()
    kept: Sequence[bytes | None] = sealed if sealed is not None else [None] * len(numbers)
    fresh = [
        (mark, number, body)
        for (mark, *others), number, body in zip(marks, numbers, kept, strict=True)
        if known.isdisjoint(others)
    ]
    columns = [list(column) for column in zip(*fresh, strict=True)] or [[], [], []]
    added = rows(raw(), ADD, [batch.program_id, batch.id, owner_id, giver_id, *columns])
    return {number for (number,) in added}


@transaction.atomic
def personal_code(
    program_id: int,
    coupon: str,
    prefix: str,
    member_id: UUID,
    now: int,
    *,
    gives: bool,
    length: int = USUAL_LENGTH,
) -> str:
    """The one code of a member for a coupon: for themselves, or for others who were brought by them (`gives`)."""
    looks = {"prefix": prefix, "length": length, "uses": None if gives else 1}
    batch = _personal_batch(program_id, coupon, looks, now)
    owner, giver = (None, member_id) if gives else (member_id, None)
    known = Code.objects.filter(program_id=program_id, batch=batch, owner_id=owner, giver_id=giver).first()
    if known is not None:
        return printed(batch, known.number, bytes(known.mark))
    while True:
        number, code = batch.numbered, secrecy.derived(about(batch.id, batch.numbered), batch.prefix, batch.length)
        batch.numbered += 1
        if _insert(batch, [number], [code], None, owner, giver):
            break
    batch.made = batch.wanted = batch.made + 1
    batch.save(update_fields=["numbered", "made", "wanted"])
    return code


def _personal_batch(program_id: int, coupon: str, looks: dict[str, object], now: int) -> Batch:
    """The batch that grows with the members who have a code for a coupon; locked, so that each has one.

    Where it was cancelled, another begins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"personal {coupon}", program_id])
    found, _ = Batch.objects.select_for_update().get_or_create(
        program_id=program_id,
        coupon=coupon,
        made_by=PERSONAL,
        cancelled_at=None,
        defaults={**looks, "made_at": datetime_of(now)},
    )
    return found


# Who makes codes that belong to one member each.
PERSONAL = "personal"


def locked(program_id: int, batch_id: int) -> None:
    """Nobody else makes, brings in or takes away codes of it until the transaction ends."""
    Batch.objects.select_for_update().filter(program_id=program_id, id=batch_id).first()


@transaction.atomic
def cancel_batch(program_id: int, batch_id: int, now: int) -> None:
    """None of its codes can be used any more. What was used stays used."""
    Batch.objects.filter(program_id=program_id, id=batch_id, cancelled_at=None).update(cancelled_at=datetime_of(now))


def about(batch_id: int, number: int) -> str:
    return f"batch:{batch_id}:{number}"


def printed(batch: Batch, number: int, mark: bytes) -> str:
    """A code again as it was made; "" when the installation's secret was lost."""
    return secrecy.read_again(batch.program_id, about(batch.id, number), batch.prefix, batch.length, mark)
