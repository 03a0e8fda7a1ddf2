"""An order that the shop's own system did not hand over, entered by somebody who looked into it.

It is taken in like any other. Should the system hand it over after all, under the same number, that one counts: what is
entered by hand is older than anything a system says of it. Until then a mistake can be taken back, and entered anew.
"""

from collections import Counter
from urllib.parse import unquote
from uuid import UUID

from django.db import transaction
from msgspec.structs import replace

from regulars.access import changing
from regulars.engine.facts import Order
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn, order_key
from regulars.ledger import notes, order_list
from regulars.ledger import orders as ledger
from regulars.ledger.connect import raw, run
from regulars.ledger.receipt import Receipt
from regulars.programs.queries import Published

# Besides what the ledger refuses. Stable for ever.
REFUSALS = ("order_above_limit", "order_known", "order_not_by_hand")
# Versions of what is said by hand begin here, and go on by one: a system states no instant before 1970.
BY_HAND_AT = -86_400_000_000
# Refusals of the ledger that are about an order it knows.
KNOWN = ("order_of_other_member", "version_conflict")
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"


class EnteringRefused(Exception):
    """Nothing was kept; `code` is one of REFUSALS, or one of the ledger's. `key`: of the order that is known."""

    def __init__(self, code: str, key: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.key = key


def sources(program_id: int) -> list[str]:
    """Every system that ever handed over an order, and what people call those that come from none."""
    return [unquote(part) for part in order_list.sources(raw(), program_id)]


@transaction.atomic
def enter_order(
    published: Published, order: OrderIn, now: int, *,
    number: UUID, actor: str, reason: str, words: str, may_exceed: bool = False,
) -> Receipt:  # fmt: skip
    """Keep a paid order of a member, and who says so. The same one again changes nothing. Raises EnteringRefused."""
    receipt = keep(published, order, now, may_exceed=may_exceed)
    if receipt.outcome == "recorded":
        assert order.member_id is not None
        told = {"order": receipt.key, "reason": reason}
        changing.note(number, f"member:{order.member_id}", "order.entered", actor, after=told, program_id=published.id)
        notes.keep(raw(), published.id, [(order.member_id, Order(receipt.key, 0, ()), words)])
    return receipt


@transaction.atomic
def keep(published: Published, order: OrderIn, now: int, *, may_exceed: bool = False) -> Receipt:
    """What `enter_order` does to the member's account. Raises EnteringRefused.

    An order that earns more than a wallet's limit for points by hand is not for one person, unless they `may_exceed`
    it. That is asked of each order by itself: several small ones are not added up.
    """
    key = order_key(order.source, order.id)
    run(raw(), ONE_AT_A_TIME, [f"entering {order.id}", published.id])
    if elsewhere := _known_elsewhere(published.id, order):
        raise EnteringRefused("order_known", elsewhere)
    [receipt] = take_orders(published, [_as_by_hand(published.id, key, order)], now)
    if receipt.outcome == "stale":
        raise EnteringRefused("order_known" if receipt.member_id == order.member_id else "order_of_other_member", key)
    if receipt.outcome == "refused":
        raise EnteringRefused(receipt.code, key if receipt.code in KNOWN else "")
    if not may_exceed and _is_above(published, receipt, now):
        raise EnteringRefused("order_above_limit")
    return receipt


@transaction.atomic
def take_back_order(published: Published, key: str, now: int, *, number: UUID, actor: str, words: str) -> Receipt:
    """Undo what was entered by mistake, and keep who says so. Raises EnteringRefused."""
    receipt = take_back(published, key, now)
    if receipt.outcome == "recorded":
        assert receipt.member_id is not None
        told = {"order": key, "reason": "mistake"}
        about = f"member:{receipt.member_id}"
        changing.note(number, about, "order.taken_back", actor, after=told, program_id=published.id)
        notes.keep(raw(), published.id, [(receipt.member_id, Order(key, 0, ()), words)])
    return receipt


@transaction.atomic
def take_back(published: Published, key: str, now: int) -> Receipt:
    """What `take_back_order` does to the member's account: the order is cancelled as of its payment.

    Raises EnteringRefused where a system has said anything of it: from then on that says what becomes of it.
    """
    found = ledger.order(raw(), published.id, key)
    if found is None or not stands_by_hand(found[1].order):
        raise EnteringRefused("order_not_by_hand")
    entered = found[1].order
    source, number = map(unquote, key.split("/"))
    cancelled = OrderIn(
        source, number, entered.lines,
        version_at=entered.version_at + 1, paid_at=entered.paid_at, store=entered.store, cancelled=True,
    )  # fmt: skip
    [receipt] = take_orders(published, [cancelled], now)
    if receipt.outcome not in ("recorded", "repeated"):
        raise EnteringRefused("order_not_by_hand")
    return receipt


def stands_by_hand(order: Order) -> bool:
    """Whether it was entered, no system has said anything of it since, and nobody has taken it back."""
    return order.version_at < 0 and not order.cancelled


def _taken_back(program_id: int, key: str) -> Order | None:
    found = ledger.order(raw(), program_id, key)
    return found[1].order if found and found[1].order.version_at < 0 and found[1].order.cancelled else None


def _as_by_hand(program_id: int, key: str, order: OrderIn) -> OrderIn:
    """What was taken back is entered from the beginning, and may be another member's."""
    if before := _taken_back(program_id, key):
        return replace(order, version_at=before.version_at + 1, corrects=True)
    return replace(order, version_at=BY_HAND_AT)


def _known_elsewhere(program_id: int, order: OrderIn) -> str:
    """The key of an order that has this number, but from another system; "" if there is none."""
    keys = [order_key(source, order.id) for source in sources(program_id) if source != order.source]
    known = order_list.known(raw(), program_id, keys)
    return next((key for key in known if not _taken_back(program_id, key)), "")


def _is_above(published: Published, receipt: Receipt, now: int) -> bool:
    given = Counter[str]()
    for entry in receipt.entries:
        given[entry.wallet] += entry.points * ((entry.source == "issued") - (entry.target == "issued"))
    limits = {name: rules.spend.approve_above for name, rules in published.programs.at(now).wallets.items()}
    return any((limit := limits.get(wallet)) is not None and points > limit for wallet, points in given.items())
