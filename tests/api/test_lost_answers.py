"""A slow network: an answer is lost, and the till asks again, under the same key or, started anew, under another."""

import pytest

from tests.api.test_refusals import refused
from tests.api.test_spending import cup, end, points, take
from tests.api.till import Till, everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_door")]

VERBS = ("capture", "release", "void")


@pytest.fixture
def member(till: Till) -> Till:
    till.enrol(customer="C-1")
    return till


@pytest.mark.parametrize("minutes", [5, None])
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_what_was_opened_is_answered_as_the_first_time_whatever_became_of_it(
    member: Till, minutes: int | None, verb: str
) -> None:
    first = take(member, cup(), hold_minutes=minutes, key="h-1")
    if verb:
        end(member, first.json()["id"], verb, "h-2")
    before = everything()
    again = take(member, cup(), hold_minutes=minutes, key="h-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert everything() == before


@pytest.mark.parametrize("then", ["", *VERBS])
@pytest.mark.parametrize("verb", VERBS)
def test_how_it_ended_is_answered_as_the_first_time(member: Till, verb: str, then: str) -> None:
    number = take(member, cup(), hold_minutes=5, key="h-1").json()["id"]
    first = end(member, number, verb, "h-2")
    assert first.status_code == 200
    if then:
        end(member, number, then, "h-3")
    before, left = everything(), points(member)
    again = end(member, number, verb, "h-2")
    assert (again.status_code, again.json()) == (200, first.json())
    assert (everything(), points(member)) == (before, left)


@pytest.mark.parametrize(("first", "state"), [("capture", "captured"), ("release", "released"), ("void", "released")])
@pytest.mark.parametrize("verb", VERBS)
def test_under_another_key_it_hears_how_it_ended(member: Till, first: str, state: str, verb: str) -> None:
    number = take(member, cup(), hold_minutes=5, key="h-1").json()["id"]
    end(member, number, first, "h-2")
    if (verb, state) == ("void", "captured"):
        assert end(member, number, verb, "h-3").json()["state"] == "voided"
        refused(end(member, number, verb, "h-4"), "checkout_voided")
        return
    told = refused(end(member, number, verb, "h-3"), f"checkout_{state}")
    assert told["retry"] is False
