"""The tea house a while after it began to give rewards: some used, some sent, some waiting, and codes of both kinds."""

from uuid import UUID, uuid4

from regulars.engine.facts import Line
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published, now
from regulars.rewards.actions import batches, checkouts, desk, owning
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.counter import Asked, Item
from regulars.rewards.pricing import Cart
from tests.teahouse import REWARDS, open_teahouse

RICH = "SELECT member_id FROM ledger_account WHERE program_id = %s ORDER BY available DESC, member_id LIMIT %s"


def open_rewarded(customers: int = 16, offers: str = REWARDS) -> Published:
    """Everything about rewards has happened here at least once."""
    shop = open_teahouse(customers, offers)
    programs, present = shop.programs, now(shop)
    first, second, *others = richest(shop, 6)
    pool = batches.begin_batch(shop.id, Wanted("", "museum"), "staff:mei", present)
    desk.import_codes(shop.id, pool, [f"MUSEUM-{place:04}" for place in range(20)], present, actor="staff:mei")
    for member_id in (first, second):
        owning.claim(programs, member_id, "museum", present, actor="staff:mei")
    used(shop, first, Item("1", reward="hundred-off"))
    ordered = used(shop, second, Item("1", reward="tea-sampler"))
    owning.fulfil(shop.id, ordered, "ordered", present, actor="staff:mei", note="parcel 7")
    given = [
        owning.give(programs, one, "hundred-off", f"late {one}", present, actor="staff:mei", reason="came late")
        for one in (first, *others)
    ]
    owning.cancel(programs, given[-1], present, actor="staff:mei", reason="given twice")
    desk.add_stock(shop.id, "tea-sampler", 10, present, actor="staff:mei", reason="delivery of 3 March")
    desk.ask(programs, first, "tasting", present, actor="staff:mei", number=uuid4())
    number = batches.begin_batch(shop.id, Wanted("spring", "", 200, "SPRING"), "staff:mei", present)
    codes = [code for some in batches.make_codes(shop.id, number) for code in some]
    used(shop, second, Item("1", code=codes[0]))
    return shop


def richest(shop: Published, count: int) -> list[UUID]:
    """Members with the most points first."""
    return [member_id for (member_id,) in rows(raw(), RICH, [shop.id, count])]


def used(shop: Published, member_id: UUID, item: Item) -> UUID:
    """Redeemed on a cart of 800; the copy's id, or the checkout's where there is none."""
    cart = Cart("TWD", (Line("1", "OOL-1", 1, 80_000, "oolong"),), "store", "Dihua Street")
    asked = Asked(cart, (item,), member_id, actor="staff:mei", place="Dihua Street")
    kept = checkouts.redeem(shop.programs, asked, now(shop))
    return kept.parts[0].issued_id or kept.id
