"""Readings of the ledger: frozen values out, nothing written."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.engine.facts import Fact, Order
from regulars.engine.account import Account
from regulars.engine.outcome import Announcement, Entry, Outcome
from regulars.engine.program import Programs


class Statement(Struct, frozen=True):
    """An account as of an instant: time alone was advanced in memory, nothing is written."""

    member_id: UUID
    account: Account
    balances: dict[str, "Balance"]
    tier: str
    progress: "Progress | None"


class Balance(Struct, frozen=True):
    available: int
    pending: int
    held: int
    deficit: int
    next_expiry_on: date | None
    next_expiry_points: int


class Progress(Struct, frozen=True):
    """Towards the next tier, and what it takes to keep the present one. Growth in minor units of spend."""

    growth: int
    next_tier: str | None
    missing: int
    keep_missing: int
    until: datetime | None


class LedgerLine(Struct, frozen=True):
    """A stored entry with its running balances and its place in the chain."""

    seq: int
    entry: Entry
    available: int
    pending: int
    recorded_at: datetime


class OrderLine(Struct, frozen=True):
    """An order as it stands: the newest snapshot and what is left of it after refunds."""

    order: Order
    net_minor: int
    refunded_minor: int
    points: int


def statement(conn: psycopg.Connection, programs: Programs, member_id: UUID, now: int) -> Statement | None:
    """What the member has at `now`; None when the ledger has never seen the member."""
    raise NotImplementedError


def entries(
    conn: psycopg.Connection, program_id: int, member_id: UUID, before_seq: int | None, limit: int
) -> list[LedgerLine]:
    """Entries, newest first, below `before_seq`."""
    raise NotImplementedError


def orders(
    conn: psycopg.Connection, program_id: int, member_id: UUID, before: datetime | None, limit: int
) -> list[OrderLine]:
    """Orders, newest first."""
    raise NotImplementedError


def story(conn: psycopg.Connection, programs: Programs, member_id: UUID, now: int) -> list[Announcement]:
    """What was worth telling so far (enrolled, tier changes), folded from the facts."""
    raise NotImplementedError


def quote(conn: psycopg.Connection, programs: Programs, member_id: UUID | None, fact: Fact, now: int) -> Outcome:
    """What would happen if `fact` happened: the same fold, nothing kept. `entries` holds only what the fact adds."""
    raise NotImplementedError
