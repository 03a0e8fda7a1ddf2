"""What a step says has happened, as the fact that a door would have recorded."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import count
from typing import Any

from msgspec.structs import replace

from regulars.engine import facts
from regulars.engine.earlier import enrolment
from regulars.engine.facts import Fact, Line, Order, RefundLine
from regulars.engine.problems import Wrong
from regulars.programs.stories import written
from regulars.programs.stories.script import Here, Known, Script, key_of, listed

UNKNOWN = "unknown"
# Of a refund that is spread over its order when it is acted out.
NO_LINE = ""
# A step's fact, None when its words are wrong.
Deed = Callable[[Here, Any], Fact | None]


def enrol(here: Here, raw: written.RawEnrol | str) -> Fact:
    version, calendar = here.script.versions[-1], here.script.calendar
    return enrolment(
        version, calendar, facts.Enrolment(here.name, here.at, "" if isinstance(raw, str) else raw.channel)
    )


def order(here: Here, raw: written.RawOrder) -> Fact:
    """Paid as it is placed, unless it says `paid: no`; told again, it is a later snapshot of the same order."""
    key = key_of(raw.id)
    before = here.script.orders.get(key)
    if here.script.buyers.setdefault(key, here.member) != here.member:
        here.script.blame(f"{here.path}.id", raw.id, "order_of_another", member=here.script.buyers[key])
    paid_at = before.paid_at if before and before.paid_at is not None else here.at if raw.paid == "yes" else None
    payments = tuple(_payment(here, f"{here.path}.payments[{place}]", one) for place, one in enumerate(raw.payments))
    return _kept(
        here.script,
        Order(
            key,
            here.at,
            lines(here.script, f"{here.path}.lines", raw.lines, before),
            paid_at,
            here.script.whole(f"{here.path}.version", raw.version),
            raw.channel,
            raw.store,
            listed(raw.codes),
            partner=raw.partner,
            country=raw.country,
            payments=payments,
        ),
    )


def _payment(here: Here, path: str, raw: written.RawPayment) -> facts.Payment:
    return facts.Payment(raw.method, here.script.money(f"{path}.amount", raw.amount), raw.redemption)


def lines(script: Script, path: str, raw: list[written.RawLine], before: Order | None = None) -> tuple[Line, ...]:
    """A line's total is said, or its price times its quantity less its discount. Lines are named or counted.

    Told again, a line without a name is the one of the same product before; what is new is counted on.
    """
    names = _names(raw, before.lines if before else ())
    return tuple(_line(script, f"{path}[{place}]", one, names[place]) for place, one in enumerate(raw))


def _names(raw: list[written.RawLine], before: Sequence[Line]) -> list[str]:
    known = {line.sku: line.line for line in before}
    plain = [str(place + 1) for place in range(len(raw))]
    products = [one.sku for one in raw]
    if not all(known) or not all(products) or len(known) < len(before) or len(set(products)) < len(products):
        return plain
    free = (number for number in map(str, count(1)) if number not in known.values())
    return [known[sku] if sku in known else next(free) for sku in products] if known else plain


def _line(script: Script, path: str, raw: written.RawLine, number: str) -> Line:
    if bool(raw.price) == bool(raw.total):
        script.blame(path, raw.line or number, "price_or_total")
    quantity = script.whole(f"{path}.quantity", raw.quantity, 1)
    discount = script.money(f"{path}.discount", raw.discount)
    price, total = script.money(f"{path}.price", raw.price), script.money(f"{path}.total", raw.total)
    return Line(
        raw.line or number,
        raw.sku,
        quantity,
        price * quantity - discount if raw.price else total,
        raw.category,
        raw.brand,
        discount,
        listed(raw.tags),
        raw.kind,
        script.money(f"{path}.tax", raw.tax),
    )


def pay(here: Here, raw: str) -> Fact | None:
    return _again(here.script, here.path, raw, version_at=here.at, paid_at=here.at)


def edit(here: Here, raw: written.RawEdit) -> Fact | None:
    changes = {
        "lines": lines(here.script, f"{here.path}.lines", raw.lines, here.script.orders.get(key_of(raw.order))),
        "number": here.script.whole(f"{here.path}.version", raw.version),
        "corrects": raw.corrects == "yes",
        "cancelled": False,
    }
    return _again(here.script, f"{here.path}.order", raw.order, version_at=here.at, **changes)


def cancel(here: Here, raw: str) -> Fact | None:
    return _again(here.script, here.path, raw, version_at=here.at, cancelled=True, corrects=False)


def move(here: Here, raw: written.RawMove) -> Fact | None:
    """Said to be another member's from the beginning."""
    if raw.to not in here.script.members:
        here.script.blame(f"{here.path}.to", raw.to, "one_of", *here.script.members)
    found = _again(here.script, f"{here.path}.order", raw.order, version_at=here.at, corrects=True)
    here.script.buyers[key_of(raw.order)] = raw.to
    return replace(found, moved_to=raw.to) if isinstance(found, Order) else None


def repeat(here: Here, raw: str) -> Fact | None:
    return here.script.known(here.path, raw)


def _again(script: Script, path: str, name: str, **changes: Any) -> Fact | None:
    before = script.known(path, name)
    return _kept(script, replace(before, **changes)) if before else None


def _kept(script: Script, order: Order) -> Order:
    script.orders[order.key] = order
    script.snapshots.setdefault(order.key, []).append(order)
    return order


