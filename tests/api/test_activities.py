"""What somebody did other than buying, over HTTP: said once, kept for ever; the answer says what it gave and why."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.members.uniting import unite
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.queries import Published, now
from tests.api.test_refusals import NOBODY, refused
from tests.api.till import SHOP, TODAY, Till, activity, everything

pytestmark = pytest.mark.usefixtures("each_door")

RULES = """\
  - rule: review
    name: {en: Review}
    on: activity review
    give: 5 points
  - rule: visits
    name: {en: Three visits}
    on: activity visit
    give: 20 points
    goal: {times: 3, per: month}
  - rule: downtown
    name: {en: Downtown}
    on: activity stroll
    when: {store: downtown}
    give: 2 points
rewards:
"""
# What is changed in a good activity, and what is then refused, at which places.
ACTIVITIES: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"name": ...}, "invalid", ["/name"]),
    ({"name": "Wrote a review"}, "invalid", ["/name"]),
    ({"name": ""}, "invalid", ["/name"]),
    ({"name": "r" * 101}, "invalid", ["/name"]),
    ({"name": "評論"}, "invalid", ["/name"]),
    ({"name": 7}, "invalid", ["/name"]),
    ({"customer": ...}, "invalid", ["/customer"]),
    ({"customer": ""}, "invalid", ["/customer"]),
    ({"customer": "C\x00"}, "invalid", ["/customer"]),
    ({"member": NOBODY}, "invalid", ["/member"]),
    ({"customer": ..., "member": NOBODY}, "member_unknown", ["/member"]),
    ({"customer": ..., "member": "C-1"}, "invalid", ["/member"]),
    ({"happened_at": "yesterday"}, "invalid", ["/happened_at"]),
    ({"happened_at": "2026-05-02T10:00:00"}, "invalid", ["/happened_at"]),
    ({"happened_at": "2026-11-01T00:06:00Z"}, "too_far_in_future", ["/happened_at"]),
    ({"store": "s" * 101}, "invalid", ["/store"]),
    ({"points": 500}, "invalid", ["/points"]),
]


@pytest.fixture
def shop(db: None) -> Published:
    text = SHOP.replace("rewards:\n", RULES, 1)
    return publish("tea-house", text, 0, "tests", clock_offset_us=TODAY - real_now())


@pytest.fixture
def joined(till: Till) -> Till:
    till.enrol(customer="C-1", enrolled_at="2026-01-05T10:00:00+08:00")
    return till


def test_a_review_earns(joined: Till) -> None:
    answer = joined.did()
    assert answer.status_code == 200, answer.content
    told = answer.json()
    member, entries = told.pop("member"), told.pop("entries")
    assert told == {
        "source": "app",
        "id": "V-1",
        "outcome": "recorded",
        "problem": None,
        "name": "review",
        "happened_at": "2026-05-02T10:00:00+08:00",
        "is_known": True,
    }
    assert [(entry["kind"], entry["points"], entry["target"]) for entry in entries] == [("earn", 5, "available")]
    assert entries[0]["why"]["rule"] == "review"
    read = joined.get("/members/external:C-1").json()
    assert (read["id"], read["wallets"]["points"]["available"]) == (member, 15)


def test_a_number_may_begin_as_another_does(joined: Till) -> None:
    assert [len(joined.did(number).json()["entries"]) for number in ("V-1", "V-1|2", "V@activity:app/V-1")] == [1, 1, 1]
    assert len(joined.did("V-1").json()["entries"]) == 1


@pytest.mark.parametrize("changes", [{}, {"happened_at": ...}], ids=["dated", "dated on arrival"])
def test_the_same_again_answers_as_the_first_time(joined: Till, changes: dict[str, Any]) -> None:
    first = joined.did(**changes)
    before = everything()
    again = joined.did(**changes)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.json()["entries"]
    assert everything() == before


def test_the_same_from_a_clock_that_runs_ahead(joined: Till) -> None:
    ahead = "2026-11-01T00:04:00Z"
    first = joined.did(happened_at=ahead)
    assert first.status_code == 200
    assert joined.did(happened_at=ahead).json() == first.json()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "visit"},
        {"customer": "C-2"},
        {"happened_at": "2026-05-02T10:00:01+08:00"},
        {"store": "downtown"},
        {"channel": "app"},
    ],
    ids=str,
)
def test_other_content_under_its_number_is_refused(joined: Till, changes: dict[str, Any]) -> None:
    joined.did()
    before = everything()
    told = refused(joined.did(**changes), "activity_conflict")
    assert told["retry"] is False
    assert everything() == before


def test_the_last_step_of_a_goal_tells_of_its_award(joined: Till) -> None:
    days = [joined.did(f"V-{day}", name="visit", happened_at=f"2026-05-0{day}T10:00:00+08:00") for day in (1, 2, 3)]
    assert [[entry["points"] for entry in day.json()["entries"]] for day in days] == [[], [], [20]]


def test_where_it_happened_matters_to_rules(joined: Till) -> None:
    told = [joined.did(store, name="stroll", store=store).json()["entries"] for store in ("uptown", "downtown")]
    assert [[entry["points"] for entry in entries] for entries in told] == [[], [2]]


def test_one_that_the_program_does_not_ask_for_is_kept_and_said_to_be_so(joined: Till) -> None:
    told = joined.did(name="reveiw").json()
    assert (told["outcome"], told["is_known"], told["entries"]) == ("recorded", False, [])


def test_whoever_has_not_joined_gets_nothing_and_becomes_known(till: Till) -> None:
    told = till.did(customer="C-new").json()
    assert (told["outcome"], told["entries"]) == ("recorded", [])
    assert till.get("/members/external:C-new").json()["id"] == told["member"]


def test_a_member_may_be_named_by_our_id(joined: Till) -> None:
    member = joined.get("/members/external:C-1").json()["id"]
    assert joined.did(customer=..., member=member).json()["member"] == member


def test_an_order_and_an_activity_may_have_one_number(joined: Till) -> None:
    assert joined.send("PUT", "/activities/web/A-1", activity()).json()["entries"][0]["points"] == 5
    assert joined.put("A-1").json()["points"] == 12
    assert joined.send("PUT", "/activities/web/A-1", activity()).json()["entries"][0]["points"] == 5


@pytest.mark.parametrize(("changes", "code", "pointers"), ACTIVITIES)
def test_an_activity_that_does_not_fit(till: Till, changes: dict[str, Any], code: str, pointers: list[str]) -> None:
    before = everything()
    told = refused(till.did(**changes), code)
    assert [error["pointer"] for error in told["errors"]] == pointers
    assert all(error["detail"] for error in told["errors"])
    assert everything() == before


def many(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"source": "app", "id": f"B-{place}", **activity(**change)} for place, change in enumerate(changes)]


def test_a_batch_keeps_what_can_be_kept_and_says_what_not(joined: Till) -> None:
    joined.did("B-3", name="visit")
    given = many(
        {},
        {"customer": ...},
        {"customer": ..., "member": NOBODY},
        {},
        {"happened_at": "2999-01-01T00:00:00Z"},
        {"name": "visit"},
    )
    answer = joined.did_many(*given)
    assert answer.status_code == 200
    told = answer.json()["activities"]
    assert [(one["id"], one["outcome"], (one["problem"] or {}).get("code")) for one in told] == [
        ("B-0", "recorded", None),
        ("B-1", "refused", "invalid"),
        ("B-2", "refused", "member_unknown"),
        ("B-3", "refused", "activity_conflict"),
        ("B-4", "refused", "too_far_in_future"),
        ("B-5", "recorded", None),
    ]
    pointers = [one["problem"] and [error["pointer"] for error in one["problem"]["errors"]] for one in told]
    assert pointers == [
        None,
        ["/activities/1/customer"],
        ["/activities/2/member"],
        ["/activities/3"],
        ["/activities/4/happened_at"],
        None,
    ]
    before = everything()
    assert joined.did_many(*given).json() == answer.json()
    assert everything() == before


def test_a_batch_that_cannot_be_read_is_refused_whole(till: Till) -> None:
    before = everything()
    twice = {"source": "app", "id": "B", **activity()}
    assert refused(till.did_many(twice, twice), "duplicate_activity")["errors"][0]["pointer"] == "/activities/1/id"
    told = refused(till.did_many(twice, {**twice, "id": "C", "name": "No name"}), "invalid")
    assert [error["pointer"] for error in told["errors"]] == ["/activities/1/name"]
    refused(till.did_many(), "invalid")
    refused(till.did_many(*({**twice, "id": str(number)} for number in range(1001))), "invalid")
    assert everything() == before


def test_a_merged_member_s_activity_tells_what_it_gave(joined: Till, shop: Published) -> None:
    other = UUID(joined.enrol("k-2", customer="C-2", enrolled_at="2026-01-05T10:00:00+08:00").json()["id"])
    survivor = UUID(joined.get("/members/external:C-1").json()["id"])
    first = joined.did(customer="C-2").json()
    unite(shop.programs, survivor, other, now(shop), number=uuid4(), reason="same-person", actor="tests")
    assert first["entries"]
    assert joined.did(customer="C-2").json() == first
    later = joined.did("V-9", customer="C-2", happened_at=...).json()
    assert [entry["points"] for entry in later["entries"]] == [5]
    assert joined.did("V-9", customer="C-2", happened_at=...).json() == later
