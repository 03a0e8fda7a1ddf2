"""What happened and what was decided, as facts that are kept for ever.

Facts are plain values. Instants are microseconds since 1970 in UTC, money is an integer in the currency's minor unit,
quantities are whole units. A fact's key is unique within its kind and program: `source/id`, and `source/order/refund`
for a refund. Reasons are codes and people are opaque ids: what somebody writes is kept elsewhere. Nothing here rounds.
New fields go to the end, with a default: what is stored stays readable.
"""

from typing import TypeAlias

from msgspec import Struct


class Line(Struct, frozen=True, array_like=True, gc=False):
    """One line of an order. `total` is what the customer pays for the whole line, after `discount` was taken off.

    `kind`: goods, shipping, gift_card or fee; only goods are merchandise.
    """

    line: str
    sku: str
    quantity: int
    total: int
    category: str = ""
    brand: str = ""
    discount: int = 0
    tags: tuple[str, ...] = ()
    kind: str = "goods"
    tax: int = 0


class Payment(Struct, frozen=True, array_like=True, gc=False):
    """A part of what was paid. `redemption` is the key of the decision by which points or credit paid it."""

    method: str
    amount: int
    redemption: str = ""


class Exchange(Struct, frozen=True, array_like=True, gc=False):
    """The currency in which an order was placed, and what one unit of it was worth on a local day: decimal text."""

    currency: str
    rate: str
    on: int


class Order(Struct, frozen=True, array_like=True, tag="order"):
    """A purchase as the shop saw it at `version_at`; the newest (version_at, number) wins.

    `paid_at` is None until it is paid; `lines` are as ordered, before refunds. Only a snapshot that `corrects` changes
    the past; any other that contains less than the one before is a refund dated by its version. One that was
    `moved_to` another member, an opaque id, is theirs from the beginning: here nothing is left of it.
    """

    key: str
    version_at: int
    lines: tuple[Line, ...]
    paid_at: int | None = None
    number: int = 0
    channel: str = ""
    store: str = ""
    codes: tuple[str, ...] = ()
    cancelled: bool = False
    corrects: bool = False
    partner: str = ""
    country: str = ""
    payments: tuple[Payment, ...] = ()
    exchange: Exchange | None = None
    moved_to: str = ""


class RefundLine(Struct, frozen=True, array_like=True, gc=False):
    """How much of a line came back. `total` in minor units where the shop states it, else the line's share."""

    line: str
    quantity: int
    total: int | None = None


class Refund(Struct, frozen=True, array_like=True, tag="refund"):
    """Goods or money given back for an order; a one-off fact.

    `withheld`: (wallet, points) for which the till kept money back, because they were short; None where nobody asked.
    """

    key: str
    order: str
    at: int
    lines: tuple[RefundLine, ...]
    withheld: tuple[tuple[str, int], ...] | None = None


class Fulfilment(Struct, frozen=True, array_like=True, tag="fulfilment"):
    """An order was handed over in full; points that wait for it mature."""

    key: str
    order: str
    at: int


class Enrolment(Struct, frozen=True, array_like=True, tag="enrolment"):
    """The customer became a member; with their first order from `since` on, where they have such a one."""

    key: str
    at: int
    channel: str = ""
    since: int | None = None


class Activity(Struct, frozen=True, array_like=True, tag="activity"):
    """A member did something other than buying: `review`, `share`, `visit`."""

    key: str
    name: str
    at: int
    channel: str = ""
    store: str = ""
    partner: str = ""
    country: str = ""


class Details(Struct, frozen=True, array_like=True, tag="details"):
    """What rules may know of a member, from `at` to the next such fact. `birthday` is (month, day).

    `attributes` are those that the program declares, with values of its list: never somebody's own words.
    """

    key: str
    at: int
    birthday: tuple[int, int] | None = None
    country: str = ""
    attributes: dict[str, str] = {}


class PlanStanding(Struct, frozen=True, array_like=True, tag="plan"):
    """A paid membership that holds from `at` to `until` (None: open end); a later fact about the plan replaces it."""

    key: str
    plan: str
    at: int
    until: int | None = None


class SegmentStanding(Struct, frozen=True, array_like=True, tag="segment"):
    """The member belongs to a segment from `at` on, or no longer does."""

    key: str
    segment: str
    at: int
    belongs: bool = True


class Referred(Struct, frozen=True, array_like=True, tag="referred"):
    """The customer came because of another member; `by` is that member's opaque id."""

    key: str
    by: str
    at: int


class Effect(Struct, frozen=True, array_like=True, tag="effect"):
    """Something another member did has an effect here: `referral`. `cause` names the fact there; a later `withdrawn`
    one about the same cause takes it back.

    A `void` one supersedes those before it, by key, that say the same of the same instant: there it was not so.
    """

    key: str
    name: str
    at: int
    cause: str
    withdrawn: bool = False
    void: bool = False

    @property
    def said(self) -> tuple[str, str, int, bool]:
        return (self.name, self.cause, self.at, self.withdrawn)


