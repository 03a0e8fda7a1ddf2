"""The shapes of answers about spending, and how they are made. Money in major units, points as whole numbers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from regulars.api.answers import ProblemAnswer
from regulars.api.refusing import problem_of
from regulars.contract.writing import Writing
from regulars.programs.queries import Published
from regulars.rewards import qr
from regulars.rewards.parts import Kept, Part
from regulars.rewards.pricing import Applied, Quote
from regulars.rewards.queries import HappenedLine, IssuedLine
from regulars.rewards.refusing import Refused
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


def counted(published: Published, quoted: Quote, refused: Iterable[Refused]) -> dict[str, Any]:
    writing = Writing(published)
    return {
        "currency": published.currency,
        "before": writing.money(quoted.before),
        "after": writing.money(quoted.after),
        "by_line": {line: writing.money(minor) for line, minor in quoted.by_line.items()},
        "applied": [_applied(writing, one) for one in quoted.applied],
        "refused": [{"id": one.about, "problem": problem_of(one).document()} for one in refused],
    }


def checkout(published: Published, kept: Kept) -> dict[str, Any]:
    writing = Writing(published)
    return {
        "id": str(kept.id),
        "state": kept.state,
        "member": str(kept.member_id) if kept.member_id else None,
        "order": kept.order_key,
        "until": writing.time(kept.until),
        "currency": published.currency,
        "off": writing.money(sum(part.minor for part in kept.parts)),
        "applied": [_part(writing, part) for part in kept.parts],
    }


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


def _applied(writing: Writing, one: Applied) -> dict[str, Any]:
    costs = [{"wallet": cost.wallet, "points": cost.points} for cost in one.costs]
    adds = [(added.sku, added.quantity) for added in one.adds]
    gives = one.gives.kind if one.gives else ""
    return _shown(writing, (one.id, one.kind, one.name, gives), one.minor, one.by_line, costs, one.cash, adds)


def _part(writing: Writing, part: Part) -> dict[str, Any]:
    costs = [
        {"wallet": wallet, "points": points, "redemption": key}
        for key, (wallet, points) in zip(part.facts, part.costs, strict=True)
    ]
    names = (part.id, part.kind, part.name, part.gives)
    shown = _shown(writing, names, part.minor, part.by_line, costs, part.cash, part.adds)
    return {**shown, "issued": str(part.issued_id) if part.issued_id else None}


def _shown(
    writing: Writing,
    names: tuple[str, str, str, str],
    minor: int,
    by_line: dict[str, int],
    costs: list[dict[str, Any]],
    cash: int,
    adds: Iterable[tuple[str, int]],
) -> dict[str, Any]:
    number, kind, name, gives = names
    return {
        "id": number,
        "kind": kind,
        "name": name,
        "gives": gives,
        "off": writing.money(minor),
        "by_line": {line: writing.money(part) for line, part in by_line.items()},
        "costs": costs,
        "cash": writing.money(cash),
        "adds": [{"sku": sku, "quantity": quantity} for sku, quantity in adds],
    }
