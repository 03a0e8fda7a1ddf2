"""A shop whose members spend: one program, members with points, carts, and everything that spending could change."""

from typing import Any

import pytest
from django.db import transaction
from psycopg import sql

from regulars.engine.calendar import datetime_of
from regulars.engine.facts import Adjustment, Fact, Line
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger import load
from regulars.ledger.connect import raw, rows
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from regulars.members.models import Member
from regulars.rewards.actions import checkouts
from regulars.rewards.counter import Asked, Item
from regulars.rewards.parts import Kept
from regulars.rewards.pricing import Cart
from regulars.rewards.refusing import Refused
from tests.ledger.shop import DOCUMENT, at, enrolment, member

SHOP = DOCUMENT | {
    "enrolment": "explicit",
    "referral": {"within": "60 days"},
    "wallets": {"points": {"expires": "3 months, end of month", "worth": "10 TWD per 100"}},
    "rewards": [
        {"reward": "cup", "costs": "10 points", "gives": {"product": "CUP-1"}, "stock": "10"},
        {"reward": "cake", "costs": "4 points", "gives": {"product": "CAKE-1"}},
    ],
    "coupons": [
        {"coupon": "spring", "code": "SPRING10", "gives": {"discount": "10%"}, "limit_of_all": "3 per month"},
        {"coupon": "first", "codes": "batch", "gives": {"discount": "5 TWD"}},
        {"coupon": "friend", "codes": "personal", "refers": "true", "gives": {"discount": "5 TWD"}},
        {"coupon": "once", "code": "ONCE", "gives": {"discount": "5 TWD"}, "limit": "once"},
    ],
}
PROGRAMS = Programs(1, [read(SHOP)])
NOW = at("2026-03-01 12:00")
MINUTE = 60_000_000
TABLES = (
    "ledger_account", "ledger_entry", "ledger_fact", "ledger_fact_key", "rewards_checkout", "rewards_code",
    "rewards_draw", "rewards_happened", "rewards_issued", "rewards_reservation", "rewards_supply",
)  # fmt: skip


def joins(name: str, points: int = 10, since: str = "2026-02-01 12:00") -> None:
    """Somebody joins, gets ten points for it, and is given or loses some so that it is so many in all."""
    Member.objects.create(id=member(name), program_id=1, external_id=name, joined_at=datetime_of(at(since)))
    put(name, enrolment(name, since))
    if points != 10:
        gives(name, points - 10, since)


def gives(name: str, points: int, when: str) -> None:
    put(name, Adjustment(f"A-{name}-{when}", "points", points, at(when) + MINUTE, "opening", "tests"))


def put(name: str, *facts: Fact) -> None:
    with transaction.atomic():
        record(raw(), PROGRAMS, [Incoming(member(name), fact) for fact in facts], NOW)


def cart(*totals: int) -> Cart:
    given = enumerate(totals or (100,), 1)
    lines = tuple(Line(str(place), f"sku-{place}", 1, total * 100, "tea") for place, total in given)
    return Cart("TWD", lines)


def asked(*items: Item, who: str = "lin", **more: Any) -> Asked:
    return Asked(more.pop("cart", cart()), items, member(who) if who else None, actor="till-1", **more)


def reward(name: str, number: str = "1") -> Item:
    return Item(number, reward=name)


def code(text: str, number: str = "1") -> Item:
    return Item(number, code=text)


def hold(*items: Item, who: str = "lin", minutes: int = 10, now: int = NOW, **more: Any) -> Kept:
    return checkouts.hold(PROGRAMS, asked(*items, who=who, **more), now + minutes * MINUTE, now)


def redeem(*items: Item, who: str = "lin", now: int = NOW, **more: Any) -> Kept:
    return checkouts.redeem(PROGRAMS, asked(*items, who=who, **more), now)


def capture(kept: Kept, now: int = NOW, **more: Any) -> Kept:
    return checkouts.capture(PROGRAMS, kept.id, now, **more)


def release(kept: Kept, now: int = NOW) -> Kept:
    return checkouts.release(PROGRAMS, kept.id, now)


def void(kept: Kept, now: int = NOW) -> Kept:
    return checkouts.void(PROGRAMS, kept.id, now)


def balance(name: str = "lin") -> tuple[int, int]:
    """(available, held) as last written."""
    with transaction.atomic():
        account = load.accounts(raw(), 1, {member(name): False})[member(name)].account
    wallet = account.wallets["points"]
    return wallet.available, wallet.held


def gone(thing: str) -> tuple[int, int]:
    """(taken for good, reserved until some time) of a thing."""
    [(taken,)] = rows(raw(), "SELECT taken FROM rewards_supply WHERE thing = %s", [thing]) or [(0,)]
    question = (
        "SELECT COALESCE(sum(quantity), 0)::bigint FROM rewards_reservation WHERE thing = %s AND until IS NOT NULL"
    )
    [(reserved,)] = rows(raw(), question, [thing])
    return taken, reserved


def copies(name: str = "lin") -> list[tuple[str, str]]:
    """(reward, state) of what a member owns, as stored."""
    found = rows(raw(), "SELECT reward, state FROM rewards_issued WHERE member_id = %s ORDER BY 1, 2", [member(name)])
    return [(one, state) for one, state in found]


def everything() -> dict[str, list[str]]:
    """Every row that spending could change."""
    found = {}
    for table in TABLES:
        question = sql.SQL("SELECT to_jsonb(t)::text FROM {} AS t ORDER BY 1").format(sql.Identifier(table))
        found[table] = [str(row) for row in raw().execute(question).fetchall()]
    return found


def refusal(act: Any, *given: Any, **named: Any) -> str:
    """The code of a refusal that changed nothing."""
    before = everything()
    with pytest.raises(Refused) as refused:
        act(*given, **named)
    assert everything() == before
    return refused.value.code


def is_exact() -> bool:
    return verify(raw(), PROGRAMS).is_exact
