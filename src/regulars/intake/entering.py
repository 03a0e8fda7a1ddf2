"""An order that the shop's own system did not hand over, entered by somebody who looked into it.

It is taken in like any other. Should the system hand it over after all, under the same number, that one counts: what is
entered by hand is older than anything a system says of it.
"""

from collections import Counter
from uuid import UUID

from django.db import transaction
from msgspec.structs import replace

from regulars.access import changing
from regulars.engine.facts import Order
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn, order_key
from regulars.ledger import notes
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Receipt
from regulars.programs.queries import Published

# Besides what the ledger refuses. Stable for ever.
REFUSALS = ("order_above_limit", "order_known")


class EnteringRefused(Exception):
    """Nothing was kept; `code` is one of REFUSALS, or one of the ledger's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def enter_order(
    published: Published, order: OrderIn, now: int, *,
    number: UUID, actor: str, reason: str, words: str, may_exceed: bool = False,
) -> Receipt:  # fmt: skip
    """Keep a paid order of a member. The same one again changes nothing. Raises EnteringRefused.

    Like points by hand, what earns more than a wallet's limit is not for one person, unless they `may_exceed` it.
    """
    assert order.paid_at is not None
    assert order.member_id is not None
    [receipt] = take_orders(published, [replace(order, version_at=order.paid_at - 1)], now)
    if receipt.outcome == "repeated":
        return receipt
    if receipt.outcome == "stale":
        raise EnteringRefused("order_known" if receipt.member_id == order.member_id else "order_of_other_member")
    if receipt.outcome != "recorded":
        raise EnteringRefused(receipt.code)
    if not may_exceed and _is_above(published, receipt, now):
        raise EnteringRefused("order_above_limit")
    key = order_key(order.source, order.id)
    told = {"order": key, "reason": reason}
    changing.note(number, f"member:{order.member_id}", "order.entered", actor, after=told, program_id=published.id)
    notes.keep(raw(), published.id, [(order.member_id, Order(key, 0, ()), words)])
    return receipt


def _is_above(published: Published, receipt: Receipt, now: int) -> bool:
    given = Counter[str]()
    for entry in receipt.entries:
        given[entry.wallet] += entry.points * ((entry.source == "issued") - (entry.target == "issued"))
    limits = {name: rules.spend.approve_above for name, rules in published.programs.at(now).wallets.items()}
    return any((limit := limits.get(wallet)) is not None and points > limit for wallet, points in given.items())
