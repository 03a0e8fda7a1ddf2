"""What happened to a member, newest first, as slips of a till receipt: a slip per cause, a line per entry.

Everything stands where it happened, however late it was learned, and the balance beside it adds up in that order.
Orders that moved no points and changes of tier are laid between by their time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from itertools import groupby
from typing import TypeAlias
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.calendar import instant_of
from regulars.engine.explain import brought_by, order_of
from regulars.engine.outcome import Announcement, Entry
from regulars.insight import wording as figures
from regulars.intake.simulating import is_simulated
from regulars.ledger.orders import OrderLine
from regulars.ledger.queries import LedgerLine
from regulars.programs import moves, wording
from regulars.programs.explain import said_together as sentence
from regulars.rewards.books import CheckoutLine
from regulars.storefront.shop import Shop
from regulars.storefront.unearned import why_nothing
from regulars.storefront.writing import moment, short_day

# By instant, cause and whose ledger it stands in; an order's are told together, whosever.
Caused: TypeAlias = "dict[tuple[int, str, UUID | None], list[LedgerLine]]"
UNITING = frozenset({"merge", "unmerge"})
# No part of anybody's wallet.
ELSEWHERE = frozenset({"issued", "merged"})
# Points that cannot be spent: in the place of the balance stands where they are.
BESIDE: Mapping[str, Promise] = {
    "pending": gettext_lazy("pending"),
    "deficit": pgettext_lazy("points", "owed"),
}
# Of things that are told, which may be told late; time takes its course unseen.
TOLD = frozenset({"activity", "order", "refund"})
USED, GIVEN_BACK = gettext_lazy("Redeemed: %(reward)s"), gettext_lazy("Given back: %(reward)s")
# What a decision about a reward did with its points.
REWARDED: Mapping[str, Promise] = {
    "capture": USED,
    "hold": gettext_lazy("Reserved: %(reward)s"),
    "lapse": GIVEN_BACK,
    "redeem": USED,
    "release": GIVEN_BACK,
    "restore": GIVEN_BACK,
}
BACK = frozenset({"lapse", "release", "restore"})


class Beside(Struct, frozen=True):
    """What is known besides entries and orders.

    `noted` says more about causes (`adjust:KEY`), for those who may read it. `rewards` are the names of what decisions
    redeemed, by their keys, `checkouts` those that these are of, by their numbers. `amounts` are what an order came to
    before a return or change, and after it. `late` says when orders and other causes came in that were learned late,
    `because` what came in when something else was corrected, by the instant of that.
    """

    noted: Mapping[str, tuple[str, ...]] = {}
    rewards: Mapping[str, str] = {}
    checkouts: Mapping[str, CheckoutLine] = {}
    amounts: Mapping[str, tuple[int, int]] = {}
    late: Mapping[str, datetime] = {}
    because: Mapping[datetime, str] = {}


class Line(Struct, frozen=True):
    """Why, ±points, balance. Points that are pending or owed change no balance: `label` says so in its place.

    `tone` is plus, minus, waiting or nothing. `note` says what brought a correction about, or why there is nothing.
    """

    why: str
    points: str
    tone: str
    label: str
    balance: str
    note: str = ""


class Slip(Struct, frozen=True):
    """What only takes its course (points mature, or expire) has no title: its line says all. `order` is the key of the
    order that it is about, `checkout` the number of the redemption."""

    at: datetime
    title: str
    order: str = ""
    checkout: UUID | None = None
    amount: str = ""
    more: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


class Month(Struct, frozen=True):
    begins: datetime
    slips: list[Slip]


def months(slips: Iterable[Slip]) -> list[Month]:
    grouped = [list(found) for _month, found in groupby(slips, lambda slip: (slip.at.year, slip.at.month))]
    return [Month(found[0].at, found) for found in grouped]


def timeline(
    shop: Shop,
    entries: Sequence[LedgerLine],
    orders: Sequence[OrderLine],
    story: Iterable[Announcement],
    beside: Beside = Beside(),  # noqa: B008  # frozen
    of: UUID | None = None,
) -> list[Slip]:
    """With the balances of one member; what stands in the ledger of another one is said to."""
    grouped = caused(entries)
    teller = Teller(shop, {paid(line): line for line in orders}, beside, of)
    quiet = (teller.order(line, []) for (at, cause), line in teller.known.items() if (at, cause, None) not in grouped)
    moved = (teller.slip(at, cause, lines) for (at, cause, _member), lines in summed(grouped).items())
    steps = reversed(list(_tier_slips(shop, story)))
    return list(merge(moved, quiet, steps, key=lambda slip: slip.at, reverse=True))


def paid(line: OrderLine) -> tuple[int, str]:
    """When and what the order's own slip is about. What it gave at a time that was corrected since stands there."""
    at = line.order.version_at if line.paid_at is None else instant_of(line.paid_at)
    return at, f"order:{line.order.key}"


