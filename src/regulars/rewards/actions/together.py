"""Checkouts that many tills open and end at the same moment: decided one after the other, and written together.

Locks are taken in one order: accounts, checkouts, what all share, codes and copies; of each kind in the order of their
ids. Then each request is weighed in memory, as if those before it had happened. What is refused has written nothing;
everything else is written by a statement for each table, and stands or falls together. Points go through the engine's
decisions.

What cannot be weighed beside others, because it writes before it is known what becomes of it or locks what nobody
foresees, is left to be asked for alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, ParamSpec, TypeAlias, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from msgspec import Struct, field
from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.calendar import DAY, MINUTE
from regulars.engine.decide import Refusal
from regulars.engine.facts import Capture, Release
from regulars.engine.packing import copied
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.ledger import deciding, load
from regulars.ledger.connect import raw
from regulars.ledger.deciding import Spending
from regulars.ledger.load import Loaded
from regulars.rewards import copies, counter, crediting, looking, offers, parts, supplies
from regulars.rewards.actions.undoing import REFUNDED, given_by, undone
from regulars.rewards.bringing import bring
from regulars.rewards.copies import Doing
from regulars.rewards.counter import Asked, Counted
from regulars.rewards.making import bought, is_the_same, part_of, requests_of
from regulars.rewards.parts import Kept, Part
from regulars.rewards.refusing import Refused
from regulars.rewards.supplies import NOTHING_GONE, Level, Taken

# In the caller's transaction, if there is one, and without a savepoint of its own: who catches a refusal makes one.
TOGETHER = transaction.atomic(savepoint=False)
HOLD_AT_MOST = DAY

P = ParamSpec("P")
T = TypeVar("T")


class Opening(Struct, frozen=True):
    """All that is laid is held `until` then, or (None) used at once."""

    asked: Asked
    until: int | None


class Ending(Struct, frozen=True):
    verb: Literal["capture", "release", "void"]
    checkout_id: UUID
    actor: str = ""
    place: str = ""
    order_key: str = ""
    approved: bool = False
    reason: str = ""


Wanted: TypeAlias = Opening | Ending
# None: only alone.
Became: TypeAlias = Kept | Refused | None


class OnlyAlone(Exception):
    """Cannot be weighed beside others."""


class Change(Struct):
    """What is to be written of one request: a checkout as it is from now on, and what it takes of what all share."""

    kept: Kept
    doing: Doing
    is_new: bool = False
    takes: dict[str, int] = field(default_factory=dict)

    @property
    def own(self) -> list[UUID]:
        """Copies that were the member's before."""
        return [part.issued_id for part in self.kept.parts if part.issued_id and not part.is_bought]

    @property
    def bought(self) -> list[tuple[Part, UUID]]:
        return [(part, part.issued_id) for part in self.kept.parts if part.issued_id and part.is_bought]


class Group(Struct):
    """What is locked, and how it stands after those who were weighed. `facts` are to be recorded of each account,
    `laid` is what was found of each request that opens, `taken` what each checkout that is to end has of what all
    share; checkouts that were `left` are only to be ended alone."""

    programs: Programs
    now: int
    is_single: bool
    loaded: dict[UUID, Loaded] = field(default_factory=dict)
    accounts: dict[UUID, Account] = field(default_factory=dict)
    checkouts: dict[UUID, Kept] = field(default_factory=dict)
    left: set[UUID] = field(default_factory=set)
    laid: dict[int, Counted | Refused | None] = field(default_factory=dict)
    taken: dict[UUID, dict[str, int]] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)
    facts: dict[UUID, list[Spending]] = field(default_factory=dict)

    @property
    def program_id(self) -> int:
        return self.programs.program_id

    def add(self, *locked: Loaded) -> None:
        self.loaded |= {one.member_id: one for one in locked}
        self.accounts |= {one.member_id: one.account for one in locked}

    def take(self, quantities: Mapping[str, int]) -> None:
        """What comes after is weighed with so much less of things."""
        for thing, quantity in quantities.items():
            level = self.levels.get(thing, NOTHING_GONE)
            self.levels[thing] = replace(level, reserved=level.reserved + quantity)

    def only_alone(self) -> None:
        """Raises OnlyAlone where others are there."""
        if not self.is_single:
            raise OnlyAlone


