"""Spending at a cart: quote → hold → capture or release; or redeem at once; and void. Each is one transaction.

Locks are taken in one order: the member's account, the checkout, what all share, codes and copies. Points go through
the engine's decisions, everything else is reserved and taken beside them in the same transaction.
"""

from uuid import UUID, uuid4

from django.db import transaction
from msgspec.structs import replace

from regulars.engine.calendar import DAY, MINUTE
from regulars.engine.catalogue import Gives, Reward
from regulars.engine.decide import Refusal
from regulars.engine.facts import Capture, Hold, Redemption, Release, Restoration
from regulars.engine.program import Programs
from regulars.ledger import contents, deciding
from regulars.ledger.connect import raw
from regulars.ledger.deciding import Spending
from regulars.ledger.load import Loaded
from regulars.rewards import copies, counter, crediting, draws, offers, parts, supplies
from regulars.rewards.actions import drawing
from regulars.rewards.bringing import bring
from regulars.rewards.copies import Copy, Doing
from regulars.rewards.counter import Asked, Counted, Item
from regulars.rewards.looking import Coupon, Owned
from regulars.rewards.parts import Kept, Part
from regulars.rewards.pricing import Applied, Quote
from regulars.rewards.refusing import Refused

# In the caller's transaction, if there is one, and without a savepoint of its own: who catches a refusal makes one.
TOGETHER = transaction.atomic(savepoint=False)
HOLD_AT_MOST = DAY
# A reward that comes back can be used for so long at least.
RESTORED_FOR = 14 * DAY
# Why a checkout is undone whose order comes back.
REFUNDED = "refunded"


def quote(programs: Programs, asked: Asked, now: int) -> tuple[Quote, list[Refused]]:
    """What these could do for this cart, and why the rest cannot. Nothing is kept, nothing locked, nobody waited for.

    Raises Refused for the whole."""
    found = counter.counted(raw(), programs, asked, now, locks=False)
    assert found.quoted is not None
    return found.quoted, [*counter.in_order_of(asked.items, found.refused)]


