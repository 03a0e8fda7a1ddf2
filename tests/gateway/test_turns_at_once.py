"""Several gateways decide groups of checkouts at the same time, over connections of their own: never more is spent than
there is, and nobody waits for another one in a circle."""

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from django.db import connection

from regulars.access.actions import issue_key
from regulars.gateway.deciding import Reply, Request, decide
from regulars.ledger.connect import raw, rows
from regulars.ledger.verify import verify
from regulars.programs.queries import Published
from tests.api.till import Till, open_shop
from tests.gateway.test_turns import TASTING, end, hold, joined

pytestmark = pytest.mark.django_db(transaction=True)

CUP = {"id": "1", "reward": "cup"}
BOTH = [{"id": "1", "reward": "tasting"}, {"id": "2", "code": "SPRING10"}]
GATEWAYS, GROUP = 4, 12


@pytest.fixture
def shop() -> Published:
    return open_shop()


@pytest.fixture
def key(shop: Published) -> str:
    return issue_key(shop.id, "tills", ["rewards:redeem"])


def decided(requests: Sequence[Request]) -> list[tuple[Request, str, str]]:
    """As a gateway does: groups, and after each of them, one by one, whoever must wait. With how each ended, and which
    checkout it was."""
    try:
        found = []
        for first in range(0, len(requests), GROUP):
            group = requests[first : first + GROUP]
            for request, reply in zip(group, decide(group), strict=True):
                found.append((request, *_said(request, reply)))
        return found
    finally:
        connection.close()


def _said(request: Request, reply: Reply | None) -> tuple[str, str]:
    for _ in range(100):
        if reply is not None:
            told = json.loads(reply.body)
            if told.get("code") != "busy":
                return told.get("state") or told["code"], told.get("id", "")
        [reply] = decide([request], is_patient=True)
    return "busy", ""


def at_once(requests: Sequence[Request]) -> list[tuple[Request, str, str]]:
    with ThreadPoolExecutor(GATEWAYS) as pool:
        shares = [requests[number::GATEWAYS] for number in range(GATEWAYS)]
        return [one for some in pool.map(decided, shares) for one in some]


def test_two_hundred_who_spend_one_balance_and_64_who_want_the_last_ten(shop: Published, key: str) -> None:
    """Ten points are enough for two tastings, or a cup; there are ten cups."""
    names = [f"m{number}" for number in range(16)]
    joined(shop, "lin", *names)
    wanted = [hold(key, "lin", TASTING, hold_minutes=...) for _ in range(200)]
    wanted += [hold(key, name, CUP) for name in names for _ in range(4)]
    Random(1).shuffle(wanted)
    came = at_once(wanted)
    of_lin = Counter(state for request, state, _ in came if b'"lin"' in request.body)
    assert of_lin == {"captured": 2, "not_enough_points": 198}
    others = Counter(state for request, state, _ in came if b'"lin"' not in request.body)
    assert others["held"] == 10
    assert others.total() == 64
    assert others.keys() <= {"held", "out_of_stock", "not_enough_points"}
    is_exact(shop)


def test_whatever_they_do(shop: Published, key: str) -> None:
    """Tills open and end checkouts of a few members, each several times and under the same keys again."""
    names = [f"m{number}" for number in range(6)]
    joined(shop, *names)
    choose = Random(7)
    for turn in range(6):
        laid = [choose.choice([[CUP], [TASTING], BOTH]) for _ in range(36)]
        opened = at_once(
            [hold(key, choose.choice(names), *one, under=f"{turn} {place}") for place, one in enumerate(laid)]
        )
        held = [number for _, state, number in opened if state == "held"]
        again = [request for request, state, _ in opened if state == "held"][:5]
        ends = [
            end(key, number, choose.choice(["capture", "release", "void"]), f"{turn} {number} {time}")
            for number in held
            for time in range(2)
        ]
        came = at_once([*ends, *again, *ends])
        assert not [state for _, state, _ in came if state in ("busy", "internal_error")]
        first = {request.under: (state, number) for request, state, number in came}
        assert all(first[request.under] == (state, number) for request, state, number in came)
    is_exact(shop)


def is_exact(shop: Published) -> None:
    """The ledger, and what members have by the checkouts that there are."""
    assert verify(raw(), shop.programs).is_exact
    spent = """
        SELECT member_id, sum(CASE name WHEN 'cup' THEN 10 WHEN 'tasting' THEN 5 ELSE 0 END)::bigint FROM
            rewards_checkout,
            jsonb_to_recordset(parts) AS part (name text)
        WHERE state IN ('captured', 'held') GROUP BY member_id
    """
    left = "SELECT member_id, 10 - available FROM ledger_account WHERE available < 10"
    assert sorted(rows(raw(), left)) == sorted(rows(raw(), spent))
    cups = """
        SELECT count(*) FROM rewards_checkout, jsonb_to_recordset(parts) AS part (name text)
        WHERE state IN ('captured', 'held') AND name = 'cup'
    """
    reserved = "SELECT coalesce(sum(quantity), 0)::bigint FROM rewards_reservation WHERE thing = 'stock:cup'"
    assert rows(raw(), cups) == rows(raw(), reserved)
    assert Till(shop).get("/members/external:m0").status_code == 200
