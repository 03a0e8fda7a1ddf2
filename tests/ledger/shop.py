"""A small shop for the ledger's tests: one program, members by name, facts by local time."""

import time
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from regulars.engine.calendar import instant_of
from regulars.engine.facts import Enrolment, Fact, Line, Order, Refund, RefundLine
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import advance_due
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record

DOCUMENT = {
    "program": "tea-house",
    "timezone": "Asia/Taipei",
    "currency": "TWD",
    "enrolment": "first order",
    "wallets": {"points": {"pending": "7 days", "expires": "3 months, end of month", "worth": "10 TWD per 100"}},
    "tiers": [
        {
            "set": "status",
            "window": "rolling 12 months",
            "levels": [{"tier": "member"}, {"tier": "silver", "reach": "5000", "retain": "4000"}],
        }
    ],
    "earn": [
        {"rule": "base", "give": "1 point per 100 TWD"},
        {"rule": "tea", "when": {"category": "tea"}, "multiply": {"base": "2"}},
        {"rule": "silver-rate", "when": {"tier": "silver"}, "multiply": {"base": "1.5"}},
        {"rule": "welcome", "on": "enrolment", "give": "10 points"},
    ],
}
PROGRAMS = Programs(1, [read(DOCUMENT)])
LEDGER_TABLES = ("ledger_fact_key", "ledger_fact", "ledger_entry", "ledger_order", "ledger_account")


def at(local: str) -> int:
    return instant_of(datetime.fromisoformat(local).replace(tzinfo=PROGRAMS.zone))


NOW = at("2026-12-31 12:00")


def member(name: str) -> UUID:
    return uuid5(UUID(int=1), name)


def order(number: str, paid: str, *totals: int, category: str = "tea", **more: object) -> Order:
    """An order with a line of two units for every total (in TWD)."""
    lines = tuple(Line(str(place), f"sku-{place}", 2, total * 100, category) for place, total in enumerate(totals, 1))
    known: dict[str, object] = {"version_at": at(paid), "paid_at": at(paid), **more}
    return Order(f"web/{number}", lines=lines, **known)  # type: ignore[arg-type]


def refund(number: str, when: str, line: str = "1", quantity: int = 1, name: str = "R") -> Refund:
    return Refund(f"web/{number}/{name}", f"web/{number}", at(when), (RefundLine(line, quantity),))


def enrolment(name: str, when: str) -> Enrolment:
    return Enrolment(f"web/{name}", at(when))


def put(name: str | None, *facts: Fact, version: str = "stated", now: int = NOW) -> list[Receipt]:
    """Record facts for one member in a transaction of their own."""
    member_id = member(name) if name else None
    return put_all([Incoming(member_id, fact, version) for fact in facts], now)


def put_all(incoming: Sequence[Incoming], now: int = NOW) -> list[Receipt]:
    with transaction.atomic():
        return record(raw(), PROGRAMS, incoming, now)


def let_time_pass(now: int = NOW) -> None:
    while advance_due(raw(), PROGRAMS, now):
        pass


def ledger() -> dict[str, list[tuple[object, ...]]]:
    """Everything the ledger holds, to see that nothing changed."""
    return {table: rows(raw(), f"SELECT t::text FROM {table} AS t ORDER BY 1") for table in LEDGER_TABLES}  # type: ignore[arg-type]


def settled() -> None:
    """Until no transaction of another test, of which there may be some at once, keeps readers waiting."""
    waits = "SELECT count(*) FROM ledger_announcement WHERE written >= pg_snapshot_xmin(pg_current_snapshot())"
    for _ in range(2400):
        if rows(raw(), waits) == [(0,)]:
            return
        time.sleep(0.05)
    under_way = "SELECT pid, backend_type, state, query FROM pg_stat_activity WHERE backend_xid IS NOT NULL"
    raise AssertionError(rows(raw(), under_way))
