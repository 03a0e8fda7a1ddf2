"""Every kind of fact in the ledger: recorded in time, late, or all at once, a member ends with the same points."""

import random
from collections import Counter

import pytest
from django.db import transaction

from regulars.engine.difference import net
from regulars.engine.facts import (
    Activity,
    Details,
    Effect,
    Fact,
    Fulfilment,
    PlanStanding,
    Referred,
    SegmentStanding,
    TierGrant,
)
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger import codec, load
from regulars.ledger.connect import raw
from regulars.ledger.due import advance_due
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import DOCUMENT, at, enrolment, member, order, refund

pytestmark = pytest.mark.django_db(transaction=True)

RICH = DOCUMENT | {
    "referral": {"when": {"order_at_least": "500"}},
    "caps": [{"wallet": "points", "at_most": "400", "per": "month"}],
    "earn": [
        *DOCUMENT["earn"],  # type: ignore[misc]  # a document is a tree of anything
        {"rule": "review", "on": "activity review", "give": "20 points", "limit": "1 per day"},
        {"rule": "birthday", "on": "birthday", "give": "50 points"},
        {"rule": "premium", "when": {"plan": "premium"}, "give": "5 points", "pending": "until fulfilled"},
        {"rule": "press", "when": {"segment": "press", "attribute": {"diet": "vegan"}}, "give": "7 points"},
        {"rule": "friend", "on": "referred", "give": "30 points"},
        {"rule": "giver", "on": "referral", "give": "40 points"},
        {"rule": "threshold", "goal": {"spend": "1500", "per": "month", "repeat": "true"}, "give": "100 points"},
        {"rule": "silver-gift", "on": "tier silver", "give": "11 points"},
    ],
}
PROGRAMS = Programs(1, [read(RICH)])
NOW = at("2026-12-31 12:00")


def happened(name: str) -> list[Fact]:
    """What one member does in spring; keys are the program's, so they carry the name."""
    return [
        Referred(f"{name}-r", "someone", at("2026-01-02 12:00")),
        Details(f"{name}-d", at("2026-01-03 12:00"), (3, 2), "TW", {"diet": "vegan"}),
        enrolment(name, "2026-01-04 12:00"),
        PlanStanding(f"{name}-p", "premium", at("2026-01-05 12:00"), at("2026-02-20 12:00")),
        order(f"{name}-A", "2026-01-10 12:00", 600, 1000),
        Activity(f"{name}-v1", "review", at("2026-01-11 12:00")),
        Activity(f"{name}-v2", "review", at("2026-01-11 18:00")),
        Fulfilment(f"web/{name}-A/f", f"web/{name}-A", at("2026-01-12 12:00")),
        SegmentStanding(f"{name}-s", "press", at("2026-01-13 12:00")),
        order(f"{name}-B", "2026-01-14 12:00", 4000),
        refund(f"{name}-A", "2026-01-15 12:00"),
        Effect(f"{name}-e1", "referral", at("2026-02-01 12:00"), f"{name}-friend"),
        order(f"{name}-C", "2026-02-19 12:00", 300),
        Effect(f"{name}-e2", "referral", at("2026-02-25 12:00"), f"{name}-friend", withdrawn=True),
        TierGrant(f"{name}-g", "status", "silver", at("2026-03-01 12:00"), None, "complaint", "owner"),
        refund(f"{name}-B", "2026-03-05 12:00", quantity=2),
        Fulfilment(f"web/{name}-C/f", f"web/{name}-C", at("2026-03-06 12:00")),
    ]


def take(name: str, facts: list[Fact], now: int = NOW) -> None:
    with transaction.atomic():
        receipts = record(raw(), PROGRAMS, [Incoming(member(name), fact, "stated") for fact in facts], now)
    assert {receipt.outcome for receipt in receipts} == {"recorded"}


def ended(name: str) -> tuple[object, Counter[tuple[object, ...]]]:
    """The account, and net points by what moved them; names of members aside."""
    with transaction.atomic():
        loaded = load.accounts(raw(), 1, {member(name): False})[member(name)]
        entries = load.entries_since(raw(), 1, member(name), -(2**53))
    moved = {tuple(str(part).replace(name, "") for part in key): points for key, (points, _) in net(entries).items()}
    return codec.encode(loaded.account).replace(name.encode(), b"lin"), Counter({k: n for k, n in moved.items() if n})


def test_the_order_of_arrival_does_not_matter():
    in_time, late, at_once = "ann", "ben", "cyd"
    for fact in happened(in_time):
        take(in_time, [fact])
        while advance_due(raw(), PROGRAMS, codec.occurred_at(fact) or 0):
            pass
    shuffled = happened(late)
    random.Random(7).shuffle(shuffled)
    for fact in shuffled:
        take(late, [fact])
    take(at_once, happened(at_once))
    while advance_due(raw(), PROGRAMS, NOW):
        pass
    assert ended(late) == ended(in_time)
    assert ended(at_once) == ended(in_time)
    assert len(ended(in_time)[1]) > 20
    assert verify(raw(), PROGRAMS).is_exact
