"""A published shop for the intake's tests, its orders by hand, and what its ledger holds."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from regulars.engine.calendar import instant_of
from regulars.engine.facts import Line
from regulars.intake.orders import OrderIn
from regulars.ledger.connect import raw, rows
from regulars.programs.actions import publish
from regulars.programs.queries import Published

MAPPINGS = Path(__file__).parent / "mappings"
ZONE = "Europe/London"
DOCUMENT = """
program: shop
name: {en: Shop}
timezone: Europe/London
currency: GBP
enrolment: first order
wallets:
  points: {worth: 1 GBP per 100, pending: 7 days, expires: 12 months}
tiers:
  - set: status
    window: rolling 12 months
    levels:
      - {tier: member}
      - {tier: silver, reach: 500, retain: 400}
earn:
  - {rule: base, on: order, give: 1 point per 1 GBP}
"""
LEDGER_TABLES = ("ledger_fact_key", "ledger_fact", "ledger_entry", "ledger_order", "ledger_account")


def at(local: str, zone: str = ZONE) -> int:
    return instant_of(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)))


NOW = at("2020-01-01 12:00")


def shop(document: str = DOCUMENT) -> Published:
    return publish("shop", document, at("2000-01-01"), "test")


def order(number: str, paid: str, *totals: int, customer: str | None = "lin", **more: object) -> OrderIn:
    """An order with a line of two units for every total (in minor units)."""
    lines = tuple(Line(str(place), f"sku-{place}", 2, total) for place, total in enumerate(totals, 1))
    known: dict[str, object] = {"paid_at": at(paid), **more}
    return OrderIn("web", number, lines, customer, **known)  # type: ignore[arg-type]


def ledger() -> dict[str, list[tuple[object, ...]]]:
    """Everything the ledger holds, to see that nothing changed."""
    return {table: rows(raw(), f"SELECT t::text FROM {table} AS t ORDER BY 1") for table in LEDGER_TABLES}  # type: ignore[arg-type]


def orders_kept() -> dict[str, tuple[int, int]]:
    """(gross, net) in minor units by key."""
    return {
        key: (gross, net) for key, gross, net in rows(raw(), "SELECT key, gross_minor, net_minor FROM ledger_order")
    }
