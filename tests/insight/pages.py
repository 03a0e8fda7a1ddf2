"""Reads the tables of docs/metrics, and the tea house of its README as a lake."""

from datetime import date
from decimal import Decimal
from functools import cache

from regulars.engine.program import Worth
from regulars.insight.definitions import PAGES
from regulars.insight.lake import Lake, Tier
from tests.insight import lakes

TODAY = date(2024, 3, 1)
TIERS = (Tier("member", {"en": "Member"}), Tier("gold", {"en": "Gold"}))


def tables(page: str) -> list[list[dict[str, str]]]:
    """The page's tables, rows by column name."""
    found: list[list[list[str]]] = [[]]
    for line in (PAGES / f"{page}.md").read_text().splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [[dict(zip(rows[0], row, strict=True)) for row in rows[2:]] for rows in found if rows]


@cache
def tea_house() -> Lake:
    orders, members, entries = tables("README")
    enrolled = {row["customer"]: _day(row["enrolled on"]) for row in members}
    first = {row["customer"]: date.fromisoformat(row["paid on"]) for row in reversed(orders)}
    return lakes.lake(
        [_order(row, enrolled) for row in orders],
        [_entry(row) for row in entries],
        [_member(row, enrolled, first) for row in members],
        today=TODAY,
        tiers=TIERS,
        worth=Worth(minor=100, points=100),
    )


def _order(row: dict[str, str], enrolled: dict[str, date | None]) -> lakes.Row:
    customer = None if row["customer"] == "guest" else row["customer"]
    returned = _minor(row["returned"])
    return lakes.order(
        customer,
        date.fromisoformat(row["paid on"]),
        _minor(row["amount"]) - returned,
        member=bool(customer and enrolled[customer]),
        refunded=returned,
    )


def _entry(row: dict[str, str]) -> lakes.Row:
    kind = {("issued", "pending"): "earn", ("issued", "available"): "earn"}.get((row["from"], row["to"]), "other")
    day = date.fromisoformat(row["on"])
    return lakes.entry(row["member"], day, row["from"], row["to"], int(row["points"]), kind)


def _member(row: dict[str, str], enrolled: dict[str, date | None], first: dict[str, date]) -> lakes.Row:
    name = row["customer"]
    known_on = min(filter(None, (enrolled[name], first[name])))
    return lakes.member(name, enrolled[name], known_on, row["tier"])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _minor(text: str) -> int:
    return int(Decimal(text or 0) * 100)
