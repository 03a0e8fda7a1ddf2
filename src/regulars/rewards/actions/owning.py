"""Rewards that members own: bought with points to be used later, given as a gift, sent, cancelled."""

from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg
from django.db import transaction

from regulars.engine.account import Account
from regulars.engine.catalogue import Cost, Reward
from regulars.engine.decide import Refusal
from regulars.engine.facts import Redemption
from regulars.engine.program import Programs
from regulars.engine.taking import costs_of
from regulars.ledger import contents, deciding
from regulars.ledger.connect import raw, rows
from regulars.rewards import copies, counter, crediting, looking, offers, parts, supplies
from regulars.rewards.copies import Copy, Doing
from regulars.rewards.looking import Owned
from regulars.rewards.parts import Kept, Part
from regulars.rewards.refusing import Refused
from regulars.rewards.supplies import Taken

# What the id of a gift is made of: the same cause gives the same copy.
GIFTS = UUID("6f9d3d1c-52ab-4a5e-9c0e-3d4d0f2b7a10")


@transaction.atomic
def claim(
    programs: Programs, member_id: UUID, name: str, now: int, *,
    actor: str = "", place: str = "", number: UUID | None = None,
) -> Kept:  # fmt: skip
    """A member buys a reward and owns it from now on; a checkout without a cart, that can be voided. Raises Refused.

    Asked twice under one `number` it is done once."""
    conn, checkout_id = raw(), number or uuid4()
    found = counter.whose(conn, programs, member_id)
    if number is not None and parts.is_known(conn, number):
        return _as_before(parts.read(conn, programs.program_id, number, now), found, name)
    offer = offers.reward(programs, name, now)
    if offer is None or found.owner is None or found.account is None:
        raise Refused("reward_unknown")
    if offer.needs_approval:
        raise Refused("approval_missing")
    costs = _costs(offer, found.account)
    facts = [f"{checkout_id}/0.{place}" for place in range(len(costs))]
    spent = [(cost.wallet, cost.points) for cost in costs]
    part = Part(
        "1", "reward", name, 0, {}, spent, facts=facts, issued_id=uuid4(), is_bought=True, gives=offer.gives.kind
    )
    wanted = take(programs, offer, now)
    asked = [Redemption(key, wallet, points, now, "", name) for key, (wallet, points) in zip(facts, spent, strict=True)]
    assert found.locked is not None
    said = deciding.decided(conn, programs, found.locked, asked, now)
    if isinstance(said, Refusal):
        raise Refused(said.code, said.parameters)
    assert all(receipt.outcome == "recorded" for receipt in said), said
    supplies.reserve(conn, programs.program_id, Taken(checkout_id, wanted))
    doing = Doing(programs.program_id, now, actor, place, checkout_id)
    assert part.issued_id is not None
    copies.issue(conn, _copy(programs, offer, part.issued_id, found.owner, now), doing)
    crediting.put_in(conn, programs, offer.gives, part.issued_id, found.owner, now)
    kept = Kept(checkout_id, found.owner, "captured", "", now, None, now, [part], len(wanted))
    parts.keep(conn, programs.program_id, (kept, actor, place))
    return kept


def _as_before(kept: Kept, found: counter.Counted, name: str) -> Kept:
    """What was claimed under this number, if it was this. Raises Refused."""
    if kept.member_id not in found.people or [(part.kind, part.name) for part in kept.parts] != [("reward", name)]:
        raise Refused("number_reused")
    return kept