@TOGETHER
def hold(programs: Programs, asked: Asked, until: int, now: int) -> Kept:
    """Reserve all of it until then, or nothing. Raises Refused."""
    if not now < until <= now + HOLD_AT_MOST:
        raise Refused("hold_length", {"minutes": HOLD_AT_MOST // MINUTE})
    return _taken(programs, asked, until, now)


@TOGETHER
def redeem(programs: Programs, asked: Asked, now: int) -> Kept:
    """Use all of it at once, or nothing. Raises Refused."""
    return _taken(programs, asked, None, now)


def _taken(programs: Programs, asked: Asked, until: int | None, now: int) -> Kept:
    conn, checkout_id = raw(), asked.number or uuid4()
    found = counter.counted(conn, programs, asked, now)
    if asked.number is not None and parts.is_known(conn, asked.number):
        known = parts.read(conn, programs.program_id, asked.number, now)
        if not _is_the_same(known, asked, found, until):
            raise Refused("number_reused")
        return known
    for refused in counter.in_order_of(asked.items, found.refused):
        raise refused
    assert found.quoted is not None
    laid = {one.id: one.points for one in found.laid}
    made = [_part(found, one, f"{checkout_id}/{place}", laid[one.id]) for place, one in enumerate(found.quoted.applied)]
    if until is None and any(part.asks_approval for part in made):
        raise Refused("approval_missing")
    facts = [fact for part in made for fact in _requests(part, asked.order_key, until, now)]
    _decide(programs, found.locked, facts, now, found.quoted.before)
    wanted = counter.takes(programs, found, now)
    counter.check_takes(found, wanted)
    supplies.reserve(conn, programs.program_id, checkout_id, wanted, until)
    doing = Doing(programs.program_id, now, asked.actor, asked.place, checkout_id)
    own = [part.issued_id for part in made if part.issued_id and not part.is_bought]
    copies.hold(conn, own, until or now + 1, doing)
    for part in made:
        if until is not None and part.is_bought and part.issued_id is not None:
            copies.hand_out(conn, part.issued_id, part.name, until, doing)
    kept = Kept(checkout_id, found.owner, "held", asked.order_key, now, until, None, made, len(wanted))
    if until is None:
        kept = _final(programs, kept, doing)
    parts.keep(conn, programs.program_id, kept, asked.actor, asked.place)
    return kept if until is not None else _with_its_order(programs, kept, doing)


def _is_the_same(kept: Kept, asked: Asked, found: Counted, until: int | None) -> bool:
    """Whether this was asked for when it was made: by these people, in this way, each of these things."""
    whose = kept.member_id in found.people if kept.member_id else asked.member_id is None
    made = {part.id: part for part in kept.parts}
    if not whose or (until is None) != (kept.until is None) or made.keys() != {item.id for item in asked.items}:
        return False
    return all(_is_of(made[item.id], item, found.found.get(item.id)) for item in asked.items)


def _is_of(part: Part, item: Item, what: Owned | Coupon | None) -> bool:
    """A code that was used up by it is known no more by what it was: only that it was one."""
    if item.reward:
        return (part.kind, part.name) == ("reward", item.reward)
    if item.issued_id is not None:
        return (part.kind, part.issued_id) == ("issued", item.issued_id)
    if not item.code:
        # What was made before it was written down how many were laid there says only how many were taken.
        laid = part.points == item.points if part.points else all(paid <= item.points for _, paid in part.costs)
        return part.kind == "points" and laid and all(wallet == item.wallet for wallet, _ in part.costs)
    if isinstance(what, Coupon):
        return (part.kind, part.name) == ("coupon", what.name)
    if isinstance(what, Owned):
        return (part.kind, part.issued_id) == ("issued", what.id)
    return part.kind in ("coupon", "issued")


def _part(found: Counted, one: Applied, key: str, points: int) -> Part:
    what, offer = found.found[one.id], found.offers.get(one.id)
    is_bought = one.kind == "reward"
    costs = [(cost.wallet, cost.points) for cost in one.costs]
    if isinstance(offer, Reward) and is_bought and not costs:
        # What is free is taken all the same, so that its limits count.
        costs = [(offer.wallet, 0)]
    return Part(
        one.id,
        one.kind,
        one.name,
        one.minor,
        one.by_line,
        costs,
        one.cash,
        [f"{key}.{place}" for place in range(len(costs))],
        uuid4() if is_bought else what.id if isinstance(what, Owned) else None,
        is_bought,
        [(added.sku, added.quantity) for added in one.adds],
        one.gives.kind if one.gives else "",
        is_bought and isinstance(offer, Reward) and offer.needs_approval,
        what.giver_id if isinstance(what, Coupon) else None,
        points,
    )


def _requests(part: Part, order_key: str, until: int | None, now: int) -> list[Spending]:
    name = part.name if part.kind == "reward" else ""
    # A chance is no means of payment: its points do not come back with goods.
    order_key = "" if part.gives == "draw" else order_key
    costs = zip(part.facts, part.costs, strict=True)
    if until is None:
        return [Redemption(key, wallet, points, now, order_key, name) for key, (wallet, points) in costs]
    return [Hold(key, wallet, points, now, until, order_key, name) for key, (wallet, points) in costs]


def _decide(
    programs: Programs, owner: Loaded | None, facts: list[Spending], now: int, order_total: int | None = None
) -> None:
    if not facts:
        return
    assert owner is not None
    said = deciding.decided(raw(), programs, owner, facts, now, order_total)
    if isinstance(said, Refusal):
        raise Refused(said.code, said.parameters)
    assert all(receipt.outcome == "recorded" for receipt in said), said


# How it ends


@TOGETHER
def capture(
    programs: Programs, checkout_id: UUID, now: int, *, order_key: str = "", actor: str = "", place: str = "",
    approved: bool = False,
) -> Kept:  # fmt: skip
    """The order is paid: what was held is used. Raises Refused."""
    kept, owner = _ours(programs, checkout_id, now)
    if any(part.asks_approval for part in kept.parts):
        if not approved:
            raise Refused("approval_missing")
        if actor == kept.actor:
            raise Refused("approval_own")
    _decide(programs, owner, [Capture(f"{key}/capture", key, now) for key in kept.facts], now)
    doing = Doing(programs.program_id, now, actor, place, checkout_id)
    done = _final(programs, replace(kept, order_key=order_key or kept.order_key), doing)
    parts.end(raw(), programs.program_id, done)
    return _with_its_order(programs, done, doing)


def _with_its_order(programs: Programs, kept: Kept, doing: Doing) -> Kept:
    """Undone at once where all of its order came back before it was captured (see refunds.py)."""
    if not parts.came_back(raw(), programs.program_id, [kept.order_key]):
        return kept
    return undone(programs, kept, doing, REFUNDED)


def _final(programs: Programs, kept: Kept, doing: Doing) -> Kept:
    conn = raw()
    if kept.until is not None:
        supplies.settle(conn, programs.program_id, kept.id, kept.things)
    copies.use(conn, [part.issued_id for part in kept.parts if part.issued_id and not part.is_bought], doing)
    for part in kept.parts:
        if part.giver_id is not None and kept.member_id is not None:
            bring(programs, kept.member_id, part.giver_id, doing.at)
        if part.is_bought and part.issued_id is not None and kept.member_id is not None:
            copies.issue(conn, _bought(programs, part, part.issued_id, kept.member_id, kept.made_at), doing)
            gives = _gives(programs, part, kept.made_at)
            crediting.put_in(conn, programs, gives, part.issued_id, kept.member_id, doing.at)
    return replace(kept, state="captured", ended_at=doing.at)


def _gives(programs: Programs, part: Part, made_at: int) -> Gives:
    """As it was offered when it was held."""
    offer = offers.reward(programs, part.name, made_at)
    assert offer is not None
    return offer.gives


def _bought(programs: Programs, part: Part, issued_id: UUID, member_id: UUID, made_at: int) -> Copy:
    """As the reward was when it was held, whatever became of it since. What changed the cart is used with it, and so is
    what goes into the account; anything else is the member's to use later."""
    offer = offers.reward(programs, part.name, made_at)
    assert offer is not None
    state = "used" if offer.gives.changes_cart or contents.goes_in(offer.gives) else "issued"
    expires_at = offer.expires_at(programs.calendar, made_at)
    return Copy(issued_id, member_id, part.name, programs.at(made_at).number, state, made_at, None, expires_at)


@TOGETHER
def release(programs: Programs, checkout_id: UUID, now: int, *, actor: str = "", place: str = "") -> Kept:
    """The order is not paid: everything that was held is there again. Raises Refused."""
    kept, owner = _ours(programs, checkout_id, now)
    return _given_up(programs, kept, owner, Doing(programs.program_id, now, actor, place, checkout_id))


def _given_up(programs: Programs, kept: Kept, owner: Loaded | None, doing: Doing) -> Kept:
    conn, now = raw(), doing.at
    _decide(programs, owner, [Release(f"{key}/release", key, now) for key in kept.facts], now)
    supplies.give_back(conn, programs.program_id, kept.id)
    own = [part.issued_id for part in kept.parts if part.issued_id and not part.is_bought]
    copies.free(conn, own, "released", now, doing)
    copies.let_go(conn, [part.issued_id for part in kept.parts if part.issued_id and part.is_bought], doing)
    done = replace(kept, state="released", ended_at=now)
    parts.end(conn, programs.program_id, done)
    return done


@TOGETHER
def void(
    programs: Programs, checkout_id: UUID, now: int, *, actor: str = "", place: str = "", reason: str = ""
) -> Kept:
    """As if it had not been: points go back to their lots, rewards can be used again. One that is held is released."""
    kept, owner = locked_with_account(programs, checkout_id, now)
    doing = Doing(programs.program_id, now, actor, place, checkout_id)
    if kept.state == "held":
        return _given_up(programs, kept, owner, doing)
    if kept.state != "captured":
        raise Refused(f"checkout_{kept.state}")
    return undone(programs, kept, doing, reason)


def undone(programs: Programs, kept: Kept, doing: Doing, reason: str) -> Kept:
    """A captured checkout, locked with its account, taken back."""
    conn, now = raw(), doing.at
    owner = deciding.locked(conn, programs.program_id, kept.member_id) if kept.member_id else None
    left = deciding.left_of(conn, programs, owner, kept.facts) if owner else []
    _decide(programs, owner, [Restoration(f"{key}/void", key, now) for key in left], now)
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
            gives = _gives(programs, part, kept.made_at)
            crediting.take_out(conn, programs, gives, part.issued_id, kept.member_id, now, kept.order_key)
            drawn = draws.of_ticket(conn, programs.program_id, part.issued_id) if gives.is_draw else None
            if drawn is not None:
                won[part.issued_id] = drawing.take_out(programs, drawn, kept.member_id, now)
    return won


def _ours(programs: Programs, checkout_id: UUID, now: int) -> tuple[Kept, Loaded | None]:
    """A checkout that is held, with the account locked before it. Raises Refused."""
    kept, owner = locked_with_account(programs, checkout_id, now)
    if kept.state != "held":
        raise Refused(f"checkout_{kept.state}")
    return kept, owner


def locked_with_account(programs: Programs, checkout_id: UUID, now: int) -> tuple[Kept, Loaded | None]:
    """As it is now, and whose account it is on by now, its member's. Raises Refused."""
    conn, program_id = raw(), programs.program_id
    member_id = parts.read(conn, program_id, checkout_id, now).member_id
    owner = deciding.locked(conn, program_id, member_id) if member_id else None
    kept = parts.locked(conn, program_id, checkout_id, now)
    return (replace(kept, member_id=owner.member_id) if owner else kept), owner
