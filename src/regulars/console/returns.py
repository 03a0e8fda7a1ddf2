"""What would happen if goods of an order came back, before anybody takes them: money, points, expiry, tier."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console.asking import Form
from regulars.engine.account import Wallet
from regulars.engine.calendar import date_of
from regulars.engine.facts import Order, Refund, RefundLine
from regulars.engine.quotes import RefundQuote, Returning
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.ledger.orders import OrderLine
from regulars.programs import wording
from regulars.storefront.shop import Shop

# A refund that nobody has told of: its key is nobody's.
KEY = "quote"


class Line(Struct, frozen=True):
    """A line of which something is left to come back."""

    field: str
    name: str
    category: str
    left: int
    amount: str
    chosen: int


class Back(Struct, frozen=True):
    """Points spent on the order that come back, and until when they can be used; None: without an end."""

    points: str
    until: date | None
    is_over: bool


class Quote(Struct, frozen=True):
    """`cash` is what to give back in money, of which `withheld` stays for points that are gone. `short` are sentences
    about such points, `tiers` about tiers that change. `available` and `pending` are what the member has then."""

    cash: str
    withheld: str
    pays: str
    goes_back: list[str]
    returns: list[Back]
    short: list[str]
    tiers: list[str]
    available: str
    pending: str


def lines(shop: Shop, found: OrderLine, form: Form) -> list[Line]:
    """Those of which a unit is left, with what the form says of them."""
    said = []
    for place, line in enumerate(found.order.lines, 1):
        units, _minor = found.returned.get(line.line, (0, 0))
        left = max(line.quantity, 1) - units
        if left > 0:
            chosen = form.whole(f"line-{place}", 0, left) if form.text(f"line-{place}") else 0
            said.append(Line(f"line-{place}", line.sku, line.category, left, shop.money(line.total), chosen))
    return said


def closed(found: OrderLine, left: list[Line]) -> str:
    """Why nothing can come back; "": something can."""
    if found.order.cancelled:
        return _("The order was cancelled.")
    if found.paid_at is None:
        return _("The order was not paid yet.")
    return "" if left else _("Everything in it came back already.")


def asked(order: Order, chosen: list[Line], now: int) -> Refund:
    by_field = {f"line-{place}": line.line for place, line in enumerate(order.lines, 1)}
    back = tuple(RefundLine(by_field[line.field], line.chosen) for line in chosen if line.chosen)
    return Refund(KEY, order.key, now, back)


def quote(shop: Shop, member_id: UUID, refund: Refund) -> Quote:
    programs = shop.published.programs
    found = ledger.refund_quote(raw(), programs, member_id, refund, shop.now)
    withheld = sum(minor for name, minor in found.withhold.items() if found.policies.get(name) == "charge")
    wallet = programs.main_wallet
    has = found.account.wallets.get(wallet) or Wallet()
    return Quote(
        cash=shop.money(found.cash),
        withheld=shop.money(withheld) if withheld else "",
        pays=shop.money(found.cash - withheld),
        goes_back=[wording.points(points, name, programs) for name, points in found.goes_back.items() if points],
        returns=[_back(shop, one) for one in found.returns],
        short=list(_short(shop, found)),
        tiers=list(_tiers(shop, found)),
        available=wording.points(has.available, wallet, programs),
        pending=wording.points(has.pending, wallet, programs) if has.pending else "",
    )


def _back(shop: Shop, one: Returning) -> Back:
    programs = shop.published.programs
    until = None if one.expires_at is None else date_of(programs.calendar.day(one.expires_at - 1))
    is_over = one.expires_at is not None and one.expires_at <= shop.now
    return Back(wording.points(one.points, one.wallet, programs), until, is_over)


def _short(shop: Shop, found: RefundQuote) -> Iterator[str]:
    """Points that the order earned and that are spent by now."""
    for name, points in found.short.items():
        said = {"points": wording.points(points, name, shop.published.programs)}
        match found.policies.get(name):
            case "charge":
                money = shop.money(found.withhold.get(name, 0))
                yield _("%(points)s are spent already: keep back %(money)s for them.") % {**said, "money": money}
            case "write_off":
                yield _("%(points)s are spent already; the program lets them go.") % said
            case _policy:
                yield _("%(points)s are spent already; the member owes them from what they earn next.") % said


def _tiers(shop: Shop, found: RefundQuote) -> Iterator[str]:
    for before, after in found.tiers.values():
        if before != after:
            said = {"before": shop.tier(before), "after": shop.tier(after)}
            yield _("The tier changes from %(before)s to %(after)s.") % said
