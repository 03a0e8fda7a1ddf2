"""What a member lays on the counter, as of now: what it is, whether it is theirs, how much is left of it, and what it
does to the cart."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import psycopg
from msgspec import Struct, field

from regulars.engine.account import Account
from regulars.engine.catalogue import Coupon as CouponOffer
from regulars.engine.catalogue import Offer, Reward
from regulars.engine.program import Programs
from regulars.ledger import deciding
from regulars.ledger.connect import rows
from regulars.ledger.load import Loaded
from regulars.rewards import guessing, looking, offers, supplies
from regulars.rewards.bringing import check_giver
from regulars.rewards.guessing import Asker
from regulars.rewards.looking import Coupon, Owned
from regulars.rewards.pricing import Cart, Laid, Quote, Shelf, quote
from regulars.rewards.refusing import Refused
from regulars.rewards.supplies import NOTHING_GONE, Level

ITEMS_LIMIT = 50
KNOWN = "SELECT 1 FROM members_member WHERE program_id = %s AND id = %s"

Found: TypeAlias = Owned | Coupon | None


class Item(Struct, frozen=True):
    """One thing of: a `reward` of the catalogue, a `code`, an issued reward by its id, points of a wallet.

    `id` is the caller's own name for it; `choice` the product, where one may be chosen.
    """

    id: str
    reward: str = ""
    code: str = ""
    issued_id: UUID | None = None
    wallet: str = ""
    points: int = 0
    choice: str = ""


class Asked(Struct, frozen=True):
    """A cart, what is laid beside it, and who asks. `member_id` None: a guest. `actor` and `place` are only kept.

    `number` is what the checkout is to be called: asked twice under one, it is made once, and anything else is refused.
    `client` says which guest's wrong codes are counted together.
    """

    cart: Cart
    items: tuple[Item, ...]
    member_id: UUID | None = None
    order_key: str = ""
    actor: str = ""
    place: str = ""
    number: UUID | None = None
    client: str = ""


class Counted(Struct):
    """`owner` is whose account it is, `locked` the same for nobody else to change. `sizes` are the things that what is
    laid takes of, by item; `quoted` says what applies, `refused` why the rest does not."""

    owner: UUID | None
    account: Account | None
    people: frozenset[UUID]
    locked: Loaded | None = None
    laid: list[Laid] = field(default_factory=list)
    found: dict[str, Found] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    sizes: dict[str, dict[str, int]] = field(default_factory=dict)
    refused: dict[str, Refused] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)
    quoted: Quote | None = None


def counted(conn: psycopg.Connection[Any], programs: Programs, asked: Asked, now: int) -> Counted:
    """The account as it is, and what is left of things, for somebody who only looks: nothing is locked.

    Raises Refused for the cart as a whole."""
    check_size(asked)
    found = laid(conn, programs, asked, whose(conn, programs, asked.member_id, locks=False), now)
    known = supplies.read(conn, programs.program_id, things_of(programs, found, now), now)
    return weighed(programs, asked, found, known, now)


def check_size(asked: Asked) -> None:
    """Raises Refused."""
    if not asked.items or len(asked.items) > ITEMS_LIMIT:
        raise Refused("nothing_laid", {"most": ITEMS_LIMIT})


def laid(conn: psycopg.Connection[Any], programs: Programs, asked: Asked, found: Counted, now: int) -> Counted:
    """What each thing is that these people lay, and why it is none of what they can use."""
    # A shop may have one key for all its customers: whoever guesses must not stop the others.
    asker = Asker(asked.actor, str(asked.member_id or "") or asked.client, asked.place)
    for item in asked.items:
        try:
            lay(conn, programs, found, item, asker, now)
        except Refused as refused:
            found.refused[item.id] = Refused(refused.code, refused.parameters, item.id)
    return found


def weighed(programs: Programs, asked: Asked, found: Counted, levels: Mapping[str, Level], now: int) -> Counted:
    """What it does to the cart, with so much left of things. Raises Refused for the cart as a whole."""
    shelf = filled(programs, found, levels, now)
    said = quote(programs, found.account, asked.cart, found.laid, now, shelf)
    if not isinstance(said, Quote):
        raise Refused(said.code, said.parameters)
    found.quoted = said
    for one in said.refused:
        found.refused[one.id] = Refused(one.code, one.parameters, one.id)
    return found


def whose(conn: psycopg.Connection[Any], programs: Programs, member_id: UUID | None, *, locks: bool = True) -> Counted:
    """A member with those who became part of them, with `locks` the account locked. Raises Refused."""
    if member_id is None:
        return Counted(None, None, frozenset())
    return people(member_id, *_account(conn, programs.program_id, member_id, locks=locks))


def people(member_id: UUID, owner: UUID, account: Account, held: Loaded | None) -> Counted:
    """A member whose account that of `owner` is. Raises Refused."""
    if account.closed_at is not None:
        raise Refused("account_closed")
    parts = {UUID(name) for _, names in account.joined for name in names}
    return Counted(owner, account, frozenset({member_id, owner} | parts), held)


def _account(
    conn: psycopg.Connection[Any], program_id: int, member_id: UUID, *, locks: bool
) -> tuple[UUID, Account, Loaded | None]:
    """Raises Refused for somebody who is not known: neither by having joined, which is seen at once, nor otherwise."""
    held = deciding.known(conn, program_id, member_id) if locks else None
    owner, account = (held.member_id, held.account) if held else deciding.seen(conn, program_id, member_id)
    if account.enrolled_at is not None and account.closed_at is None:
        return owner, account, held
    if not rows(conn, KNOWN, [program_id, member_id]):
        raise Refused("member_unknown")
    return owner, account, held or (deciding.locked(conn, program_id, member_id) if locks else None)


def lay(conn: psycopg.Connection[Any], programs: Programs, found: Counted, item: Item, asker: Asker, now: int) -> None:
    """One item more. Raises Refused."""
    program_id = programs.program_id
    if item.code:
        public = offers.public_codes(programs, now)
        if guessing.too_many(program_id, asker, is_public=looking.is_public(item.code, public)):
            raise Refused("too_many_codes")
        try:
            what: Found = looking.shown(conn, program_id, item.code, public, now)
        except Refused as refused:
            guessing.note(program_id, asker, guessing.SLIP if refused.code == "code_mistyped" else guessing.MADE_UP)
            raise
    elif item.issued_id is not None:
        what = looking.owned(conn, program_id, item.issued_id, now)
        if what is None or what.member_id not in found.people:
            raise Refused("issued_unknown")
    else:
        what = None
    if what is not None:
        looking.check(what, found.people, now)
        if isinstance(what, Coupon) and what.giver_id is not None and found.people:
            check_giver(program_id, found.people, what.giver_id)
        _no_twice(found, what)
    _laid(programs, found, item, what, now)


def _no_twice(found: Counted, what: Owned | Coupon) -> None:
    """The same copy cannot be used twice at once, under whatever name it is laid there."""
    for other in found.found.values():
        if isinstance(what, Owned) and isinstance(other, Owned) and what.id == other.id:
            raise Refused("code_used")
        if isinstance(what, Coupon) and isinstance(other, Coupon) and what.thing and what.thing == other.thing:
            raise Refused("code_used")


def _laid(programs: Programs, found: Counted, item: Item, what: Found, now: int) -> None:
    offer: Offer | None = None
    if isinstance(what, Coupon):
        offer, kind, name = offers.coupon(programs, what.name, now), "coupon", what.name
        if offer is None:
            raise Refused("coupon_unknown")
    elif isinstance(what, Owned):
        offer, kind, name = offers.issued(programs, what.reward, what.issued_at, now), "issued", what.reward
        if offer is None:
            raise Refused("reward_unknown")
        if offer.gives.is_draw:
            raise Refused("draw_unopened")
    elif item.reward:
        offer, kind, name = offers.reward(programs, item.reward, now), "reward", item.reward
    else:
        kind, name = "points", ""
    bought = offer if isinstance(offer, Reward) and kind == "issued" else None
    found.laid.append(Laid(item.id, kind, name, item.choice, item.wallet, item.points, bought))
    found.found[item.id] = what
    found.sizes[item.id] = {}
    if offer is not None:
        found.offers[item.id] = offer
        sizes = {thing: one.size for thing, one in offers.things_of(programs, offer, now).items()}
        # What was issued took of its reward's stock when it was; of the budget goes what it takes off a cart.
        found.sizes[item.id] |= offers.budgets(sizes) if kind == "issued" else sizes
    if isinstance(what, Coupon) and what.uses is not None:
        found.sizes[item.id][what.thing] = what.uses


def things_of(programs: Programs, found: Counted, now: int) -> set[str]:
    """Everything of which there is only so much, and that what is laid may take of."""
    return {thing for sizes in found.sizes.values() for thing in sizes} | _own_uses(programs, found, now).keys()


def _own_uses(programs: Programs, found: Counted, now: int) -> dict[str, str]:
    """What counts the member's own uses of coupons, and what it is called on the shelf."""
    return {
        thing: f"uses:{one.name}" if per == "lifetime" else f"uses:{one.name}/{per}"
        for one in found.offers.values()
        if isinstance(one, CouponOffer) and found.owner is not None
        for thing, per in offers.own_uses(programs, one, found.owner, now).items()
    }


