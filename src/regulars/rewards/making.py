"""What a checkout is made of: its parts, what they ask of the ledger, and the copies that are bought with it."""

from uuid import UUID, uuid4

from regulars.engine.catalogue import Reward
from regulars.engine.facts import Hold, Redemption
from regulars.engine.program import Programs
from regulars.ledger import contents
from regulars.ledger.deciding import Spending
from regulars.rewards import offers
from regulars.rewards.copies import Copy
from regulars.rewards.counter import Asked, Counted, Item
from regulars.rewards.looking import Coupon, Owned
from regulars.rewards.parts import Kept, Part
from regulars.rewards.pricing import Applied


def part_of(found: Counted, one: Applied, key: str, points: int) -> Part:
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


def requests_of(part: Part, order_key: str, until: int | None, now: int) -> list[Spending]:
    name = part.name if part.kind == "reward" else ""
    # A chance is no means of payment: its points do not come back with goods.
    order_key = "" if part.gives == "draw" else order_key
    costs = zip(part.facts, part.costs, strict=True)
    if until is None:
        return [Redemption(key, wallet, points, now, order_key, name) for key, (wallet, points) in costs]
    return [Hold(key, wallet, points, now, until, order_key, name) for key, (wallet, points) in costs]


def is_the_same(kept: Kept, asked: Asked, found: Counted, until: int | None) -> bool:
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


def bought(programs: Programs, part: Part, issued_id: UUID, member_id: UUID, made_at: int) -> Copy:
    """As the reward was when it was held, whatever became of it since. What changed the cart is used with it, and so is
    what goes into the account; anything else is the member's to use later."""
    offer = offers.reward(programs, part.name, made_at)
    assert offer is not None
    state = "used" if offer.gives.changes_cart or contents.goes_in(offer.gives) else "issued"
    expires_at = offer.expires_at(programs.calendar, made_at)
    return Copy(issued_id, member_id, part.name, programs.at(made_at).number, state, made_at, None, expires_at)