@TOGETHER
def together(programs: Programs, wanted: Sequence[Wanted], now: int) -> list[Became]:
    """What became of each. A single one is never left; what is raised, Refused too, leaves nothing of anybody."""
    group = Group(programs, now, len(wanted) == 1)
    _lock(group, wanted)
    weighed = [_tried(_weighed, group, place, one) for place, one in enumerate(wanted)]
    changes = [one for one in weighed if isinstance(one, Change)]
    _write(group, changes)
    gone = _came_back(group, changes)
    return [gone.get(one.kept.id, one.kept) if isinstance(one, Change) else one for one in weighed]


def _tried(act: Callable[P, T], *given: P.args, **named: P.kwargs) -> T | Refused | None:
    """None: only alone."""
    try:
        return act(*given, **named)
    except Refused as refused:
        return refused
    except OnlyAlone:
        return None


# What is locked


def _lock(group: Group, wanted: Sequence[Wanted]) -> None:
    conn, program_id, now = raw(), group.program_id, group.now
    ends = sorted({one.checkout_id for one in wanted if isinstance(one, Ending)})
    known = parts.whose(conn, program_id, ends)
    members = {one.asked.member_id for one in wanted if isinstance(one, Opening)}
    members |= {member_id for member_id, _ in known.values()}
    if named := [one for one in members if one is not None]:
        group.add(*load.known(conn, program_id, named).values())
    owners = {number: _owner(group, number, member_id) for number, (member_id, _) in known.items()}
    locked = parts.locked_all(conn, program_id, list(known), now)
    group.checkouts = {number: replace(kept, member_id=owners[number]) for number, kept in locked.items()}
    if any(things for _, things in known.values()):
        group.taken = supplies.of_checkouts(conn, program_id, ends)
    things = {thing for some in group.taken.values() for thing in some}
    for place, one in enumerate(wanted):
        if isinstance(one, Opening):
            found = group.laid[place] = _tried(_laid, group, one)
            if isinstance(found, Counted):
                things |= counter.things_of(group.programs, found, now)
    group.levels = dict.fromkeys(things, NOTHING_GONE) | supplies.locked(conn, program_id, things, now)


def _owner(group: Group, number: UUID, member_id: UUID | None) -> UUID | None:
    """On whose account a checkout is by now, if it is a member's."""
    if member_id is None:
        return None
    found = group.loaded.get(member_id)
    if found is None or found.account.into:
        if not group.is_single:
            group.left.add(number)
            return member_id
        found = deciding.locked(raw(), group.program_id, member_id)
        group.add(found)
    return found.member_id


