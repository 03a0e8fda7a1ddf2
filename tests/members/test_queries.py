"""The member list: found by the beginning of any word, filtered, sorted, paged without losing or doubling anybody."""

from base64 import urlsafe_b64decode as b64decode
from dataclasses import dataclass
from uuid import UUID

import pytest

from regulars.engine.calendar import datetime_of
from regulars.ledger.receipt import Incoming
from regulars.members import queries
from regulars.members.actions import Newcomer, register
from regulars.members.queries import Filters, count, get, get_external, page
from tests.ledger.shop import at, let_time_pass, order, put_all

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Shop:
    ids: dict[str, UUID]


PEOPLE = [
    Newcomer("C-100", "9001", "Mei Chen", "mei@tea.example", "0912-345"),
    Newcomer("C-101", "9002", "Anna Chen-Lee", "anna@tea.example", ""),
    Newcomer("C-102", "", "王小明", "", "0987"),
    Newcomer("D-100", "", "", "", ""),
    Newcomer("D_%", "", "O'Neil \\ Ops", "", ""),
]
# Who bought what, and when: (external id, number of the order, paid, TWD).
ORDERS = [
    ("C-100", "1", "2026-03-01 10:00", 6000),
    ("C-100", "2", "2026-06-01 10:00", 100),
    ("C-101", "3", "2026-12-01 10:00", 1000),
    ("D-100", "4", "2026-12-30 10:00", 300),
]


@pytest.fixture
def shop() -> Shop:
    ids = register(1, PEOPLE)
    register(2, [Newcomer("C-100", name="Mei of another program")])
    put_all([Incoming(ids[who], order(number, paid, total, category="cups")) for who, number, paid, total in ORDERS])
    let_time_pass()
    return Shop(ids)


def found(**asked: object) -> list[str]:
    return [line.external_id for line in page(1, **asked).lines]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", ["C-101", "D-100", "C-100", "D_%", "C-102"]),
        ("mei", ["C-100"]),
        ("MEI", ["C-100"]),
        ("chen", ["C-101", "C-100"]),
        ("chen mei", ["C-100"]),
        ("ch an", ["C-101"]),
        ("hen", []),
        ("c-1", ["C-101", "C-100", "C-102"]),
        ("900", ["C-101", "C-100"]),
        ("anna@tea", ["C-101"]),
        ("0912", ["C-100"]),
        ("王", ["C-102"]),
        ("o'n", ["D_%"]),
        ("\\", ["D_%"]),
        ("d_", ["D_%"]),
        ("a\0nna", ["C-101"]),
        ("mei | anna", []),
        ("!mei", []),
        ("':*", []),
        ("x" * 500, []),
    ],
)
def test_search(shop: Shop, search: str, expected: list[str]) -> None:
    assert found(search=search) == expected
    assert count(1, search) == len(expected)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(tier="silver"), ["C-100"]),
        (Filters(tier="member"), ["C-101", "D-100"]),
        (Filters(has_points=True), ["C-101", "D-100"]),
        (Filters(has_points=False), ["C-100", "D_%", "C-102"]),
        (Filters(ordered_since=datetime_of(at("2026-12-01 10:00"))), ["C-101", "D-100"]),
        (Filters(ordered_since=datetime_of(at("2026-12-01 10:00") + 1)), ["D-100"]),
        (Filters(not_ordered_since=datetime_of(at("2026-12-01 10:00"))), ["C-100", "D_%", "C-102"]),
        (Filters(not_ordered_since=datetime_of(at("2026-12-01 10:00") + 1)), ["C-101", "C-100", "D_%", "C-102"]),
        (Filters(made=True), []),
        (Filters(made=False, tier="silver", has_points=False), ["C-100"]),
    ],
)
def test_filters(shop: Shop, filters: Filters, expected: list[str]) -> None:
    assert found(filters=filters) == expected
    assert count(1, filters=filters) == len(expected)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["C-101", "D-100", "C-100", "D_%", "C-102"]),
        ("-spend", ["C-100", "C-101", "D-100"]),
        ("-last_order", ["D-100", "C-101", "C-100"]),
        ("-points", ["C-101", "D-100"]),
    ],
)
def test_sorts_and_pages(shop: Shop, sort: str, expected: list[str]) -> None:
    everybody = found(sort=sort)
    assert everybody[: len(expected)] == expected
    turned = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    assert found(sort=turned) == everybody[::-1]
    walked, after = [], None
    for _ in range(len(PEOPLE)):
        one = page(1, sort=sort, after=after, limit=1)
        walked += [line.external_id for line in one.lines]
        after = one.after
    assert after is None
    assert walked == everybody


def test_whoever_bought_last_is_found_alike_with_a_search_and_without(shop: Shop) -> None:
    buyers = [line.external_id for line in page(1, sort="-last_order").lines if line.last_order_at]
    assert [number for number in buyers if number.startswith("C-")] == found(sort="-last_order", search="c-1")[:2]
    for filters in (Filters(has_points=True), Filters(tier="silver"), Filters(ordered_since=datetime_of(0))):
        one = found(sort="-last_order", filters=filters)
        assert one == found(sort="last_order", filters=filters)[::-1]
        assert page(1, sort="-last_order", filters=filters, limit=1).lines[0].external_id == one[0]