def caused(entries: Sequence[LedgerLine]) -> Caused:
    """Entries by when and what they are about and in whose ledger, newest first; an order's are told together. What a
    merge put right besides belongs to the merge."""
    ordered = sorted(entries, key=lambda line: line.entry.occurred_at, reverse=True)
    uniting = {line.entry.occurred_at: cause_of(line.entry) for line in ordered if line.entry.kind in UNITING}
    found: Caused = {}
    for line in ordered:
        at, cause, member = line.entry.occurred_at, cause_of(line.entry), line.member_id
        whose = (at, cause, None) if cause.startswith("order:") else (at, uniting.get(at, cause), member)
        found.setdefault(whose, []).append(line)
    return found


def summed(grouped: Caused) -> Caused:
    """With what each entry left in the order in which they are told: of one instant the newest left all there was."""
    newer: dict[tuple[UUID, str, int], int] = {}
    found: Caused = {}
    for told, lines in grouped.items():
        for line in lines:
            where = (line.member_id, line.entry.wallet, line.entry.occurred_at)
            left = line.available - newer.get(where, 0)
            newer[where] = newer.get(where, 0) + moves.moved(line.entry, "available")
            found.setdefault(told, []).append(replace(line, available=left))
    return found


def cause_of(entry: Entry) -> str:
    """`order:web/A-1`: what the entry is about."""
    cause = brought_by(entry.identity)
    return cause.partition("/")[0] if cause.partition(":")[0] in UNITING else cause


class Teller(Struct, frozen=True):
    """Puts into words what entries and orders say."""

    shop: Shop
    known: Mapping[tuple[int, str], OrderLine]
    beside: Beside
    of: UUID | None

    def slip(self, at: int, cause: str, lines: list[LedgerLine]) -> Slip:
        if order := self.known.get((at, cause)):
            return self.order(order, lines)
        key = order_of(lines[0].entry.identity)
        name = _("Simulated for the demonstration") if is_simulated(cause) else self.title(cause, key)
        more = (*self.noted(cause.partition("/")[0]), *self.more(cause, lines))
        checkout = self.checkout(cause)
        number = checkout.id if checkout else None
        return Slip(self.shop.local(at), name, order=key, checkout=number, more=more, lines=tuple(self.said(lines)))

    def checkout(self, cause: str) -> CheckoutLine | None:
        kind, _colon, key = cause.partition(":")
        return self.beside.checkouts.get(key.partition("/")[0]) if kind in REWARDED else None

    def order(self, line: OrderLine, lines: list[LedgerLine]) -> Slip:
        order, money, cause = line.order, self.shop.money, f"order:{line.order.key}"
        returned = _("%(amount)s returned") % {"amount": money(line.refunded_minor)} if line.refunded_minor else ""
        state = _("cancelled") if order.cancelled else ""
        about = (place_of(order.store, order.channel), items_of(line), returned, state)
        return Slip(
            at=self.shop.local(paid(line)[0]),
            title=title("order", order.key),
            order=order.key,
            amount=money(line.net_minor + line.refunded_minor),
            more=(*filter(None, about), *self.noted(cause), *self.more(cause, lines)),
            lines=tuple(self.said(lines)) or (self.nothing(line),) * (not line.points),
        )

    def nothing(self, line: OrderLine) -> Line:
        return Line(_("This order earned no points."), "", "", "", "", why_nothing(self.shop, line))

    def noted(self, cause: str) -> tuple[str, ...]:
        return self.beside.noted.get(cause, ())

    def title(self, cause: str, order: str) -> str:
        kind, _colon, key = cause.partition(":")
        reward = self.beside.rewards.get(key) or self.beside.rewards.get(key.rpartition("/")[0])
        return str(REWARDED[kind]) % {"reward": reward} if reward and kind in REWARDED else title(kind, order)

    def more(self, cause: str, lines: list[LedgerLine]) -> Iterator[str]:
        """Where it stands, and when it came in, where that is not what one expects."""
        if self.of is not None and any(line.member_id != self.of for line in lines):
            yield _("on the merged membership")
        if amounts := self.beside.amounts.get(cause):
            yield self.became(cause, *amounts)
        if checkout := self.checkout(cause):
            yield from self.where(cause, checkout)
        if at := self.beside.late.get(cause):
            yield _("came in on %(day)s") % {"day": short_day(self.shop.local(at).date())}

    def where(self, cause: str, checkout: CheckoutLine) -> Iterator[str]:
        """And when, where it is no longer now."""
        if checkout.place:
            yield _("store %(name)s") % {"name": checkout.place}
        if cause.partition(":")[0] in BACK:
            yield _("redeemed on %(moment)s") % {"moment": moment(self.shop.local(checkout.made_at))}

    def became(self, cause: str, before: int, after: int) -> str:
        money = self.shop.money
        if cause.startswith("refund:"):
            return _("%(amount)s returned") % {"amount": money(before - after)}
        return _("the amount went from %(before)s to %(after)s") % {"before": money(before), "after": money(after)}

    def said(self, lines: Iterable[LedgerLine]) -> Iterator[Line]:
        for together in joined(lines):
            newest, entries = together[0], [line.entry for line in together]
            points, tone, label = effect(entries)
            balance = "" if label or newest.member_id != self.of else figures.count(newest.available)
            note = self.beside.because.get(newest.recorded_at, "") if newest.entry.kind == "correct" else ""
            yield Line(sentence(entries, self.shop.published.programs), points, tone, label, balance, note)


