"""What a code is that somebody of the staff typed, and what a file of codes would bring. Only guesses are kept."""

from collections.abc import Iterable
from itertools import islice

from msgspec import Struct, field

from regulars.engine.program import Programs
from regulars.ledger.connect import raw, rows
from regulars.rewards import guessing, looking, offers, secrecy, supplies
from regulars.rewards.actions.batches import CHUNK, CODE_LIMIT
from regulars.rewards.guessing import Asker
from regulars.rewards.looking import Coupon, Owned
from regulars.rewards.refusing import Refused
from regulars.rewards.spelling import plain
from regulars.rewards.supplies import NOTHING_GONE

BATCH_OF = "SELECT batch_id FROM rewards_code WHERE program_id = %s AND mark = ANY(%b)"
KNOWN = "SELECT mark FROM rewards_code WHERE program_id = %s AND mark = ANY(%b)"
SHOWN = 20


class Rejected(Struct, frozen=True):
    """A line of a file that brings no new code. `why`: repeated, known or unreadable."""

    line: int
    text: str
    why: str


class Weighed(Struct):
    """What a file would bring; `rejected` are the first of those that it would not."""

    fresh: int = 0
    repeated: int = 0
    known: int = 0
    unreadable: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def reject(self, line: int, text: str, why: str) -> None:
        setattr(self, why, getattr(self, why) + 1)
        if len(self.rejected) < SHOWN:
            self.rejected.append(Rejected(line, text, why))


class CouponCode(Struct, frozen=True):
    """A coupon's code: of which batch (None: the public one), and how often it was used."""

    coupon: Coupon
    batch_id: int | None
    used: int


def found(programs: Programs, typed: str, asker: Asker, now: int) -> Owned | CouponCode:
    """Whoever guesses is slowed down here too. Raises Refused."""
    program_id = programs.program_id
    if guessing.too_many(program_id, asker):
        raise Refused("too_many_codes")
    try:
        what = looking.shown(raw(), program_id, typed, offers.public_codes(programs, now), now)
    except Refused as refused:
        guessing.note(program_id, asker, guessing.SLIP if refused.code == "code_mistyped" else guessing.MADE_UP)
        raise
    if isinstance(what, Owned):
        return what
    batch = rows(raw(), BATCH_OF, [program_id, secrecy.marks(program_id, typed)]) if what.thing else []
    levels = supplies.read(raw(), program_id, [what.thing], now) if what.thing else {}
    return CouponCode(what, batch[0][0] if batch else None, levels.get(what.thing, NOTHING_GONE).taken)


def weighed(program_id: int, codes: Iterable[tuple[int, str]]) -> Weighed:
    """Codes with the number of their line."""
    told, seen, waiting = Weighed(), set[str](), iter(codes)
    while some := list(islice(waiting, CHUNK)):
        good: dict[bytes, tuple[int, str]] = {}
        for line, text in some:
            said = plain(text) if len(text) <= CODE_LIMIT else ""
            if not said:
                told.reject(line, text[:CODE_LIMIT], "unreadable")
            elif said in seen:
                told.reject(line, text, "repeated")
            else:
                seen.add(said)
                good |= dict.fromkeys(secrecy.marks(program_id, text), (line, text))
        known = {good[bytes(mark)] for (mark,) in rows(raw(), KNOWN, [program_id, list(good)])}
        for line, text in sorted(known):
            told.reject(line, text, "known")
        told.fresh += len(set(good.values())) - len(known)
    told.rejected.sort(key=lambda one: one.line)
    return told
