"""The shapes of answers about spending, and how they are made. Money in major units, points as whole numbers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from regulars.api.answers import ProblemAnswer
from regulars.contract.writing import Writing
from regulars.programs.queries import Published
from regulars.rewards import qr
from regulars.rewards.queries import HappenedLine, IssuedLine
from regulars.rewards.spelling import masked


class CostAnswer(Schema):
    wallet: str
    points: int
    redemption: str = Field(
        "", description="Name it in the order's payments, so that a refund gives these points back."
    )


class AddedAnswer(Schema):
    """Goods that the shop adds to the order for nothing."""

    sku: str
    quantity: int


class AppliedAnswer(Schema):
    """One thing that applies, and what it takes off which lines."""

    id: str
    kind: str = Field(description="reward, issued, coupon or points.")
    name: str
    gives: str
    off: str
    by_line: dict[str, str]
    costs: list[CostAnswer]
    cash: str = Field(description="Money that is paid for it beside the points.")
    adds: list[AddedAnswer]
    issued: UUID | None = Field(None, description="The member's copy of the reward.")


class RefusedAnswer(Schema):
    id: str
    problem: ProblemAnswer


class CounterAnswer(Schema):
    """What applied, in the order in which it applies, and why the rest did not."""

    currency: str
    before: str
    after: str
    by_line: dict[str, str] = Field(description="What is taken off each line by everything together.")
    applied: list[AppliedAnswer]
    refused: list[RefusedAnswer]


class CheckoutAnswer(Schema):
    id: UUID
    state: str = Field(description="held, captured, released, voided; lapsed when its time was over.")
    member: UUID | None
    order: str
    until: str | None
    currency: str
    off: str
    applied: list[AppliedAnswer]


class IssuedAnswer(Schema):
    """A reward that a member owns. Its code proves it: show it to nobody else. Without the scope codes:read only the
    end of it is told, except to whoever just issued it."""

    id: UUID
    reward: str
    state: str = Field(description="issued, held, used, expired or cancelled.")
    code: str
    issued_at: str
    expires_at: str | None
    fulfilment: str = Field(description="Empty, ordered, shipped or delivered.")


class HappenedAnswer(Schema):
    at: str
    what: str
    actor: str
    place: str
    reason: str


class IssuedPageAnswer(IssuedAnswer):
    member: UUID
    qr: str = Field(description="The code as a picture (SVG) that scanners read; empty without the scope codes:read.")
    history: list[HappenedAnswer]


def issued(published: Published, line: IssuedLine, *, whole: bool) -> dict[str, Any]:
    """With its `whole` code, or only the end of it."""
    writing = Writing(published)
    return {
        "id": str(line.id),
        "reward": line.reward,
        "state": line.state,
        "code": line.code if whole else masked(line.code),
        "issued_at": writing.time(line.issued_at),
        "expires_at": writing.time(line.expires_at),
        "fulfilment": line.fulfilment,
    }


def issued_page(
    published: Published, line: IssuedLine, history: Iterable[HappenedLine], *, whole: bool
) -> dict[str, Any]:
    writing = Writing(published)
    told = [
        {"at": writing.moment(one.at), "what": one.what, "actor": one.actor, "place": one.place, "reason": one.reason}
        for one in history
    ]
    shown = {"qr": qr.svg(line.code) if whole and line.code else "", "history": told}
    return {**issued(published, line, whole=whole), "member": str(line.member_id), **shown}