def _laid(group: Group, one: Opening) -> Counted:
    """Raises Refused, OnlyAlone."""
    asked, programs, now = one.asked, group.programs, group.now
    if one.until is not None and not now < one.until <= now + HOLD_AT_MOST:
        raise Refused("hold_length", {"minutes": HOLD_AT_MOST // MINUTE})
    counter.check_size(asked)
    public = offers.public_codes(programs, now)
    if any(item.code and not looking.is_public(item.code, public) for item in asked.items):
        # A wrong one is counted at once, and is to be counted once.
        group.only_alone()
    return counter.laid(raw(), programs, asked, _people(group, asked.member_id), now)


def _people(group: Group, member_id: UUID | None) -> Counted:
    """Raises Refused, OnlyAlone."""
    found = group.loaded.get(member_id) if member_id else None
    if found is not None and member_id is not None and _is_simple(found.account):
        return counter.people(member_id, member_id, found.account, found)
    if member_id is not None:
        group.only_alone()
    people = counter.whose(raw(), group.programs, member_id)
    if people.locked is not None:
        group.add(people.locked)
    return people


def _is_simple(account: Account) -> bool:
    return account.enrolled_at is not None and account.closed_at is None and not account.into


# What becomes of each


def _weighed(group: Group, place: int, one: Wanted) -> Change | Kept:
    """What is to be written; or a checkout as it is, where nothing is. Raises Refused, OnlyAlone."""
    if isinstance(one, Ending):
        return _ended(group, one)
    found = group.laid[place]
    if isinstance(found, Refused):
        raise found
    if found is None:
        raise OnlyAlone
    return _opened(group, one, found)


def _opened(group: Group, one: Opening, found: Counted) -> Change | Kept:
    programs, asked, now = group.programs, one.asked, group.now
    if found.owner is not None:
        found.account = group.accounts[found.owner]
    counter.weighed(programs, asked, found, group.levels, now)
    if asked.number is not None and parts.is_known(raw(), asked.number):
        known = parts.read(raw(), programs.program_id, asked.number, now)
        if not is_the_same(known, asked, found, one.until):
            raise Refused("number_reused")
        return known
    for refused in counter.in_order_of(asked.items, found.refused):
        raise refused
    assert found.quoted is not None
    number = asked.number or uuid4()
    laid = {one.id: one.points for one in found.laid}
    applied = enumerate(found.quoted.applied)
    made = [part_of(found, each, f"{number}/{place}", laid[each.id]) for place, each in applied]
    if one.until is None and any(part.asks_approval for part in made):
        raise Refused("approval_missing")
    facts = [fact for part in made for fact in requests_of(part, asked.order_key, one.until, now)]
    decided = _decided(group, found.owner, facts, found.quoted.before)
    wanted = counter.takes(programs, found, now)
    counter.check_takes(found, wanted)
    _go_on(group, found.owner, decided)
    group.take(wanted)
    state, ended_at = ("captured", now) if one.until is None else ("held", None)
    kept = Kept(number, found.owner, state, asked.order_key, now, one.until, ended_at, made, len(wanted), asked.actor)
    return Change(kept, Doing(programs.program_id, now, asked.actor, asked.place, number), True, wanted)


def _ended(group: Group, one: Ending) -> Change | Kept:
    kept, now = parts.one_of(group.checkouts, one.checkout_id), group.now
    if kept.id in group.left:
        raise OnlyAlone
    doing = Doing(group.program_id, now, one.actor, one.place, kept.id)
    if kept.state == "captured" and one.verb == "void":
        group.only_alone()
        return undone(group.programs, kept, doing, one.reason)
    if kept.state != "held":
        raise Refused(f"checkout_{kept.state}")
    if one.verb == "capture":
        _check_approval(one, kept)
        if any(part.giver_id is not None for part in kept.parts):
            # Whoever is rewarded for it is somebody else.
            group.only_alone()
        facts: list[Spending] = [Capture(f"{key}/capture", key, now) for key in kept.facts]
        done = replace(kept, state="captured", ended_at=now, order_key=one.order_key or kept.order_key)
    else:
        facts = [Release(f"{key}/release", key, now) for key in kept.facts]
        done = replace(kept, state="released", ended_at=now)
    _go_on(group, kept.member_id, _decided(group, kept.member_id, facts))
    if done.state == "released":
        group.take({thing: -quantity for thing, quantity in group.taken.get(kept.id, {}).items()})
    group.checkouts[kept.id] = done
    return Change(done, doing)


def _check_approval(one: Ending, kept: Kept) -> None:
    """Raises Refused."""
    if any(part.asks_approval for part in kept.parts):
        if not one.approved:
            raise Refused("approval_missing")
        if one.actor == kept.actor:
            raise Refused("approval_own")


def _decided(
    group: Group, owner: UUID | None, asked: Sequence[Spending], order_total: int | None = None
) -> tuple[Account, list[Spending]] | None:
    """The account after it, and what is to be recorded. Raises Refused."""
    if not asked:
        return None
    assert owner is not None
    tape = Tape(group.programs, copied(group.accounts[owner]))
    said = deciding.weighed(group.programs, tape, asked, group.now, order_total)
    if isinstance(said, Refusal):
        raise Refused(said.code, said.parameters)
    return tape.account, said


def _go_on(group: Group, owner: UUID | None, decided: tuple[Account, list[Spending]] | None) -> None:
    if decided is not None and owner is not None:
        group.accounts[owner], facts = decided
        group.facts.setdefault(owner, []).extend(facts)


# What is written


def _write(group: Group, changes: Sequence[Change]) -> None:
    """Raises Refused where somebody was quicker; then nothing of it may stay."""
    conn, programs, now = raw(), group.programs, group.now
    facts = [(group.loaded[owner], decided) for owner, decided in group.facts.items()]
    said = deciding.recorded(conn, programs, facts, now)
    assert all(receipt.outcome == "recorded" for receipt in said), said
    _write_opened(group, [one for one in changes if one.is_new])
    _write_captured(group, [one for one in changes if one.kept.state == "captured"])
    if released := [one for one in changes if one.kept.state == "released"]:
        supplies.give_back(conn, group.program_id, *(one.kept.id for one in released))
        for one in released:
            copies.free(conn, one.own, "released", now, one.doing)
        held = [issued_id for one in released for _, issued_id in one.bought]
        copies.let_go(conn, held, released[0].doing)
    made = ((one.kept, one.doing.actor, one.doing.place) for one in changes if one.is_new)
    parts.keep(conn, group.program_id, *made)
    parts.end(conn, group.program_id, *(one.kept for one in changes if not one.is_new))


def _write_opened(group: Group, opened: Sequence[Change]) -> None:
    conn = raw()
    taken = (Taken(one.kept.id, one.takes, one.kept.until) for one in opened)
    supplies.reserve(conn, group.program_id, *taken)
    for one in opened:
        copies.hold(conn, one.own, one.kept.until or group.now + 1, one.doing)
    held = [one for one in opened if one.kept.state == "held"]
    wanted = ((issued_id, part.name, one.kept.until, one.doing) for one in held for part, issued_id in one.bought)
    copies.hand_out(conn, *wanted)


def _write_captured(group: Group, captured: Sequence[Change]) -> None:
    conn, programs = raw(), group.programs
    supplies.settle(conn, group.program_id, {one.kept.id: one.kept.things for one in captured if not one.is_new})
    for one in captured:
        copies.use(conn, one.own, one.doing)
        for giver_id in (part.giver_id for part in one.kept.parts):
            if giver_id is not None and one.kept.member_id is not None:
                bring(programs, one.kept.member_id, giver_id, group.now)
    paid = [(one, *pair, one.kept.member_id) for one in captured for pair in one.bought]
    issued = [
        (bought(programs, part, issued_id, owner, one.kept.made_at), one.doing)
        for one, part, issued_id, owner in paid
        if owner is not None
    ]
    copies.issue_all(conn, issued)
    for one, part, issued_id, owner in paid:
        if owner is not None:
            crediting.put_in(conn, programs, given_by(programs, part, one.kept.made_at), issued_id, owner, group.now)


def _came_back(group: Group, changes: Iterable[Change]) -> dict[UUID, Kept]:
    """Undone at once where all of its order came back before it was captured (see refunds.py)."""
    captured = [one for one in changes if one.kept.state == "captured"]
    gone = parts.came_back(raw(), group.program_id, [one.kept.order_key for one in captured])
    back = [one for one in captured if one.kept.order_key in gone]
    return {one.kept.id: undone(group.programs, one.kept, one.doing, REFUNDED) for one in back}
