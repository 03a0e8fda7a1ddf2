"""Checkouts taken back: points go to their lots again, what was reserved or used is there again, and what was bought is
cancelled."""

from uuid import UUID

from msgspec.structs import replace

from regulars.engine.calendar import DAY
from regulars.engine.catalogue import Gives
from regulars.engine.decide import Refusal
from regulars.engine.facts import Restoration
from regulars.engine.program import Programs
from regulars.ledger import deciding
from regulars.ledger.connect import raw
from regulars.ledger.load import Loaded
from regulars.rewards import copies, crediting, draws, offers, parts, supplies
from regulars.rewards.actions import drawing
from regulars.rewards.copies import Doing
from regulars.rewards.parts import Kept, Part
from regulars.rewards.refusing import Refused

# A reward that comes back can be used for so long at least.
RESTORED_FOR = 14 * DAY
# Why a checkout is undone whose order comes back.
REFUNDED = "refunded"


def given_by(programs: Programs, part: Part, made_at: int) -> Gives:
    """As it was offered when it was held."""
    offer = offers.reward(programs, part.name, made_at)
    assert offer is not None
    return offer.gives


def undone(programs: Programs, kept: Kept, doing: Doing, reason: str) -> Kept:
    """A captured checkout, locked with its account, taken back."""
    conn, now = raw(), doing.at
    owner = deciding.locked(conn, programs.program_id, kept.member_id) if kept.member_id else None
    left = deciding.left_of(conn, programs, owner, kept.facts) if owner else []
    if owner and left:
        said = deciding.decided(conn, programs, owner, [Restoration(f"{key}/void", key, now) for key in left], now)
        if isinstance(said, Refusal):
            raise Refused(said.code, said.parameters)
        assert all(receipt.outcome == "recorded" for receipt in said), said
    won = _take_out(programs, kept, now)
    prizes = [prize_id for prize_id in won.values() if prize_id]
    supplies.give_back(conn, programs.program_id, kept.id, *prizes)
    bought = [part.issued_id for part in kept.parts if part.issued_id and part.is_bought]
    own = [part.issued_id for part in kept.parts if part.issued_id and not part.is_bought]
    for ticket_id in won:
        copies.tell(conn, ticket_id, "returned", doing, reason)
    copies.take_back(conn, [*bought, *prizes], doing, reason)
    copies.free(conn, own, "restored", now + RESTORED_FOR, doing)
    done = replace(kept, state="voided", ended_at=now)
    parts.end(conn, programs.program_id, done)
    return done


def _take_out(programs: Programs, kept: Kept, now: int) -> dict[UUID, UUID | None]:
    """What was bought with it, or won, and went into the account. Raises Refused where it was spent since.

    By ticket that was drawn, the copy that it won, which is to be taken back as well.
    """
    conn, won = raw(), dict[UUID, UUID | None]()
    for part in kept.parts:
        if part.issued_id is None or kept.member_id is None or not part.is_bought:
            continue
        if copies.is_good(conn, programs.program_id, part.issued_id):
            gives = given_by(programs, part, kept.made_at)
            crediting.take_out(conn, programs, gives, part.issued_id, kept.member_id, now, kept.order_key)
            drawn = draws.of_ticket(conn, programs.program_id, part.issued_id) if gives.is_draw else None
            if drawn is not None:
                won[part.issued_id] = drawing.take_out(programs, drawn, kept.member_id, now)
    return won


def locked_with_account(programs: Programs, checkout_id: UUID, now: int) -> tuple[Kept, Loaded | None]:
    """As it is now, and whose account it is on by now, its member's. Raises Refused."""
    conn, program_id = raw(), programs.program_id
    member_id = parts.read(conn, program_id, checkout_id, now).member_id
    owner = deciding.locked(conn, program_id, member_id) if member_id else None
    kept = parts.locked(conn, program_id, checkout_id, now)
    return (replace(kept, member_id=owner.member_id) if owner else kept), owner
