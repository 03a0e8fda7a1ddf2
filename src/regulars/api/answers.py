"""The shapes of our answers. Money in major units as text, times with an offset."""

from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field


class FaultAnswer(Schema):
    detail: str
    pointer: str | None = Field(None, description="Where in the body, as a JSON pointer (RFC 6901).")
    parameter: str | None = Field(None, description="Which parameter or header.")


class ProblemAnswer(Schema):
    """A refusal (RFC 9457). Nothing was changed."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable for ever; the problems page lists them all.")
    retry: bool = Field(description="Whether the same request may succeed later.")
    detail: str | None = None
    parameters: dict[str, int | str] | None = Field(None, description="What would have been possible.")
    errors: list[FaultAnswer] | None = None


class WhyAnswer(Schema):
    """A derivation: which rule, from what, and one sentence in the language asked for."""

    code: str
    rule: str
    order: str
    parameters: dict[str, int | str]
    because: list[dict[str, Any]]
    sentence: str


class MovementAnswer(Schema):
    """Points that move from one place to another."""

    kind: str
    wallet: str
    points: int
    source: str
    target: str
    occurred_at: str
    why: WhyAnswer


class EntryAnswer(MovementAnswer):
    """A line of the ledger, with the balances after it."""

    seq: int
    available: int
    pending: int
    recorded_at: str
    version: int


class EntriesAnswer(Schema):
    entries: list[EntryAnswer]
    next_cursor: str | None = Field(description="Ask for the next page with it; null on the last.")


class ExpiryAnswer(Schema):
    on: str = Field(description="The last day on which these points can be used.")
    points: int


class BalanceAnswer(Schema):
    available: int
    pending: int
    held: int
    deficit: int
    next_expiry: ExpiryAnswer | None


class TierAnswer(Schema):
    tier: str
    name: str


class ProgressAnswer(Schema):
    """What counts, how much more reaches the next tier, and how much keeps the present one until when.

    Money for spend; a whole number where tiers grow by orders, points, visits or engagement.
    """

    grows_by: str
    growth: str
    waiting: str
    next_tier: TierAnswer | None
    missing: str
    keep_missing: str
    until: str | None


class PersonAnswer(Schema):
    """Only for keys with the scope members:read_personal."""

    name: str
    email: str
    phone: str


class MemberAnswer(Schema):
    id: UUID
    customer: str = Field(
        description="The shop's own number for the customer. Empty for keys without members:read_personal where it is"
        " an e-mail address or a telephone number, and so is the card."
    )
    card: str
    language: str
    person: PersonAnswer | None
    enrolled_at: str | None
    currency: str
    orders: int
    spend: str
    tier: TierAnswer | None
    progress: ProgressAnswer | None
    wallets: dict[str, BalanceAnswer]


class EnrolledAnswer(Schema):
    id: UUID
    enrolled_at: str
    entries: list[MovementAnswer]


class LinkAnswer(Schema):
    url: str
    until: str = Field(description="By the clock of the world, also where the program runs on a test clock.")


class TokenAnswer(Schema):
    token: str
    until: str = Field(description="By the clock of the world, also where the program runs on a test clock.")


class OutcomeAnswer(Schema):
    source: str
    id: str
    outcome: str = Field(description="recorded; stale: a newer version is known; refused: see problem.")
    member: UUID | None = None
    problem: ProblemAnswer | None = None


class BatchAnswer(Schema):
    orders: list[OutcomeAnswer]


class StandingAnswer(Schema):
    """An order as it stands, and what it earned."""

    paid_at: str | None
    currency: str
    net: str
    refunded: str
    points: int = Field(description="What it keeps in the program's first wallet.")
    entries: list[MovementAnswer]


class OrderAnswer(StandingAnswer, OutcomeAnswer):
    """The order as it stands, and what it earned. The same request again gets the same answer."""


class ActivitiesAnswer(Schema):
    activities: list[OutcomeAnswer]


class ActivityAnswer(OutcomeAnswer):
    """The activity as it was kept, and what it gave. The same request again gets the same answer."""

    name: str
    happened_at: str
    is_known: bool = Field(description="Whether the program asks for activities of this name.")
    entries: list[MovementAnswer]


class UnearnedAnswer(Schema):
    """A rule that would give nothing, and each thing that it lacks."""

    rule: str
    name: str
    because: list[WhyAnswer]


class KnownOrderAnswer(StandingAnswer):
    """An order as it stands, whose it is, and what it earned."""

    source: str
    id: str
    member: UUID | None = Field(description="null: a guest's.")
    unearned: list[UnearnedAnswer] = Field(
        description="Rules on orders that give nothing for what is left of it, and why; none where nothing is left."
    )


class QuoteAnswer(Schema):
    """What the order would do; nothing is kept."""

    earns: dict[str, int]
    tier: TierAnswer | None
    entries: list[MovementAnswer]
    unearned: list[UnearnedAnswer] = Field(description="Rules on orders that would give nothing, and why.")
