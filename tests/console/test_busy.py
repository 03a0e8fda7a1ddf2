"""Somebody else is at the same thing: whoever is before a screen is told so after a moment, and nothing was done."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from regulars.access import waiting
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published
from tests.console.test_rewards import REWARDS, checkout_of, said
from tests.console.test_rewards import waiting as asked_for
from tests.rewarded import richest
from tests.rewards.counter import everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("verb", ["approve", "decline", "void"])
def test_an_action_that_waits_too_long_says_so(
    desk: Client, rewarded: Published, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setattr(waiting, "LIMITS", "SELECT set_config('lock_timeout', '50ms', true)")
    place = f"checkouts/{checkout_of('hundred-off')}" if verb == "void" else f"approvals/{asked_for()}"

    def ask() -> str:
        try:
            return said(desk, f"{REWARDS}/{place}/{verb}", reason="x")
        finally:
            connection.close()

    before = everything()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        rows(raw(), "SELECT member_id FROM ledger_account FOR UPDATE")
        assert "Somebody else is changing the same thing; try again" in pool.submit(ask).result(timeout=60)
    assert everything() == before


@pytest.mark.parametrize("verb", ["adjust", "ask", "gift", "merge"])
def test_the_service_desk_is_told_too(
    desk: Client, rewarded: Published, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setattr(waiting, "LIMITS", "SELECT set_config('lock_timeout', '50ms', true)")
    first, second = richest(rewarded, 2)
    place, sent = {
        "adjust": ("adjust", {"do": "keep", "way": "give", "points": "5", "reason": "goodwill"}),
        "ask": ("rewards/ask", {"reward": "tasting"}),
        "gift": ("rewards/gift", {"reward": "tea-sampler", "reason": "x"}),
        "merge": ("merge", {"with": str(second), "words": "x", "number": str(uuid4())}),
    }[verb]

    def ask() -> str:
        try:
            return said(desk, f"/programs/tea-house/members/{first}/{place}", **sent)
        finally:
            connection.close()

    before = everything()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        rows(raw(), "SELECT member_id FROM ledger_account FOR UPDATE")
        rows(raw(), "SELECT 1 FROM rewards_supply FOR UPDATE")
        assert "Somebody else is changing the same thing; try again" in pool.submit(ask).result(timeout=60)
    assert everything() == before
