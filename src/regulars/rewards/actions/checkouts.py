"""Spending at a cart: quote → hold → capture or release; or redeem at once; and void. Each is one transaction, and goes
the way of those that are decided together: as the only one."""

from uuid import UUID

from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.rewards import counter
from regulars.rewards.actions.together import TOGETHER, Ending, Opening, Wanted, together
from regulars.rewards.counter import Asked
from regulars.rewards.parts import Kept
from regulars.rewards.pricing import Quote
from regulars.rewards.refusing import Refused


def quote(programs: Programs, asked: Asked, now: int) -> tuple[Quote, list[Refused]]:
    """What these could do for this cart, and why the rest cannot. Nothing is kept, nothing locked, nobody waited for.

    Raises Refused for the whole."""
    found = counter.counted(raw(), programs, asked, now)
    assert found.quoted is not None
    return found.quoted, [*counter.in_order_of(asked.items, found.refused)]


def hold(programs: Programs, asked: Asked, until: int, now: int) -> Kept:
    """Reserve all of it until then, or nothing. Raises Refused."""
    return alone(programs, Opening(asked, until), now)


def redeem(programs: Programs, asked: Asked, now: int) -> Kept:
    """Use all of it at once, or nothing. Raises Refused."""
    return alone(programs, Opening(asked, None), now)


def capture(
    programs: Programs, checkout_id: UUID, now: int, *, order_key: str = "", actor: str = "", place: str = "",
    approved: bool = False,
) -> Kept:  # fmt: skip
    """The order is paid: what was held is used. Raises Refused."""
    return alone(programs, Ending("capture", checkout_id, actor, place, order_key=order_key, approved=approved), now)


def release(programs: Programs, checkout_id: UUID, now: int, *, actor: str = "", place: str = "") -> Kept:
    """The order is not paid: everything that was held is there again. Raises Refused."""
    return alone(programs, Ending("release", checkout_id, actor, place), now)


def void(
    programs: Programs, checkout_id: UUID, now: int, *, actor: str = "", place: str = "", reason: str = ""
) -> Kept:
    """As if it had not been: points go back to their lots, rewards can be used again. One that is held is released."""
    return alone(programs, Ending("void", checkout_id, actor, place, reason=reason), now)


@TOGETHER
def alone(programs: Programs, wanted: Wanted, now: int) -> Kept:
    """Raises Refused."""
    [became] = together(programs, [wanted], now)
    if isinstance(became, Refused):
        raise became
    assert became is not None
    return became
