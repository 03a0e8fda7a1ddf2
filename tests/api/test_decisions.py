"""Points given and taken by hand over HTTP: by whom, why, once; and what is not there is not taken."""

from typing import Any

import pytest

from regulars.access.keys import prefix_of
from regulars.ledger.codec import decode_fact
from regulars.ledger.connect import raw, rows
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.queries import Published
from tests.api.test_refusals import refused
from tests.api.test_spending import lin, points
from tests.api.till import SHOP, TODAY, Till, everything

pytestmark = pytest.mark.django_db
assert lin


def adjust(till: Till, key: str = "a-1", member: str = "C-1", **changes: Any) -> Any:
    body = {"wallet": "points", "points": 5, "reason": "goodwill", **changes}
    return till.send("POST", f"/members/external:{member}/adjustments", body, idempotency_key=key)


def test_points_are_given_and_taken_once(till: Till, lin: None) -> None:
    given = adjust(till)
    assert (given.status_code, points(till)) == (201, (15, 0))
    [entry] = given.json()["entries"]
    assert (entry["kind"], entry["points"], entry["target"]) == ("adjust", 5, "available")
    assert adjust(till).json() == given.json()
    assert points(till) == (15, 0)
    assert adjust(till, "a-2", points=-15).status_code == 201
    assert points(till) == (0, 0)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"points": 0}, "amount_not_positive"),
    ({"points": -11}, "not_enough_points"),
    ({"wallet": "gems"}, "wallet_unknown"),
    ({"reason": "Because I like her"}, "invalid"),
    ({"reason": ""}, "invalid"),
    ({"actor": "two words"}, "invalid"),
    ({"approver": "boss"}, "invalid"),
    ({"points": 1.5}, "invalid"),
    ({"member": "C-9"}, "member_unknown"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_what_is_refused_changes_nothing(till: Till, lin: None, changes: dict[str, Any], code: str) -> None:
    before = everything()
    refused(adjust(till, **changes), code)
    assert {**everything(), "api_answer": []} == {**before, "api_answer": []}


APPROVED = SHOP.replace("    pending: 7 days\n", "    pending: 7 days\n    approve_above: 20 points\n")


@pytest.fixture
def strict(db: None) -> Published:
    return publish("tea-house", APPROVED, 0, "tests", clock_offset_us=TODAY - real_now())


def test_above_the_limit_a_key_approves_what_somebody_else_asks_for(strict: Published) -> None:
    Till(strict).enrol("k-1", customer="C-1")
    clerk, boss = Till(strict, "points:adjust"), Till(strict, "points:adjust", "points:approve")
    boss_key = prefix_of(boss.key)
    assert adjust(clerk, points=20).status_code == 201
    before = everything()
    refused(adjust(clerk, "a-2", points=21), "approval_missing")
    refused(adjust(clerk, "a-3", points=21, actor="lin"), "permission_missing")
    refused(adjust(boss, "a-4", points=21), "approval_missing")
    refused(adjust(boss, "a-5", points=-21, actor=boss_key), "approval_missing")
    assert {**everything(), "api_answer": []} == {**before, "api_answer": []}
    assert adjust(boss, "a-6", points=21, actor="lin").status_code == 201
    [(kept,)] = rows(raw(), "SELECT body FROM ledger_fact ORDER BY seq DESC LIMIT 1")
    asked = decode_fact(bytes(kept))
    assert (asked.actor, asked.approver) == ("lin", boss_key)
