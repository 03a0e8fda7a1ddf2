"""The catalogue as a member sees it now, and what is left of what all share. Nothing is locked."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from regulars.engine.account import Account
from regulars.engine.catalogue import Offer
from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.ledger.queries import account_at
from regulars.rewards import offers, supplies
from regulars.rewards.pricing import Cart, Shelf, Usable, usable
from regulars.rewards.supplies import NOTHING_GONE


class Left(Struct, frozen=True):
    """How one thing that all members share stands: stock, uses, or a budget in minor units, in each window `per`.

    `size` is what the program says, `added` comes on top.
    """

    kind: str
    per: str
    size: int
    added: int
    taken: int
    reserved: int

    @property
    def whole(self) -> int:
        return self.size + self.added

    @property
    def left(self) -> int:
        return max(self.whole - self.taken - self.reserved, 0)


def catalogue(
    programs: Programs, member_id: UUID, now: int, cart: Cart | None = None, known: Account | None = None
) -> list[Usable]:
    """Rewards that are shown, in the program's order: what each costs this member, and would take off the cart if there
    is one, or why they cannot have it. `known`: the member's account at `now`, where it was read already."""
    conn = raw()
    account = known or account_at(conn, programs, member_id, now)
    if account is not None and account.into:
        account = account_at(conn, programs, UUID(account.into), now)
    sizes = {
        thing: supply
        for reward in programs.at(now).rewards.values()
        for thing, supply in offers.things_of(programs, reward, now).items()
    }
    levels = supplies.read(conn, programs.program_id, sizes, now)
    left = {supply.key: levels.get(thing, NOTHING_GONE).left(supply.size) for thing, supply in sizes.items()}
    return [one for one in usable(programs, account, cart, now, Shelf(left)) if one.is_shown]


def left_of(programs: Programs, given: Iterable[Offer], now: int) -> dict[str, list[Left]]:
    """What is left of each of these offers, by its name; nothing where it is unlimited."""
    things = {offer.name: offers.things_of(programs, offer, now) for offer in given}
    levels = supplies.read(raw(), programs.program_id, {thing for own in things.values() for thing in own}, now)
    found: dict[str, list[Left]] = {name: [] for name in things}
    for name, own in things.items():
        for thing, supply in own.items():
            level = levels.get(thing, NOTHING_GONE)
            kind = thing.partition(":")[0]
            found[name].append(Left(kind, supply.per, supply.size, level.added, level.taken, level.reserved))
    return found
