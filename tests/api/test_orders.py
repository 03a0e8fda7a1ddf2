"""Orders over HTTP: put whole, put again, corrected, refunded; the answer says what they earned and why."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.members.uniting import part, unite
from regulars.programs.queries import Published, now
from tests.api.till import Till, everything, line, open_shop, order

pytestmark = pytest.mark.usefixtures("each_door")


def test_an_order_earns(till: Till) -> None:
    answer = till.put()
    assert answer.status_code == 200
    told = answer.json()
    member = told.pop("member")
    entries = told.pop("entries")
    assert told == {
        "source": "web",
        "id": "A-1",
        "outcome": "recorded",
        "problem": None,
        "paid_at": "2026-05-01T10:00:00+08:00",
        "currency": "TWD",
        "net": "1250.00",
        "refunded": "0.00",
        "points": 12,
    }
    assert [(entry["kind"], entry["points"], entry["target"]) for entry in entries] == [("earn", 12, "pending")]
    why = entries[0]["why"]
    assert why["sentence"] == "Points on purchases: NT$1,250 at 1 point for every NT$100 gives 12 points"
    assert (why["code"], why["rule"], why["order"]) == ("earn.per_money", "base", "web/A-1")
    assert (why["parameters"]["spend"], why["parameters"]["step"], why["parameters"]["steps"]) == (
        "1250.00",
        "100.00",
        12,
    )
    read = till.get("/members/external:C-1").json()
    assert (read["id"], read["wallets"]["points"]["available"]) == (member, 10 + 12), "since May the week has passed"


def test_the_same_order_again_answers_as_the_first_time(till: Till) -> None:
    first = till.put()
    before = everything()
    again = till.put()
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert everything() == before


def test_an_order_tells_what_it_earned_after_its_member_was_merged_and_parted(till: Till, shop: Published) -> None:
    first = till.put().json()
    survivor = till.put("B-1", customer="C-2").json()["member"]
    merge, present = uuid4(), now(shop)
    unite(shop.programs, UUID(survivor), UUID(first["member"]), present, number=merge, reason="same", actor="tests")
    assert till.put().json() == first
    back = {"id": "R-1", "refunded_at": "2026-10-31T10:00:00+08:00", "lines": [{"line": "1", "quantity": 1}]}
    returned = till.put(refunds=[back]).json()
    assert [entry["kind"] for entry in returned["entries"]] == ["earn", "reverse"]
    part(shop.programs, UUID(survivor), str(merge), present, number=uuid4(), reason="mistake", actor="tests")
    assert till.put(refunds=[back]).json()["entries"] == returned["entries"]


def test_a_newer_version_with_less_is_a_refund(till: Till) -> None:
    till.put()
    told = till.put(version_at="2026-05-02T10:00:00+08:00", lines=[line(total="499")]).json()
    assert (told["outcome"], told["net"], told["points"]) == ("recorded", "499.00", 4)


def test_an_older_version_changes_nothing(till: Till) -> None:
    till.put()
    before = everything()
    told = till.put(version_at="2026-04-30T10:00:00+08:00", lines=[line(total="499")]).json()
    assert (told["outcome"], told["net"]) == ("stale", "1250.00")
    assert everything() == before


def test_an_order_that_grew_gave_nothing_back(till: Till) -> None:
    till.put()
    more = till.put(version_at="2026-05-02T10:00:00+08:00", lines=[line(total="1500")]).json()
    assert (more["net"], more["refunded"]) == ("1500.00", "0.00")
    fewer = till.put(version_at="2026-05-03T10:00:00+08:00", lines=[line(total="1000")]).json()
    assert (fewer["net"], fewer["refunded"]) == ("1000.00", "250.00")


def test_refunds_in_the_snapshot_take_points_back_once(till: Till) -> None:
    refund = {"id": "R-1", "refunded_at": "2026-05-03T10:00:00+08:00", "lines": [{"line": "1", "quantity": 1}]}
    by_amount = {"id": "R-2", "refunded_at": "2026-05-04T10:00:00+08:00", "amount": "125"}
    for _ in range(2):
        told = till.put(version_at="2026-05-04T10:00:00+08:00", refunds=[refund, by_amount]).json()
        assert (told["net"], told["refunded"], told["points"]) == ("500.00", "750.00", 5)
        assert sum(_signed(entry) for entry in told["entries"]) == 5


def test_a_guest_order_is_kept_and_belongs_to_nobody(till: Till) -> None:
    told = till.put(customer=...).json()
    assert (told["outcome"], told["member"], told["points"], told["entries"]) == ("recorded", None, 0, [])
    assert len(everything()["ledger_order"]) == 1


def test_an_order_may_name_the_member(till: Till) -> None:
    member = till.enrol(customer="C-9").json()["id"]
    assert till.put(customer=..., member=member).json()["member"] == member


def test_an_order_that_is_not_paid_earns_nothing_yet(till: Till) -> None:
    told = till.put(paid_at=...).json()
    assert (told["outcome"], told["paid_at"], told["points"], told["entries"]) == ("recorded", None, 0, [])


def test_a_number_of_the_shop_may_hold_any_sign(till: Till) -> None:
    for number, shown in [("2026%2F5/1", "2026/5/1"), ("%E8%A8%82%E5%96%AE%201", "訂單 1"), ("a:batch", "a:batch")]:
        assert till.put(number).json()["id"] == shown
    assert len(everything()["ledger_order"]) == 3


def test_cancelled_takes_everything_back(till: Till) -> None:
    till.put()
    told = till.put(version_at="2026-05-02T10:00:00+08:00", cancelled=True).json()
    assert (told["net"], told["points"]) == ("0.00", 0)
    assert sum(_signed(entry) for entry in told["entries"]) == 0
    assert [entry["kind"] for entry in told["entries"]] == ["earn", "reverse"]


def _signed(entry: dict[str, Any]) -> int:
    points: int = entry["points"]
    return points if entry["target"] in ("pending", "available") else -points


def test_programs_do_not_see_each_other(till: Till) -> None:
    till.put()
    other = Till(open_shop("other-shop"))
    assert other.get("/members/external:C-1").status_code == 404
    assert other.put(lines=[line(total="100")]).json()["points"] == 1
    assert till.put().json()["points"] == 12


def batch(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"source": "web", "id": f"B-{place}", **order(**change)} for place, change in enumerate(changes)]


USD = {"rate": "31.505", "on": "2026-05-01"}


def test_an_order_in_another_currency_is_converted_once(till: Till) -> None:
    goods = [line(quantity=3, total="100.00")]
    first = till.put(currency="USD", exchange=USD, lines=goods).json()
    assert (first["net"], first["currency"], first["points"]) == ("3150.50", "TWD", 31)
    known = everything()
    tomorrow = {"rate": "33", "on": "2026-05-02"}
    assert till.put(currency="USD", exchange=tomorrow, lines=goods).json()["net"] == "3150.50"
    assert everything() == known, "the same order, whatever the rate is by now"
    parts = [
        {
            "id": f"R-{number}",
            "refunded_at": "2026-05-03T10:00:00+08:00",
            "lines": [{"line": "1", "quantity": 1, "total": total}],
        }
        for number, total in enumerate(["33.33", "33.33", "33.34"])
    ]
    back = till.put(currency="USD", exchange=tomorrow, lines=goods, refunds=parts[:1]).json()
    assert (back["refunded"], back["points"]) == ("1050.07", 21)
    gone = till.put(currency="USD", exchange=tomorrow, lines=goods, refunds=parts).json()
    assert (gone["net"], gone["refunded"], gone["points"]) == ("0.00", "3150.50", 0)


def test_a_bare_amount_in_another_currency_is_spread(till: Till) -> None:
    goods = [line(line="a", total="60.00"), line(line="b", total="40.00")]
    refunds = [{"id": "R", "refunded_at": "2026-05-03T10:00:00+08:00", "amount": "50.00"}]
    told = till.put(currency="USD", exchange=USD, lines=goods, refunds=refunds).json()
    assert (told["net"], told["refunded"]) == ("1575.25", "1575.25")


def test_a_quote_in_another_currency(till: Till) -> None:
    goods = [line(total="100.00")]
    assert till.quote(currency="USD", exchange=USD, lines=goods).json()["earns"] == {"points": 31 + 10}
    own = till.quote(currency="TWD", exchange=USD, lines=goods).json()
    assert own["earns"] == {"points": 1 + 10}, "the program's own currency needs no rate"


def test_a_batch_keeps_what_can_be_kept_and_says_what_not(till: Till) -> None:
    till.put("B-4", customer="C-2")
    orders = batch(
        {},
        {"currency": "USD"},
        {"customer": "C-2"},
        {"lines": [line(total="1.234")]},
        {"customer": "C-1"},
        {"refunds": [{"id": "R", "refunded_at": "2999-01-01T00:00:00Z", "amount": "1"}]},
        {"customer": ..., "member": "00000000-0000-4000-8000-000000000000"},
    )
    answer = till.batch(*orders)
    assert answer.status_code == 200
    told = answer.json()["orders"]
    assert [(one["id"], one["outcome"], (one["problem"] or {}).get("code")) for one in told] == [
        ("B-0", "recorded", None),
        ("B-1", "refused", "currency_mismatch"),
        ("B-2", "recorded", None),
        ("B-3", "refused", "invalid"),
        ("B-4", "refused", "order_of_other_member"),
        ("B-5", "refused", "too_far_in_future"),
        ("B-6", "refused", "member_unknown"),
    ]
    pointers = [one["problem"] and [error["pointer"] for error in one["problem"]["errors"]] for one in told]
    assert pointers == [
        None,
        ["/orders/1/currency"],
        None,
        ["/orders/3/lines/0/total"],
        ["/orders/4"],
        ["/orders/5/refunds/0/refunded_at"],
        ["/orders/6/member"],
    ]
    assert len(everything()["ledger_order"]) == 3


def test_a_batch_again_answers_as_the_first_time(till: Till) -> None:
    orders = batch({}, {"currency": "USD"}, {"customer": "C-2"})
    first = till.batch(*orders).json()
    before = everything()
    assert till.batch(*orders).json() == first
    assert everything() == before


@pytest.mark.parametrize(
    ("customer", "points", "tier"),
    [
        ("C-1", 49, {"tier": "member", "name": "Member"}),
        ("C-new", 59, {"tier": "member", "name": "Member"}),
        (..., 0, None),
    ],
)
def test_a_quote_keeps_nothing(till: Till, customer: str, points: int, tier: dict[str, str] | None) -> None:
    """Whoever is new is welcomed as well; a guest earns nothing, as when the order is put."""
    till.put()
    before = everything()
    answer = till.quote(customer=customer, paid_at=..., lines=[line(total="4999")])
    assert answer.status_code == 200
    assert answer.json()["earns"] == {"points": points}
    assert answer.json()["tier"] == tier
    assert everything() == before


def test_a_quote_promises_what_the_order_then_earns(till: Till, shop: Published) -> None:
    till.enrol(customer="C-1")
    quoted = till.quote(paid_at=...).json()["entries"]
    earned = till.put(paid_at=..., version_at=...).json()["entries"]
    assert earned == []
    paid = till.put("A-2").json()["entries"]
    assert [(entry["points"], entry["why"]["sentence"]) for entry in quoted] == [
        (entry["points"], entry["why"]["sentence"]) for entry in paid
    ]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "gives for every NT$100, had NT$99.50"),
        ("zh-Hant", "每滿 $100 才給，實際為 $99.50"),
        ("zh-Hans", "每满 NT$100 才给，实际为 NT$99.50"),
    ],
)
def test_a_quote_says_why_a_rule_gives_nothing(shop: Published, language: str, sentence: str) -> None:
    till = Till(shop, language=language)
    till.enrol(customer="C-1")
    [one] = till.quote(paid_at=..., lines=[line(total="99.50")]).json()["unearned"]
    assert one["rule"] == "base"
    assert [(why["code"], why["parameters"], why["sentence"]) for why in one["because"]] == [
        ("lacks.step", {"step": "100.00", "spend": "99.50"}, sentence)
    ]
    assert till.quote(paid_at=..., lines=[line(total="100")]).json()["unearned"] == []
