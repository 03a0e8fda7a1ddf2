"""Members over HTTP: enrolled once, read with balances and tier, their entries page by page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client

from regulars.api.models import Answer
from regulars.contract.once import lock_of
from regulars.engine.calendar import datetime_of
from regulars.ledger.connect import raw, run
from regulars.ledger.due import advance_due
from regulars.members.models import Member, Pass
from regulars.programs.queries import Published, now
from tests.api.test_refusals import refused
from tests.api.till import Till, everything, line

MEI = {
    "customer": "C-1",
    "card": "9001",
    "name": "陳美",
    "email": "mei@example.com",
    "phone": "0912",
    "language": "zh-Hant",
    "enrolled_at": "2026-05-01T09:00:00+08:00",
}


def test_whoever_enrols_is_welcomed_and_can_be_read(till: Till) -> None:
    answer = till.enrol(**MEI)
    assert answer.status_code == 201
    told = answer.json()
    assert told["enrolled_at"] == MEI["enrolled_at"]
    assert [(entry["points"], entry["why"]["sentence"]) for entry in told["entries"]] == [(10, "Welcome: 10 points")]
    read = till.get(f"/members/{told['id']}").json()
    assert read == till.get("/members/external:C-1").json()
    assert read == {
        "id": told["id"],
        "customer": "C-1",
        "card": "9001",
        "language": "zh-Hant",
        "person": {"name": "陳美", "email": "mei@example.com", "phone": "0912"},
        "enrolled_at": "2026-05-01T09:00:00+08:00",
        "currency": "TWD",
        "orders": 0,
        "spend": "0.00",
        "tier": {"tier": "member", "name": "Member"},
        "progress": {
            "grows_by": "spend",
            "growth": "0.00",
            "waiting": "0.00",
            "next_tier": {"tier": "gold", "name": "Gold"},
            "missing": "5000.00",
            "keep_missing": "0.00",
            "until": None,
        },
        "wallets": {
            "points": {
                "available": 10,
                "pending": 0,
                "held": 0,
                "deficit": 0,
                "next_expiry": {"on": "2027-05-31", "points": 10},
            }
        },
    }


def test_what_is_read_is_as_of_now(till: Till) -> None:
    till.put(lines=[line(total="6000")])
    till.put("A-2", paid_at="2026-10-30T10:00:00+08:00", version_at=..., lines=[line(total="300")])
    read = till.get("/members/external:C-1").json()
    assert read["tier"] == {"tier": "gold", "name": "Gold"}, "though no job has written it yet"
    assert (read["orders"], read["spend"]) == (2, "6300.00")
    points = read["wallets"]["points"]
    assert (points["available"], points["pending"]) == (70, 3)
    assert (read["progress"]["growth"], read["progress"]["waiting"]) == ("6000.00", "300.00")
    assert read["progress"]["next_tier"] is None


def test_nothing_personal_for_a_key_without_leave(shop: Published, till: Till) -> None:
    till.enrol(**MEI)
    read = Till(shop, "members:read").get("/members/external:C-1")
    assert read.json()["person"] is None
    assert "陳美" not in read.content.decode()
    assert "mei@example.com" not in read.content.decode()


def test_whoever_enrolled_with_an_order_is_told_since_when(till: Till) -> None:
    till.put()
    told = till.enrol(**{**MEI, "enrolled_at": "2026-06-01T09:00:00+08:00"}).json()
    assert told["enrolled_at"] == "2026-05-01T10:00:00+08:00"
    assert [entry["kind"] for entry in told["entries"]] == ["mature"], "welcomed with that order, not again"
    assert told["enrolled_at"] == till.get("/members/external:C-1").json()["enrolled_at"]
    assert Member.objects.get().joined_at == datetime.fromisoformat(told["enrolled_at"])


def test_a_till_whose_clock_runs_ahead_is_told_our_time(till: Till, shop: Published) -> None:
    ahead = datetime_of(now(shop)) + timedelta(minutes=4)
    told = till.enrol(**{**MEI, "enrolled_at": ahead.isoformat()}).json()
    assert datetime.fromisoformat(told["enrolled_at"]) < ahead - timedelta(minutes=1)
    assert told["enrolled_at"] == till.get(f"/members/{told['id']}").json()["enrolled_at"]
    assert Member.objects.get().joined_at == datetime.fromisoformat(told["enrolled_at"])


def test_the_same_request_again_gets_the_first_answer(till: Till) -> None:
    first = till.enrol(**MEI)
    before = everything()
    again = till.enrol(**MEI)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert everything() == before
    assert "陳美" not in str(Answer.objects.values_list().get()), "what is remembered names nobody"


def test_a_refusal_is_remembered_too(till: Till) -> None:
    till.enrol(**MEI)
    first = till.enrol("k-2", **MEI)
    refused(first, "already_enrolled")
    Member.objects.all().delete()
    before = everything()
    again = till.enrol("k-2", **MEI)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert everything() == before


def test_a_remembered_refusal_still_points_to_the_place(till: Till) -> None:
    late = {**MEI, "enrolled_at": "2026-11-02T00:00:00Z"}
    first = till.enrol(**late)
    assert till.enrol(**late).json() == first.json()
    assert [error["pointer"] for error in first.json()["errors"]] == ["/enrolled_at"]


def test_another_request_under_the_same_key_is_refused(till: Till) -> None:
    till.enrol(**MEI)
    before = everything()
    refused(till.enrol(**{**MEI, "card": "9002"}), "idempotency_key_reused")
    assert everything() == before


def test_another_program_may_use_the_same_key(till: Till) -> None:
    from tests.api.till import open_shop

    till.enrol(**MEI)
    assert Till(open_shop("other-shop")).enrol(**MEI).status_code == 201


@pytest.mark.parametrize(
    ("body", "code", "pointers"),
    [
        ({"name": "x" * 201}, "invalid", ["/name"]),
        ({"name": "a\x00b"}, "invalid", ["/name"]),
        ({"nickname": "Mei"}, "invalid", ["/nickname"]),
        ({"language": "zh_Hant"}, "invalid", ["/language"]),
        ({"enrolled_at": "yesterday"}, "invalid", ["/enrolled_at"]),
        ({"customer": ""}, "invalid", ["/customer"]),
        ({"email": 5}, "invalid", ["/email"]),
        ({"enrolled_at": "2026-11-02T00:00:00Z"}, "too_far_in_future", ["/enrolled_at"]),
        ({"card": "9001"}, "card_taken", None),
        ({"customer": "C-1"}, "already_enrolled", None),
    ],
)
def test_a_refusal_changes_nothing_but_what_is_remembered(
    till: Till, body: dict[str, Any], code: str, pointers: list[str] | None
) -> None:
    till.enrol("k-0", **MEI)
    before = everything()
    told = refused(till.enrol(**body), code)
    assert (pointers is None) == ("errors" not in told)
    assert [error["pointer"] for error in told.get("errors", [])] == (pointers or [])
    after = everything()
    remembered = [len(tables.pop("api_answer")) for tables in (before, after)]
    assert after == before
    assert remembered == [1, 1 if code == "invalid" else 2]


def test_a_request_key_is_needed(till: Till) -> None:
    before = everything()
    for headers in ({}, {"idempotency_key": ""}, {"idempotency_key": "x" * 101}):
        told = refused(till.send("POST", "/members", MEI, **headers), "invalid")
        assert [error["parameter"] for error in told["errors"]] == ["Idempotency-Key"]
    assert everything() == before


@pytest.mark.parametrize(
    "which", ["00000000-0000-4000-8000-000000000000", "external:C-9", "external:", "C-1", "9001", "external:c-1"]
)
def test_an_unknown_member(till: Till, which: str) -> None:
    till.enrol(**MEI)
    refused(till.get(f"/members/{which}"), "member_unknown")
    refused(till.get(f"/members/{which}/entries"), "member_unknown")


def test_entries_page_by_page(till: Till, shop: Published) -> None:
    for number in range(3):
        till.put(f"A-{number}", paid_at=f"2026-05-0{number + 1}T10:00:00+08:00", version_at=...)
    advance_due(raw(), shop.programs, now(shop))
    whole = till.get("/members/external:C-1/entries").json()
    kinds = [entry["kind"] for entry in whole["entries"]]
    assert kinds == ["mature"] * 3 + ["earn"] * 4
    assert whole["next_cursor"] is None
    assert (whole["entries"][0]["available"], whole["entries"][0]["pending"]) == (46, 0)
    walked, cursor = [], ""
    for _ in range(4):
        page = till.get(f"/members/external:C-1/entries?limit=2{cursor}").json()
        walked += page["entries"]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert walked == whole["entries"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=ten", "cursor=x", "cursor=-1", "cursor=0", "cursor=9999999999999999999999"]
)
def test_a_page_that_cannot_be_asked_for(till: Till, query: str) -> None:
    till.enrol(**MEI)
    told = refused(till.get(f"/members/external:C-1/entries?{query}"), "invalid")
    assert [error["parameter"] for error in told["errors"]] == [query.partition("=")[0]]


@pytest.mark.django_db(transaction=True)
def test_the_same_request_at_the_same_time_is_told_to_come_back(till: Till, shop: Published) -> None:
    def meanwhile() -> Any:
        try:
            return till.enrol(**MEI)
        finally:
            connection.close()

    with transaction.atomic():
        run(raw(), "SELECT pg_advisory_xact_lock(%s)", [lock_of(shop.id, "k-1")])
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(meanwhile).result()
    told = refused(answer, "busy")
    assert told["retry"]
    assert answer["Retry-After"] == "1"
    assert not Member.objects.exists()
    assert till.enrol(**MEI).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_many_at_once_enrol_one(till: Till) -> None:
    def one(_turn: int) -> int:
        try:
            return till.enrol(**MEI).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(one, range(16)))
    assert answers <= {201, 409}
    assert 201 in answers
    assert Member.objects.count() == 1


def test_a_shops_own_site_sends_a_member_into_the_portal(till: Till) -> None:
    mei = till.enrol(**MEI).json()["id"]
    told = till.send("POST", "/members/external:C-1/link", {})
    assert told.status_code == 201
    place = told.json()["url"].removeprefix("http://testserver")
    browser = Client()
    assert browser.post(place)["Location"] == "/m/tea-house/agree", "nobody has asked Mei yet"
    assert browser.cookies["regulars_member"].value
    assert Pass.objects.get(kind="visit").member_id == UUID(mei)
    assert till.send("POST", "/members/external:C-9/link", {}).json()["code"] == "member_unknown"


def test_a_shops_own_pages_show_what_a_member_has(till: Till) -> None:
    till.enrol(**MEI)
    told = till.send("POST", "/members/external:C-1/token", {})
    assert told.status_code == 201
    headers = {"Authorization": f"Bearer {told.json()['token']}"}
    assert Client().get("/m/tea-house/embed/balance", headers=headers).json()["words"].endswith("points")
    assert not Pass.objects.exists()
    assert till.send("POST", "/members/external:C-9/token", {}).json()["code"] == "member_unknown"