class OpeningLot(Struct, frozen=True, array_like=True, gc=False):
    """A part of an opening balance. `expires_at` None: it lasts as long as points of the day that it was earned on."""

    points: int
    earned_at: int
    expires_at: int | None = None
    funder: str = ""


class Opening(Struct, frozen=True, array_like=True, tag="opening"):
    """What a member had in a wallet when this ledger began to keep it, lot by lot."""

    key: str
    wallet: str
    lots: tuple[OpeningLot, ...]
    at: int


# Decisions: what was accepted under the lock. They stand; later knowledge undoes none of them.


class Redemption(Struct, frozen=True, array_like=True, tag="redemption"):
    """Points were spent at once, on a reward or on an order."""

    key: str
    wallet: str
    points: int
    at: int
    order: str = ""
    reward: str = ""


class Hold(Struct, frozen=True, array_like=True, tag="hold"):
    """Points were reserved for an open checkout; they lapse at `until` unless captured or released before."""

    key: str
    wallet: str
    points: int
    at: int
    until: int
    order: str = ""
    reward: str = ""


class Capture(Struct, frozen=True, array_like=True, tag="capture"):
    """A hold was made final."""

    key: str
    hold: str
    at: int


class Release(Struct, frozen=True, array_like=True, tag="release"):
    """A hold was given back."""

    key: str
    hold: str
    at: int


class Restoration(Struct, frozen=True, array_like=True, tag="restoration"):
    """A redemption was undone (a void at the till): so many points go back to their lots; None: all that are left."""

    key: str
    redemption: str
    at: int
    points: int | None = None


class Transfer(Struct, frozen=True, array_like=True, tag="transfer"):
    """Points were handed to another member; `to` is an opaque id."""

    key: str
    wallet: str
    points: int
    at: int
    to: str


class HandedLot(Struct, frozen=True, array_like=True, gc=False):
    """A part of a lot that changes hands, with its own expiry."""

    points: int
    expires_at: int | None
    earned_at: int
    funder: str = ""


class Received(Struct, frozen=True, array_like=True, tag="received"):
    """The other side of a transfer: exactly the lots that were handed over. `cause` is the transfer's key."""

    key: str
    wallet: str
    lots: tuple[HandedLot, ...]
    at: int
    cause: str


class Adjustment(Struct, frozen=True, array_like=True, tag="adjustment"):
    """Points given (above zero) or taken by hand. `reason` is a code; `actor` and `approver` are opaque ids."""

    key: str
    wallet: str
    points: int
    at: int
    reason: str
    actor: str
    approver: str = ""


class TierGrant(Struct, frozen=True, array_like=True, tag="tier_grant"):
    """A tier given by hand until an instant (None: until it is judged). `reason` is a code, `actor` an opaque id."""

    key: str
    tier_set: str
    tier: str
    at: int
    until: int | None
    reason: str
    actor: str


class Merge(Struct, frozen=True, array_like=True, tag="merge"):
    """Two members are one from `at` on: `absorbed` joins `survivor`; opaque ids, and `me` is whose history this is.

    `undone`: a later fact takes it back; only the timeline says so.
    """

    key: str
    absorbed: str
    survivor: str
    at: int
    me: str
    reason: str = ""
    actor: str = ""
    undone: bool = False


class Unmerge(Struct, frozen=True, array_like=True, tag="unmerge"):
    """A merge was a mistake: from `at` on the two are two members again."""

    key: str
    merge: str
    at: int
    reason: str = ""
    actor: str = ""


class Closing(Struct, frozen=True, array_like=True, tag="closing"):
    """The member left for good: nothing recorded afterwards has an effect. `reason` is a code, `actor` an opaque id."""

    key: str
    at: int
    reason: str = ""
    actor: str = ""


class Claimed(Struct, frozen=True, array_like=True, tag="claimed"):
    """A guest's order is a member's from the beginning; opaque ids, and `me` is whose history this is."""

    key: str
    guest: str
    by: str
    at: int
    me: str


Decision: TypeAlias = Redemption | Hold | Capture | Release | Restoration | Transfer | Received | Adjustment | TierGrant
Union: TypeAlias = Merge | Unmerge | Claimed
# Everything but an order is a one-off: known is known.
OneOff: TypeAlias = (
    Refund
    | Fulfilment
    | Enrolment
    | Activity
    | Details
    | PlanStanding
    | SegmentStanding
    | Referred
    | Effect
    | Decision
    | Union
    | Closing
    | Opening
)
Own: TypeAlias = Order | OneOff


class Theirs(Struct, frozen=True, array_like=True, tag="theirs"):
    """A fact of another member, `of`, who is or was one with the one whose history this is."""

    of: str
    fact: Own

    @property
    def key(self) -> str:
        version = f"@{self.fact.version_at}.{self.fact.number}" if isinstance(self.fact, Order) else ""
        return f"{self.of}/{type(self.fact).__name__}/{self.fact.key}{version}"

    @property
    def at(self) -> int:
        return self.fact.version_at if isinstance(self.fact, Order) else self.fact.at


Fact: TypeAlias = Own | Theirs
