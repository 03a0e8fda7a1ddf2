"""The catalogue as a member sees it now. Nothing is locked."""

from uuid import UUID

from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.ledger.queries import account_at
from regulars.rewards import offers, supplies
from regulars.rewards.pricing import Shelf, Usable, usable
from regulars.rewards.supplies import NOTHING_GONE


def catalogue(programs: Programs, member_id: UUID, now: int) -> list[Usable]:
    """Rewards that are shown, in the program's order: what each costs this member, or why they cannot have it."""
    conn = raw()
    account = account_at(conn, programs, member_id, now)
    if account is not None and account.into:
        account = account_at(conn, programs, UUID(account.into), now)
    sizes = {
        thing: supply
        for reward in programs.at(now).rewards.values()
        for thing, supply in offers.things_of(programs, reward, now).items()
    }
    levels = supplies.read(conn, programs.program_id, sizes, now)
    left = {supply.key: levels.get(thing, NOTHING_GONE).left(supply.size) for thing, supply in sizes.items()}
    return [one for one in usable(programs, account, None, now, Shelf(left)) if one.is_shown]
