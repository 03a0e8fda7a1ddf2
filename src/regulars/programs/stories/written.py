"""A story as it is written: every scalar is text. What the words mean is read by `reading` and `deeds`."""

from typing import Any, Literal

from msgspec import Struct, field

Words = str | list[str]
YesNo = Literal["yes", "no"]


class RawLine(Struct):
    sku: str = ""
    line: str = ""
    category: str = ""
    brand: str = ""
    quantity: str = "1"
    price: str = ""
    total: str = ""
    discount: str = ""
    tags: Words = ""
    kind: Literal["goods", "shipping", "gift_card", "fee"] = "goods"
    tax: str = ""


class RawPayment(Struct):
    method: str
    amount: str
    redemption: str = ""


class RawOrder(Struct):
    id: str
    lines: list[RawLine]
    version: str = "0"
    channel: str = ""
    store: str = ""
    codes: Words = ""
    partner: str = ""
    country: str = ""
    payments: list[RawPayment] = field(default_factory=list)
    paid: YesNo = "yes"


class RawEdit(Struct):
    order: str
    lines: list[RawLine]
    version: str = "0"
    corrects: YesNo = "no"


class RawMove(Struct):
    order: str
    to: str


class RawRefundLine(Struct):
    line: str
    quantity: str = "1"
    total: str = ""


class RawRefund(Struct):
    """Of `lines`, or an `amount` of which nobody says what it is for."""

    order: str
    lines: list[RawRefundLine] | Literal["everything"] = field(default_factory=list)
    refund: str = ""
    amount: str = ""


class RawEnrol(Struct):
    channel: str = ""


class RawActivity(Struct):
    name: str
    channel: str = ""
    store: str = ""
    partner: str = ""
    country: str = ""


class RawDetails(Struct):
    birthday: str = ""
    country: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


class RawPlan(Struct):
    plan: str
    until: str = ""


class RawSegment(Struct):
    segment: str
    belongs: YesNo = "yes"


class RawEffect(Struct):
    name: str
    cause: str
    withdrawn: YesNo = "no"


class RawRedeem(Struct):
    points: str = ""
    reward: str = ""
    wallet: str = ""
    order: str = ""
    total: str = ""
    id: str = ""


class RawHold(Struct):
    points: str = ""
    reward: str = ""
    wallet: str = ""
    order: str = ""
    total: str = ""
    id: str = ""
    lasts: str = field(default="15 minutes", name="for")


class RawDraw(Struct):
    """`number` is what was drawn, or `seed` and `name` say it."""

    reward: str
    number: str = ""
    seed: str = ""
    name: str = ""


class RawRestore(Struct):
    redemption: str
    points: str = ""


class RawTransfer(Struct):
    to: str
    points: str
    wallet: str = ""


class RawHandedLot(Struct):
    points: str
    expires: str = ""
    earned: str = ""
    funder: str = ""


class RawReceive(Struct):
    lots: list[RawHandedLot]
    wallet: str = ""
    cause: str = "transfer"


class RawBring(Struct):
    lots: list[RawHandedLot]
    wallet: str = ""


class RawAdjust(Struct):
    points: str
    reason: str = ""
    wallet: str = ""
    actor: str = ""
    approver: str = ""


class RawGrant(Struct):
    tier: str
    set: str = ""
    until: str = ""
    reason: str = "story"
    actor: str = "staff"


class RawMerge(Struct):
    absorbs: str
    id: str = ""
    reason: str = "story"
    actor: str = "staff"


class RawUnmerge(Struct):
    merge: str
    reason: str = "story"
    actor: str = "staff"


class RawBudget(Struct):
    campaign: str
    left: str


class RawClose(Struct):
    reason: str = "story"
    actor: str = "staff"


class RawStep(Struct):
    """At most one deed; `expect` and `refused` may stand alone, then only time passes."""

    at: str = ""
    wait: str = ""
    learned: str = ""
    member: str = ""
    enrol: RawEnrol | Literal[""] | None = None
    order: RawOrder | None = None
    pay: str | None = None
    edit: RawEdit | None = None
    cancel: str | None = None
    move: RawMove | None = None
    repeat: str | None = None
    refund: RawRefund | None = None
    fulfilled: str | None = None
    activity: RawActivity | str | None = None
    details: RawDetails | None = None
    plan: RawPlan | None = None
    segment: RawSegment | None = None
    referred: str | None = None
    effect: RawEffect | None = None
    bring: RawBring | None = None
    redeem: RawRedeem | None = None
    hold: RawHold | None = None
    draw: RawDraw | None = None
    capture: str | None = None
    release: str | None = None
    restore: RawRestore | None = None
    transfer: RawTransfer | None = None
    receive: RawReceive | None = None
    adjust: RawAdjust | None = None
    grant: RawGrant | None = None
    merge: RawMerge | str | None = None
    unmerge: RawUnmerge | str | None = None
    claim: str | None = None
    budget: RawBudget | None = None
    close: RawClose | None = None
    publish: dict[str, Any] | str | None = None
    expect: dict[str, Any] = field(default_factory=dict)
    refused: str = ""


class RawMember(Struct):
    """With `guest` somebody whom nobody knows: their orders are kept, and may be claimed."""

    id: str
    guest: YesNo = "no"
    birthday: str = ""
    country: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


class RawStory(Struct):
    """`program` is a path beside the story, or the document itself; `language` is the one of expected sentences."""

    story: list[RawStep]
    program: dict[str, Any] | str = ""
    member: RawMember = field(default_factory=lambda: RawMember("member"))
    others: list[RawMember] = field(default_factory=list)
    language: Literal["en", "zh-Hant", "zh-Hans"] = "en"


DEEDS = tuple(
    name for name in RawStep.__struct_fields__ if name not in ("at", "wait", "learned", "member", "expect", "refused")
)
