"""From a body to what the rooms understand: money in minor units, times in microseconds, nothing said twice.

Everything that is wrong with an order or an activity is said at once, each with its pointer into the body.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.contract.bodies import ActivityBody, CartBody, LineBody, OrderBody, RefundBody
from regulars.contract.fields import AMOUNT_LIMIT, instant
from regulars.contract.problems import Fault, Problem
from regulars.engine.calendar import datetime_of, day_of
from regulars.engine.exchange import line_in, payment_in
from regulars.engine.facts import Exchange, Line, Order, Payment, RefundLine
from regulars.engine.money import parse_major
from regulars.intake.orders import ActivityIn, OrderIn, RefundIn
from regulars.ledger.clocks import CLOCK_SKEW
from regulars.members.queries import several


def said_ahead(now: int) -> str:
    """A program may run on a test clock, so the answer says what time it is there."""
    said = _("this is more than five minutes ahead of the program's clock, which says %(now)s")
    return said % {"now": datetime_of(now).isoformat(timespec="seconds")}


class Naming(Protocol):
    """What says whose it is."""

    customer: str | None
    member: UUID | None
    card: str | None


class Reading:
    """One order or activity on its way in. `at` is where it stands in the body: "" or "/orders/3"."""

    def __init__(self, currency: str, now: int, at: str = "") -> None:
        self.own, self.currency, self.now, self.at = currency, currency, now, at
        self.faults: list[Fault] = []
        self.late: list[Fault] = []

    def order(self, source: str, number: str, body: OrderBody) -> OrderIn:
        """Raises Problem."""
        self.whose(body)
        exchange = self.exchange(body)
        lines = self.lines(body.lines, exchange)
        paid_at = self.time("/paid_at", body.paid_at)
        refunds = tuple(self.refund(f"/refunds/{place}", refund) for place, refund in enumerate(body.refunds))
        self.once((f"/refunds/{place}/id", refund.id) for place, refund in enumerate(body.refunds))
        version_at = self.time("/version_at", body.version_at)
        payments = self.payments(body)
        self.counts_in(body)
        self.finish()
        return OrderIn(
            source=source,
            id=number,
            lines=lines,
            customer=body.customer,
            member_id=body.member,
            card=body.card,
            version_at=version_at,
            paid_at=paid_at,
            refunds=refunds,
            channel=body.channel,
            store=body.store,
            codes=tuple(body.codes),
            cancelled=body.cancelled,
            corrects=body.corrects,
            exchange=exchange,
            payments=payments,
            partner=body.partner,
            country=body.country,
        )

    def cart(self, body: CartBody) -> Order:
        """An order that nobody has placed: under a key that no order can have. Raises Problem."""
        self.whose(body)
        exchange = self.exchange(body)
        lines = self.lines(body.lines, exchange)
        paid_at = self.time("/paid_at", body.paid_at) or self.now
        payments = self.payments(body)
        self.counts_in(body)
        self.finish()
        if exchange:
            lines = tuple(line_in(line, exchange, self.own) for line in lines)
            payments = tuple(payment_in(payment, exchange, self.own) for payment in payments)
        return Order(
            "/cart",
            self.now,
            lines,
            paid_at,
            channel=body.channel,
            store=body.store,
            codes=tuple(body.codes),
            partner=body.partner,
            country=body.country,
            payments=payments,
        )

    def activity(self, source: str, number: str, body: ActivityBody) -> ActivityIn:
        """Raises Problem."""
        self.whose(body)
        if body.customer is None and body.member is None and body.card is None:
            self.blame("/customer", _("customer, member or card says who did it"))
        happened_at = self.time("/happened_at", body.happened_at)
        self.finish()
        return ActivityIn(
            source=source,
            id=number,
            name=body.name,
            customer=body.customer,
            member_id=body.member,
            card=body.card,
            happened_at=happened_at,
            channel=body.channel,
            store=body.store,
            partner=body.partner,
            country=body.country,
        )

    def payments(self, body: CartBody) -> tuple[Payment, ...]:
        return tuple(
            Payment(one.method, self.amount(f"/payments/{place}/amount", one.amount), one.redemption)
            for place, one in enumerate(body.payments)
        )

    def exchange(self, body: CartBody) -> Exchange | None:
        """Money is read in the order's currency from here on; None where that is the program's own."""
        if body.exchange is None or body.currency == self.own:
            return None
        self.currency = body.currency
        try:
            found = Exchange(body.currency, body.exchange.rate, day_of(date.fromisoformat(body.exchange.on)))
        except ValueError:
            self.blame("/exchange/on", _("this is no day"))
            return None
        if not found.rate.strip("0."):
            self.blame("/exchange/rate", _("a rate is above zero"))
            return None
        return found

    def lines(self, bodies: Sequence[LineBody], exchange: Exchange | None) -> tuple[Line, ...]:
        self.once((f"/lines/{place}/line", body.line) for place, body in enumerate(bodies))
        lines = tuple(self.line(f"/lines/{place}", body) for place, body in enumerate(bodies))
        worth = lines if exchange is None else [line_in(line, exchange, self.own) for line in lines]
        if sum(abs(line.total) for line in worth) > AMOUNT_LIMIT:
            self.blame("/lines", _("an order's lines are too much together"))
        return lines

    def line(self, path: str, body: LineBody) -> Line:
        total = self.amount(f"{path}/total", body.total)
        discount = self.amount(f"{path}/discount", body.discount)
        tax = self.amount(f"{path}/tax", body.tax)
        return Line(
            body.line,
            body.sku,
            body.quantity,
            total,
            body.category,
            body.brand,
            discount,
            tuple(body.tags),
            body.kind,
            tax,
        )

    def refund(self, path: str, body: RefundBody) -> RefundIn:
        if bool(body.lines) == (body.amount is not None):
            self.blame(path, _("a refund names either its lines or an amount"))
        self.once((f"{path}/lines/{place}/line", line.line) for place, line in enumerate(body.lines))
        lines = tuple(
            RefundLine(line.line, line.quantity, self.maybe(f"{path}/lines/{place}/total", line.total))
            for place, line in enumerate(body.lines)
        )
        refunded_at = self.time(f"{path}/refunded_at", body.refunded_at)
        return RefundIn(body.id, refunded_at, lines, self.maybe(f"{path}/amount", body.amount))

    def maybe(self, path: str, text: str | None) -> int | None:
        return None if text is None else self.amount(path, text)

    def amount(self, path: str, text: str) -> int:
        if text == "0":  # what most discounts and taxes are
            return 0
        try:
            minor = parse_major(text, self.currency)
        except ValueError:
            self.blame(path, _("%(currency)s has fewer decimals than this") % {"currency": self.currency})
            return 0
        if abs(minor) > AMOUNT_LIMIT:
            self.blame(path, _("this amount is too large"))
        return minor

    def time(self, path: str, text: str | None) -> int | None:
        if text is None:
            return None
        found = instant(text)
        if found > self.now + CLOCK_SKEW:
            self.late.append(Fault(said_ahead(self.now), self.at + path))
        return found

    def whose(self, body: Naming) -> None:
        named = [name for name in ("customer", "member", "card") if getattr(body, name) is not None]
        if len(named) > 1:
            self.blame(f"/{named[-1]}", _("one of customer, member and card names the member, not several"))

    def once(self, names: Iterable[tuple[str, str]]) -> None:
        seen: set[str] = set()
        for path, name in names:
            if name in seen:
                self.blame(path, _("this id occurs twice"))
            seen.add(name)

    def blame(self, path: str, detail: str) -> None:
        self.faults.append(Fault(detail, self.at + path))

    def counts_in(self, body: CartBody) -> None:
        if body.currency != self.own and body.exchange is None:
            said = _("it counts in %(currency)s") % {"currency": self.own}
            raise Problem("currency_mismatch", faults=[Fault(said, f"{self.at}/currency")])

    def finish(self) -> None:
        if self.faults:
            raise Problem("invalid", faults=self.faults)
        if self.late:
            raise Problem("too_far_in_future", faults=self.late)


def nobodies(program_id: int, named: Collection[UUID]) -> set[UUID]:
    """Those of these ids that are no member's."""
    return set(named) - several(program_id, named, personal=False).keys() if named else set()


def nobody(at: str) -> Problem:
    """The member that the order at this place names is none."""
    return Problem("member_unknown", faults=[Fault(_("there is no such member"), f"{at}/member")])
