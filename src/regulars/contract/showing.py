"""How quotes and checkouts are told: money in major units, points as whole numbers."""

from collections.abc import Iterable
from typing import Any

from regulars.contract.refusing import problem_of
from regulars.contract.writing import Writing
from regulars.programs.queries import Published
from regulars.rewards.parts import Kept, Part
from regulars.rewards.pricing import Applied, Quote
from regulars.rewards.refusing import Refused


def counted(published: Published, quoted: Quote, refused: Iterable[Refused]) -> dict[str, Any]:
    writing = Writing(published)
    return {
        "currency": published.currency,
        "before": writing.money(quoted.before),
        "after": writing.money(quoted.after),
        "by_line": {line: writing.money(minor) for line, minor in quoted.by_line.items()},
        "applied": [_applied(writing, one) for one in quoted.applied],
        "refused": [{"id": one.about, "problem": problem_of(one, published).document()} for one in refused],
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