def filled(programs: Programs, found: Counted, known: Mapping[str, Level], now: int) -> Shelf:
    """What is left of everything that is laid; codes of which nothing is left are taken off."""
    mine = _own_uses(programs, found, now)
    levels = found.levels = {thing: known.get(thing, NOTHING_GONE) for thing in things_of(programs, found, now)}
    for item_id in [one.id for one in found.laid]:
        _refuse_used_up(found, item_id, levels)
    left: dict[str, int] = {}
    for item_id, offer in found.offers.items():
        for thing, supply in offers.things_of(programs, offer, now).items():
            if thing in levels and item_id in found.sizes:
                rest = levels[thing].left(supply.size)
                left[supply.key] = min(rest, left.get(supply.key, rest))
    return Shelf(left, {key: levels[thing].gone for thing, key in mine.items()})


def _refuse_used_up(found: Counted, item_id: str, levels: Mapping[str, Level]) -> None:
    """A code whose own uses are gone, for good or as long as somebody holds it."""
    what = found.found[item_id]
    if not isinstance(what, Coupon) or what.uses is None:
        return
    level = levels.get(what.thing, NOTHING_GONE)
    if level.left(what.uses) < 1:
        code = "code_used" if level.taken >= what.uses else "code_held"
        found.refused[item_id] = Refused(code, about=item_id)
        found.laid = [one for one in found.laid if one.id != item_id]


