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
    ({"actor": "boss"}, "invalid"),
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


def decide(till: Till, number: str, verb: str = "approve", key: str = "d-1") -> Any:
    return till.send("POST", f"/adjustments/{number}:{verb}", {}, idempotency_key=key)


def test_above_the_limit_another_key_approves(strict: Published) -> None:
    Till(strict).enrol("k-1", customer="C-1")
    clerk, boss = Till(strict, "points:adjust", "points:approve"), Till(strict, "points:adjust", "points:approve")
    everybody = Till(strict)
    assert adjust(clerk, points=20).json()["waiting"] is None
    asked = adjust(clerk, "a-2", points=21).json()
    assert (asked["entries"], points(everybody)) == ([], (30, 0))
    refused(decide(clerk, asked["waiting"], key="d-0"), "approval_own")
    refused(decide(Till(strict, "points:adjust"), asked["waiting"]), "permission_missing")
    done = decide(boss, asked["waiting"]).json()
    assert [entry["points"] for entry in done["entries"]] == [21]
    assert (decide(boss, asked["waiting"]).json(), points(everybody)) == (done, (51, 0))
    refused(decide(boss, asked["waiting"], key="d-2"), "adjustment_decided")
    [(kept,)] = rows(raw(), "SELECT body FROM ledger_fact ORDER BY seq DESC LIMIT 1")
    fact = decode_fact(bytes(kept))
    assert (fact.actor, fact.approver) == (prefix_of(clerk.key), prefix_of(boss.key))


def test_what_is_declined_never_happens(strict: Published) -> None:
    till, boss = Till(strict), Till(strict, "points:approve")
    till.enrol("k-1", customer="C-1")
    number = adjust(till, points=500).json()["waiting"]
    assert decide(boss, number, "decline").json()["entries"] == []
    refused(decide(boss, number, key="d-2"), "adjustment_decided")
    assert points(till) == (10, 0)


def test_what_is_not_there_any_more_is_not_taken(strict: Published) -> None:
    till, boss = Till(strict), Till(strict, "points:approve")
    till.enrol("k-1", customer="C-1")
    adjust(till, "a-1", points=20)
    number = adjust(till, "a-2", points=-25).json()["waiting"]
    adjust(till, "a-3", points=-10)
    before = everything()
    refused(decide(boss, number), "not_enough_points")
    assert everything() == before
    refused(decide(boss, "00000000-0000-4000-8000-000000000000", key="d-3"), "adjustment_unknown")


def test_what_waits_is_listed_until_it_is_decided(strict: Published) -> None:
    Till(strict).enrol("k-1", customer="C-1")
    clerk, boss = Till(strict, "points:adjust"), Till(strict, "points:approve")
    assert boss.get("/adjustments").json() == {"waiting": []}
    first = adjust(clerk, points=21).json()["waiting"]
    second = adjust(clerk, "a-2", points=-22, reason="mistake").json()["waiting"]
    found = boss.get("/adjustments").json()["waiting"]
    said = [(one["id"], one["points"], one["reason"], one["asked_by"]) for one in found]
    asked_by = prefix_of(clerk.key)
    assert said == [(first, 21, "goodwill", asked_by), (second, -22, "mistake", asked_by)]
    assert decide(boss, first, "decline").status_code == 200
    assert [one["id"] for one in boss.get("/adjustments").json()["waiting"]] == [second]