def joined(lines: Iterable[LedgerLine]) -> list[list[LedgerLine]]:
    """What one cause took by one rule is told once, from however many places it was taken; but apart what could be
    spent and what was pending. What became of others is nothing to this account."""
    found: dict[object, list[LedgerLine]] = {}
    for line in lines:
        entry = line.entry
        if entry.kind in UNITING and {entry.source, entry.target} <= ELSEWHERE:
            continue
        alone = None if entry.kind == "reverse" else line.seq
        found.setdefault((line.member_id, entry.identity, entry.wallet, alone), []).append(line)
    return [part for told in found.values() for part in _by_column(told)]


def _by_column(lines: list[LedgerLine]) -> list[list[LedgerLine]]:
    pending = [line for line in lines if moves.moved(line.entry, "pending")]
    rest = [line for line in lines if line not in pending]
    is_split = any(moves.moved(line.entry, "available") for line in rest)
    return [part for part in ([rest, pending] if is_split else [[*pending, *rest]]) if part]


def effect(entries: Sequence[Entry]) -> tuple[str, str, str]:
    """What the entries did, its tone, and where it is not what can be spent that changed, what did."""
    points, place = moves.seen(entries)
    if place == "available":
        return figures.signed(points), "plus" if points > 0 else "minus", ""
    return figures.signed(points), "waiting", str(BESIDE.get(place, ""))


def place_of(store: str, channel: str) -> str:
    return _("store %(name)s") % {"name": store} if store else channel


def items_of(line: OrderLine) -> str:
    count = sum(each.quantity for each in line.order.lines)
    return ngettext("%(count)s item", "%(count)s items", count) % {"count": figures.count(count)}


def title(kind: str, order: str) -> str:
    words = {
        "edit": _("Order %(number)s was changed"),
        "enrolment": _("Joined the program"),
        "merge": _("Two memberships became one"),
        "order": _("Order %(number)s"),
        "refund": _("Return from order %(number)s"),
        "unmerge": _("One membership became two again"),
    }
    return words.get(kind, "") % {"number": wording.order(order)}


def _tier_slips(shop: Shop, story: Iterable[Announcement]) -> Iterator[Slip]:
    ladder = list(shop.every_tier)
    for told in story:
        if told.kind == "tier.changed":
            before, after = told.payload["from"], told.payload["to"]
            up = after in ladder and before in ladder and ladder.index(after) > ladder.index(before)
            words = _("Reached the tier %(tier)s") if up else _("Moved to the tier %(tier)s")
            yield Slip(shop.local(told.occurred_at), words % {"tier": shop.tier(after)})