@transaction.atomic
def give(
    programs: Programs, member_id: UUID, name: str, cause: str, now: int, *,
    actor: str, reason: str = "", by_rule: bool = False,
) -> UUID:  # fmt: skip
    """A gift, once for each cause; the same that was given for it before is answered again.

    Nobody gives alone what a second person would have to approve; a rule of the program does. Raises Refused."""
    conn, issued_id = raw(), gift_id(programs, cause)
    found = counter.whose(conn, programs, member_id)
    offer = offers.reward(programs, name, now)
    if offer is None or found.owner is None:
        raise Refused("reward_unknown")
    known = looking.owned(conn, programs.program_id, issued_id, now)
    if known is not None and (known.reward != name or known.member_id not in found.people):
        raise Refused("cause_reused")
    if known is not None:
        return known.id
    if not by_rule and offers.asks_second_person(programs, offer, now):
        raise Refused("approval_missing")
    supplies.reserve(conn, programs.program_id, Taken(issued_id, take(programs, offer, now)))
    doing = Doing(programs.program_id, now, actor)
    copies.issue(conn, _copy(programs, offer, issued_id, found.owner, now), doing, reason)
    crediting.put_in(conn, programs, offer.gives, issued_id, found.owner, now)
    return issued_id


def gift_id(programs: Programs, cause: str) -> UUID:
    """The id of the copy that a cause gives."""
    return uuid5(GIFTS, f"{programs.program_id} {cause}")


@transaction.atomic
def cancel(programs: Programs, issued_id: UUID, now: int, *, actor: str, reason: str = "") -> None:
    """Nobody can use it any more, and what it put into the account is taken out.

    Points that paid for it come back by a void of its checkout. Raises Refused."""
    conn, program_id = raw(), programs.program_id
    owner = deciding.locked(conn, program_id, _owned(conn, program_id, issued_id, now).member_id).member_id
    known = _owned(conn, program_id, issued_id, now)
    offer = offers.reward(programs, known.reward, known.issued_at)
    is_in = known.state == "used" and offer is not None and contents.goes_in(offer.gives)
    if is_in and offer is not None:
        crediting.take_out(conn, programs, offer.gives, issued_id, owner, now)
    supplies.give_back(conn, program_id, issued_id)
    rows(conn, copies.LOCK, [program_id, [issued_id]])
    state = _owned(conn, program_id, issued_id, now).state
    if state in ("cancelled", "held") or (state == "used" and not is_in):
        raise Refused(looking.OVER[state])
    copies.cancel(conn, [issued_id], Doing(program_id, now, actor), reason)


@transaction.atomic
def fulfil(
    program_id: int, issued_id: UUID, step: str, now: int, *, actor: str, place: str = "", note: str = ""
) -> None:
    """Goods are ordered, then shipped, then delivered. Raises Refused."""
    copies.fulfil(raw(), issued_id, step, Doing(program_id, now, actor, place), note)


@transaction.atomic
def add_stock(program_id: int, name: str, quantity: int) -> None:
    """So many pieces of a reward more than the program says."""
    supplies.add(raw(), program_id, f"stock:{name}", quantity)


def _owned(conn: psycopg.Connection[Any], program_id: int, issued_id: UUID, now: int) -> Owned:
    """Raises Refused."""
    known = looking.owned(conn, program_id, issued_id, now)
    if known is None:
        raise Refused("issued_unknown")
    return known


def _costs(offer: Reward, account: Account) -> tuple[Cost, ...]:
    """What is paid for it; a free one is taken all the same, so that its limits count."""
    return costs_of(offer, account) or (Cost(offer.main_wallet, 0),)


def take(programs: Programs, offer: Reward, now: int) -> dict[str, int]:
    """One of each thing that there are only so many of, locked; what goes of a budget is known at the cart. Raises
    Refused."""
    things = {thing: one.size for thing, one in offers.things_of(programs, offer, now).items()}
    counted = {thing: size for thing, size in things.items() if not thing.startswith("budget:")}
    levels = supplies.locked(raw(), programs.program_id, counted, now)
    for thing, size in counted.items():
        if levels[thing].left(size) < 1:
            raise Refused(counter.GONE[thing.partition(":")[0]], {"left": 0})
    return dict.fromkeys(counted, 1)


def _copy(programs: Programs, offer: Reward, issued_id: UUID, owner: UUID, now: int) -> Copy:
    expires_at = offer.expires_at(programs.calendar, now)
    state = "used" if contents.goes_in(offer.gives) else "issued"
    return Copy(issued_id, owner, offer.name, programs.at(now).number, state, now, None, expires_at)