def takes(programs: Programs, found: Counted, now: int) -> dict[str, int]:
    """How much of which thing goes with what applies: what the quote says, a use of each code, a use by the member."""
    assert found.quoted is not None
    wanted: dict[str, int] = {}
    for one in found.quoted.applied:
        offer, what = found.offers.get(one.id), found.found[one.id]
        if offer is not None:
            for thing, supply in offers.things_of(programs, offer, now).items():
                add(wanted, thing, one.takes.get(supply.key, 0))
        if isinstance(what, Coupon) and what.uses is not None:
            add(wanted, what.thing, 1)
        if isinstance(offer, CouponOffer) and found.owner is not None:
            for thing in offers.own_uses(programs, offer, found.owner, now):
                add(wanted, thing, 1)
    return wanted


# What is gone, by the kind of thing.
GONE = {"budget": "budget_gone", "stock": "out_of_stock", "uses": "uses_reached", "code": "code_used"}


def check_takes(found: Counted, wanted: Mapping[str, int]) -> None:
    """All of it together is no more than is left. Raises Refused."""
    sizes = {thing: size for known in found.sizes.values() for thing, size in known.items()}
    for thing, quantity in wanted.items():
        if thing in sizes and quantity > found.levels[thing].left(sizes[thing]):
            raise Refused(GONE[thing.partition(":")[0]], {"left": found.levels[thing].left(sizes[thing])})


def add(wanted: dict[str, int], thing: str, quantity: int) -> None:
    if quantity:
        wanted[thing] = wanted.get(thing, 0) + quantity


def in_order_of(items: Sequence[Item], refused: Mapping[str, Refused]) -> Iterable[Refused]:
    return (refused[item.id] for item in items if item.id in refused)