@pytest.mark.parametrize("token", ["x", "W10", "WyJhIiwxXQ", "é", "=" * 9])
def test_a_place_we_never_gave_out_is_refused(shop: Shop, token: str) -> None:
    with pytest.raises(ValueError, match="not a place"):
        page(1, after=token)


def test_a_place_in_another_list_is_refused(shop: Shop) -> None:
    by_name = page(1, limit=1).after
    with pytest.raises(ValueError, match="not a place in this list"):
        page(1, sort="-points", after=by_name)
    with pytest.raises(ValueError, match="no such sort"):
        page(1, sort="size")


def test_a_page_is_never_longer_than_the_limit(shop: Shop, monkeypatch) -> None:
    monkeypatch.setattr(queries, "PAGE_LIMIT", 2)
    assert len(page(1, limit=1_000_000).lines) == 2


def test_without_leave_nothing_personal_comes_out(shop: Shop) -> None:
    line = get(1, shop.ids["C-100"], personal=False)
    assert line is not None
    assert (line.external_id, line.card, line.name, line.email, line.phone) == ("C-100", "9001", "", "", "")
    assert found(search="mei", personal=False) == []
    assert found(search="C-1", personal=False) == ["C-100", "C-101", "C-102"]
    assert found(search="9001", personal=False) == ["C-100"]
    assert found(search="D_", personal=False) == ["D_%"]
    assert found(personal=False) == ["C-100", "C-101", "C-102", "D-100", "D_%"], "in order of the number, not the name"


NAMING = ("mei@tea.example", "0912345678", "0912-345-678", "+852 9123 4567", "886912345678", "138 1234 5678")
LANDLINES = ("02-2345-6789", "(02)23456789", "(02) 2345 6789", "037-123456", "010-12345678", "0571-1234567")
PLAIN = ("C-100", "0912", "100200", "6940095774905", "09123456789", "Tea 1", "0223456789", "23456789", "001-123456")


@pytest.mark.parametrize("number", [*NAMING, *LANDLINES, *PLAIN])
def test_a_number_that_names_somebody_is_kept_back_like_a_name(number: str) -> None:
    ids = register(1, [Newcomer(number, "9001"), Newcomer("Z-1", f"{number}")])
    mine, other = ({line.id: line for line in page(1, personal=leave).lines}[ids[number]] for leave in (True, False))
    carded = get(1, ids["Z-1"], personal=False)
    known = get_external(1, number, personal=False)
    assert known is not None, "whoever is told the number finds its member"
    assert carded is not None
    assert mine.external_id == number
    shown = number if number in PLAIN else ""
    assert (other.external_id, known.external_id, carded.card) == (shown, shown, shown)
    assert len(found(search=number[:3], personal=False)) == count(1, number[:3], personal=False)
    assert count(1, number[:3], personal=False) == (2 if number in PLAIN else 0)


def test_no_place_in_a_list_holds_a_number_that_names_somebody() -> None:
    register(1, [Newcomer(f"{name}@tea.example") for name in ("anna", "mei", "wang")])
    after = page(1, limit=1, personal=False).after
    assert after is not None
    assert b"tea.example" not in b64decode(after + "==")
    assert len(page(1, after=after, personal=False).lines) == 2


def test_one_member(shop: Shop) -> None:
    line = get_external(1, "C-100")
    assert line == get(1, shop.ids["C-100"])
    assert line is not None
    assert (line.name, line.tier, line.orders, line.spend_minor) == ("Mei Chen", "silver", 2, 610_000)
    assert line.last_order_at == datetime_of(at("2026-06-01 10:00"))
    assert get_external(1, "c-100") is None
    assert get_external(1, "") is None
    assert get(2, shop.ids["C-100"]) is None, "of another program"


TAIPEI, HONG_KONG, SHANGHAI = "0912-345-678", "+852 9123 4567", "138 1234 5678"


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("0912345678", ["TW"]),
        ("0912 345 678", ["TW"]),
        ("+886912345678", ["TW"]),
        ("+886 (0)912-345-678", ["TW"]),
        ("00886912345678", ["TW"]),
        ("91234567", ["HK"]),
        ("852 91234567", ["HK"]),
        ("+8613812345678", ["CN"]),
        ("13812345678", ["CN"]),
        ("345678", []),
        ("12345", []),
    ],
)
def test_a_telephone_number_is_found_however_it_is_written(search: str, expected: list[str]) -> None:
    people = (("TW", TAIPEI), ("HK", HONG_KONG), ("CN", SHANGHAI))
    register(1, [Newcomer(number, phone=phone) for number, phone in people])
    assert found(search=search) == expected
    assert count(1, search) == len(expected)
    assert [line.external_id for line in queries.get_phone(1, search)] == expected
    assert found(search=search, personal=False) == []
