"""Points given and taken by hand over HTTP: by whom, why, once; and what is not there is not taken."""

from typing import Any

import pytest

from tests.api.test_refusals import refused
from tests.api.test_spending import lin, points
from tests.api.till import Till, everything

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
    ({"approver": "two words"}, "invalid"),
    ({"points": 1.5}, "invalid"),
    ({"member": "C-9"}, "member_unknown"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_what_is_refused_changes_nothing(till: Till, lin: None, changes: dict[str, Any], code: str) -> None:
    before = everything()
    refused(adjust(till, **changes), code)
    assert {**everything(), "api_answer": []} == {**before, "api_answer": []}
