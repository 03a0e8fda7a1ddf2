"""Lucky draws: a member opens a ticket, an issued reward that is a draw, and has what it wins from then on.

Decided once, under the lock of the account, with the chances of the day on which the ticket was issued; asked again,
the first answer stands. Locks are taken as elsewhere, and the day's seed after the account and before what all share:
so two draws never have one number, nor the last piece. See docs/rules/draws.md and
docs/adr/0014-luck-is-a-decision.md.
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.db import transaction
from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.catalogue import Gives, Prize, Reward
from regulars.engine.luck import name_of, number_drawn, place_won
from regulars.engine.program import Programs
from regulars.ledger import contents, deciding
from regulars.ledger.connect import raw
from regulars.rewards import copies, counter, crediting, draws, looking, offers, seeds, supplies
from regulars.rewards.actions import owning
from regulars.rewards.copies import Copy, Doing
from regulars.rewards.draws import Draw
from regulars.rewards.looking import Owned
from regulars.rewards.refusing import Refused
from regulars.rewards.seeds import Fresh, fresh_seed
from regulars.rewards.supplies import Taken

TOGETHER = transaction.atomic(savepoint=False)
# Why a prize cannot be given now, so that the next one of the list is.
EMPTY = ("out_of_stock", "plan_endless", "pool_empty", "reward_unknown", "uses_reached", "wallet_unknown")


class Opening(Struct, frozen=True):
    """A ticket that is being opened: whose it is, what may be won, who does it."""

    programs: Programs
    ticket: Owned
    owner: UUID
    prizes: Sequence[Prize]
    doing: Doing


@TOGETHER
def draw(
    programs: Programs, ticket_id: UUID, now: int, *, actor: str = "", place: str = "", fresh: Fresh = fresh_seed
) -> Draw:
    """What the ticket wins, or won when this was first asked. Raises Refused."""
    conn, program_id = raw(), programs.program_id
    ticket = _ticket(programs, ticket_id, now)
    if known := draws.of_ticket(conn, program_id, ticket_id):
        return known
    found = counter.whose(conn, programs, ticket.member_id)
    # Somebody may have drawn until the account was locked.
    if known := draws.of_ticket(conn, program_id, ticket_id):
        return known
    ticket = _ticket(programs, ticket_id, now)
    offer = offers.reward(programs, ticket.reward, ticket.issued_at)
    if offer is None or not offer.gives.is_draw:
        raise Refused("not_a_draw")
    if ticket.state in looking.OVER:
        raise Refused(looking.OVER[ticket.state])
    assert found.owner is not None
    doing = Doing(program_id, now, actor, place, ticket.checkout_id)
    opening = Opening(programs, ticket, found.owner, offer.gives.prizes, doing)
    before = draws.taken_back(conn, program_id, found.people, ticket.reward)
    drawn = _repeated(opening, *before) if before else _drawn(opening, fresh)
    copies.draw(conn, ticket_id, drawn.prize, doing)
    draws.keep(conn, program_id, drawn)
    return drawn


def _drawn(opening: Opening, fresh: Fresh) -> Draw:
    conn, programs, doing = raw(), opening.programs, opening.doing
    seeds.publish(conn, programs, doing.at, fresh)
    day = programs.calendar.day(doing.at)
    seed = seeds.locked(conn, programs, day)
    number = draws.next_number(conn, programs.program_id, day)
    won = place_won(opening.prizes, number_drawn(seed, name_of(day, number)))
    start = len(opening.prizes) if won is None else won
    prize, prize_id = _given(opening, start)
    return Draw(
        opening.ticket.id,
        opening.owner,
        opening.ticket.reward,
        programs.at(opening.ticket.issued_at).number,
        day,
        number,
        None,
        "" if won is None else opening.prizes[won].name,
        prize,
        prize_id,
        doing.at,
        doing.actor,
        doing.place,
    )


def _repeated(opening: Opening, before: Draw, went_back: bool) -> Draw:
    """What another ticket had won, which was taken back. Its prize is given again only if it went back as well."""
    doing, prize, prize_id = opening.doing, before.prize, before.prize_id
    if went_back:
        then = draws.prizes_of(opening.programs, before)
        start = next((place for place, one in enumerate(then) if one.name == before.prize), len(then))
        prize, prize_id = _given(replace(opening, prizes=then), start)
    return replace(
        before,
        ticket_id=opening.ticket.id,
        member_id=opening.owner,
        day=opening.programs.calendar.day(doing.at),
        number=None,
        again_of=before.ticket_id,
        prize=prize,
        prize_id=prize_id,
        at=doing.at,
        actor=doing.actor,
        place=doing.place,
    )


def _given(opening: Opening, start: int) -> tuple[str, UUID | None]:
    """The first prize from a place on that is there, with its copy or the ticket under which its points are."""
    conn, programs = raw(), opening.programs
    left = opening.prizes[start:]
    supplies.locked(conn, programs.program_id, _things(opening, left), opening.doing.at)
    for prize in left:
        if prize.is_blank:
            return prize.name, None
        try:
            with transaction.atomic():
                return prize.name, _give(opening, prize)
        except Refused as refused:
            if refused.code not in EMPTY:
                raise
    return "", None


def _things(opening: Opening, prizes: Sequence[Prize]) -> set[str]:
    """Everything that these may take of, so that it is locked in one order."""
    found = (_offer(opening, prize) for prize in prizes if prize.reward)
    return {thing for offer in found if offer for thing in offers.things_of(opening.programs, offer, opening.doing.at)}


def _offer(opening: Opening, prize: Prize) -> Reward | None:
    return offers.issued(opening.programs, prize.reward, opening.ticket.issued_at, opening.doing.at)


def _give(opening: Opening, prize: Prize) -> UUID:
    conn, programs, doing, ticket = raw(), opening.programs, opening.doing, opening.ticket
    if prize.cost is not None:
        gives = Gives("credit", cost=prize.cost)
        crediting.put_in(conn, programs, gives, ticket.id, opening.owner, doing.at)
        return ticket.id
    offer = _offer(opening, prize)
    if offer is None:
        raise Refused("reward_unknown")
    prize_id, takes = uuid4(), owning.take(programs, offer, doing.at)
    supplies.reserve(conn, programs.program_id, Taken(prize_id, takes))
    state = "used" if contents.goes_in(offer.gives) else "issued"
    version, ends_at = programs.at(ticket.issued_at).number, offer.expires_at(programs.calendar, doing.at)
    # As the program promised it when the ticket was issued.
    copy = Copy(prize_id, opening.owner, prize.reward, version, state, ticket.issued_at, None, ends_at)
    copies.issue(conn, copy, doing)
    crediting.put_in(conn, programs, offer.gives, prize_id, opening.owner, doing.at)
    return prize_id


# How it is undone


def take_out(programs: Programs, draw: Draw, owner: UUID, now: int) -> UUID | None:
    """What a ticket won goes out of the account; the copy that is left to be taken back. Raises Refused where nothing
    was won, for then the chance is used up, and where points were spent since."""
    prize = draws.prize_called(programs, draw, draw.prize)
    if prize is None or prize.is_blank or draw.prize_id is None:
        raise Refused("draw_blank")
    conn = raw()
    if prize.cost is not None:
        crediting.take_out(conn, programs, Gives("credit", cost=prize.cost), draw.prize_id, owner, now)
        return None
    if not copies.is_good(conn, programs.program_id, draw.prize_id):
        return None
    owned = looking.owned(conn, programs.program_id, draw.prize_id, now)
    offer = offers.reward(programs, prize.reward, owned.issued_at) if owned else None
    if offer is not None:
        crediting.take_out(conn, programs, offer.gives, draw.prize_id, owner, now)
    return draw.prize_id


@TOGETHER
def withdraw(programs: Programs, ticket_id: UUID, now: int, *, actor: str, reason: str = "") -> None:
    """A ticket that was given is taken back, and what it won unless that was used: then it is what the next ticket of
    this draw wins. Raises Refused."""
    conn, program_id = raw(), programs.program_id
    owner = deciding.locked(conn, program_id, _ticket(programs, ticket_id, now).member_id).member_id
    known = draws.of_ticket(conn, program_id, ticket_id)
    ticket = _ticket(programs, ticket_id, now)
    if known is None or ticket.state == "cancelled":
        raise Refused("not_a_draw" if known is None else "code_cancelled")
    doing = Doing(program_id, now, actor, "", ticket.checkout_id)
    try:
        with transaction.atomic():
            prize_id = take_out(programs, known, owner, now)
            won = [prize_id] if prize_id else []
            supplies.give_back(conn, program_id, ticket_id, *won)
            copies.take_back(conn, won, doing, reason)
            copies.tell(conn, ticket_id, "returned", doing, reason)
    except Refused:
        supplies.give_back(conn, program_id, ticket_id)
    copies.cancel(conn, [ticket_id], doing, reason)


def _ticket(programs: Programs, ticket_id: UUID, now: int) -> Owned:
    """Raises Refused."""
    found = looking.owned(raw(), programs.program_id, ticket_id, now)
    if found is None:
        raise Refused("issued_unknown")
    return found
