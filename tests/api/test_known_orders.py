"""An order read back: how it stands, whose it is, and why rules gave nothing for it."""

from uuid import UUID, uuid4

from regulars.members.uniting import unite
from regulars.programs.queries import Published, now
from tests.api.test_refusals import refused
from tests.api.till import Till, everything, line, open_shop


def test_an_order_reads_as_it_was_answered(till: Till) -> None:
    put = till.put().json()
    before = everything()
    read = till.get("/orders/web/A-1")
    told = read.json()
    assert (read.status_code, told.pop("unearned")) == (200, [])
    assert told == {name: value for name, value in put.items() if name not in ("outcome", "problem")}
    assert everything() == before


def test_it_says_what_each_rule_lacked(till: Till) -> None:
    till.put(lines=[line(total="99")])
    read = till.get("/orders/web/A-1").json()
    assert (read["points"], read["entries"]) == (0, [])
    [base] = read["unearned"]
    assert (base["rule"], [why["code"] for why in base["because"]]) == ("base", ["lacks.step"])
    assert base["because"][0]["sentence"] == "gives for every NT$100, had NT$99"


def test_nobody_is_told_of_rules_where_nothing_is_left(till: Till) -> None:
    till.put(version_at="2026-05-01T10:00:00+08:00")
    till.put(cancelled=True, version_at="2026-05-02T10:00:00+08:00")
    read = till.get("/orders/web/A-1").json()
    assert (read["net"], read["points"], read["unearned"]) == ("0.00", 0, [])
    assert [entry["kind"] for entry in read["entries"]] == ["earn", "reverse"]


def test_a_guests_order_belongs_to_nobody(till: Till) -> None:
    till.put(customer=...)
    read = till.get("/orders/web/A-1").json()
    assert read["member"] is None
    assert [why["code"] for why in read["unearned"][0]["because"]] == ["lacks.member"]


def test_the_order_of_who_became_part_of_another_is_that_ones(till: Till, shop: Published) -> None:
    first = till.put().json()
    survivor = till.put("B-1", customer="C-2").json()["member"]
    unite(shop.programs, UUID(survivor), UUID(first["member"]), now(shop), number=uuid4(), reason="same", actor="tests")
    read = till.get("/orders/web/A-1").json()
    assert (read["member"], read["points"], read["entries"]) == (survivor, 12, first["entries"])


def test_an_order_of_another_shop_is_not_there(till: Till) -> None:
    Till(open_shop("other")).put()
    refused(till.get("/orders/web/A-1"), "not_found")