def refund(here: Here, raw: written.RawRefund) -> Fact:
    """Of an order that is told later, too: it waits. Everything is what the order contained then."""
    if bool(raw.lines) == bool(raw.amount):
        here.script.blame(here.path, "lines, amount" if raw.lines else "", "lines_or_amount")
    if raw.amount:
        here.script.known(f"{here.path}.order", raw.order)
        back: tuple[RefundLine, ...] = (RefundLine(NO_LINE, 0, here.script.money(f"{here.path}.amount", raw.amount)),)
    elif isinstance(raw.lines, str):
        here.script.known(f"{here.path}.order", raw.order)
        known = here.script.in_force(raw.order, here.at)
        back = tuple(RefundLine(line.line, max(line.quantity, 1)) for line in (known.lines if known else ()))
    else:
        paths = [f"{here.path}.lines[{place}]" for place in range(len(raw.lines))]
        here.script.returned += [
            (path, key_of(raw.order), one.line) for path, one in zip(paths, raw.lines, strict=True)
        ]
        back = tuple(_came_back(here.script, path, one) for path, one in zip(paths, raw.lines, strict=True))
    return facts.Refund(f"{key_of(raw.order)}/{raw.refund or here.name}", key_of(raw.order), here.at, back)


def is_amount(refund: facts.Refund) -> bool:
    """Nobody says of which lines it is."""
    return bool(refund.lines) and refund.lines[0].line == NO_LINE


def _came_back(script: Script, path: str, raw: written.RawRefundLine) -> RefundLine:
    total = script.money(f"{path}.total", raw.total) if raw.total else None
    return RefundLine(raw.line, script.whole(f"{path}.quantity", raw.quantity, 1), total)


def fulfilled(here: Here, raw: str) -> Fact:
    return facts.Fulfilment(f"{key_of(raw)}/{here.name}", key_of(raw), here.at)


def activity(here: Here, raw: written.RawActivity | str) -> Fact:
    if isinstance(raw, str):
        return facts.Activity(here.name, raw, here.at)
    return facts.Activity(here.name, raw.name, here.at, raw.channel, raw.store, raw.partner, raw.country)


def details(here: Here, raw: written.RawDetails | written.RawMember) -> facts.Details:
    """What is said, and what was said before of the rest; `unknown` takes it back."""
    before = here.script.known_of.get(here.member, Known())
    known = Known(raw.birthday or before.birthday, raw.country or before.country, before.attributes | raw.attributes)
    here.script.known_of[here.member] = known
    birthday = here.script.take(f"{here.path}.birthday", _plain(known.birthday), month_and_day, None)
    attributes = {name: value for name, value in known.attributes.items() if value != UNKNOWN}
    return facts.Details(here.name, here.at, birthday, _plain(known.country), attributes)


def _plain(said: str) -> str:
    return "" if said == UNKNOWN else said


def month_and_day(text: str) -> tuple[int, int]:
    """ "1990-03-02" or, where nobody's business is the year, "03-02"."""
    try:
        day = date.fromisoformat(text if len(text) > 5 else f"2000-{text}")
    except ValueError:
        raise Wrong("not_a_day", "1990-03-02", "03-02") from None
    return day.month, day.day


def plan(here: Here, raw: written.RawPlan) -> Fact:
    return facts.PlanStanding(here.name, raw.plan, here.at, here.script.end(f"{here.path}.until", raw.until))


def segment(here: Here, raw: written.RawSegment) -> Fact:
    return facts.SegmentStanding(here.name, raw.segment, here.at, raw.belongs == "yes")


def referred(here: Here, raw: str) -> Fact:
    if raw not in here.script.members:
        here.script.blame(here.path, raw, "one_of", *here.script.members)
    return facts.Referred(here.name, raw, here.at)


def effect(here: Here, raw: written.RawEffect) -> Fact:
    return facts.Effect(here.name, raw.name, here.at, raw.cause, raw.withdrawn == "yes")


def bring(here: Here, raw: written.RawBring) -> Fact:
    """What the member had before this program began."""
    wallet = here.script.wallet(f"{here.path}.wallet", raw.wallet)
    told = [lot_of(here, f"{here.path}.lots[{place}]", one, wallet) for place, one in enumerate(raw.lots)]
    lots = tuple(facts.OpeningLot(lot.points, lot.earned_at, lot.expires_at, lot.funder) for lot in told)
    return facts.Opening(here.name, wallet, lots, here.at)


def lot_of(here: Here, path: str, raw: written.RawHandedLot, wallet: str) -> facts.HandedLot:
    """As a list of balances says it: the day on which it expires still counts."""
    expires_at = here.script.end(f"{path}.expires", raw.expires)
    earned_at = here.script.instant(f"{path}.earned", raw.earned, here.at)
    return facts.HandedLot(here.script.points(f"{path}.points", raw.points, wallet), expires_at, earned_at, raw.funder)


HAPPENINGS: dict[str, Deed] = {
    "enrol": enrol,
    "order": order,
    "pay": pay,
    "edit": edit,
    "cancel": cancel,
    "move": move,
    "repeat": repeat,
    "refund": refund,
    "fulfilled": fulfilled,
    "activity": activity,
    "details": details,
    "plan": plan,
    "segment": segment,
    "referred": referred,
    "effect": effect,
    "bring": bring,
}
