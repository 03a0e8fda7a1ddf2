"""An order that is missing is entered by hand: looked at first, kept once, and never instead of what a system says."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from regulars.access.models import Change
from regulars.engine.calendar import instant_of
from regulars.engine.facts import Line
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn
from regulars.ledger.connect import raw, rows
from regulars.ledger.queries import statement
from regulars.ledger.verify import verify
from regulars.members import uniting
from regulars.programs.queries import Published, now
from tests.console.conftest import CUSTOMERS, signed_in
from tests.console.pages import text
from tests.rewarded import richest
from tests.rewards.counter import everything
from tests.teahouse import DOCUMENT, open_teahouse

SHOP = "/programs/tea-house"
MISSING = {
    "do": "keep",
    "order": "M-1",
    "source": "till",
    "paid": "2026-02-20T15:30",
    "total-1": "480",
    "quantity-1": "1",
    "store": "Dihua Street",
    "reason": "card_not_shown",
    "words": "showed the receipt",
}


PAID = datetime(2026, 2, 20, 7, 30, tzinfo=UTC)
NO_LONGER = "It no longer stands as it was entered by hand; nothing was changed."
EARLIER = [timedelta(0), timedelta(minutes=1), timedelta(days=1)]


@pytest.fixture
def member(teahouse: Published) -> UUID:
    return richest(teahouse, 1)[0]


def said(client: Client, member: UUID, **changes: str) -> str:
    answer = client.post(f"{SHOP}/members/{member}/enter-order", {**MISSING, **changes}, follow=True)
    return text(answer.content).partition(" Sign out ")[2]


def kept(key: str = "till/M-1") -> list[tuple[object, ...]]:
    return rows(raw(), "SELECT member_id, points FROM ledger_order WHERE key = %s", [key])


def test_what_it_would_earn_is_shown_and_nothing_kept(desk: Client, member: UUID) -> None:
    before = everything()
    shown = said(desk, member, do="look")
    assert "Enter order M-1? Paid NT$480 20 Feb 2026, 15:30 It earns 48 points" in shown
    assert "NT$480 at 1 point for every NT$10 gives 48 points" in shown
    assert everything() == before
    assert not Change.objects.exists()


def test_it_is_kept_once_and_stands_where_it_was_paid(desk: Client, member: UUID) -> None:
    number = str(uuid4())
    shown = said(desk, member, number=number)
    assert "Entered." in shown
    order = "Order M-1 NT$480 store Dihua Street · 1 item · entered by hand · “showed the receipt”"
    assert order in shown
    assert kept() == [(member, 48)]
    before = everything()
    assert "known already; nothing was changed" in said(desk, member, number=number)
    assert everything() == before
    told = [(one.what, one.about, one.actor, one.after) for one in Change.objects.all()]
    after = {"order": "till/M-1", "reason": "card_not_shown"}
    assert told == [("order.entered", f"member:{member}", "staff:service_desk", after)]
    assert "Order entered by hand" in text(signed_in("owner").get(f"{SHOP}/settings/log").content)
    without_names = text(signed_in("cashier").get(f"{SHOP}/members/{member}").content)
    assert "entered by hand" in without_names
    assert "receipt" not in without_names


def sends(shop: Published, member: UUID, paid: datetime, source: str = "till", number: str = "M-1") -> None:
    """The shop's own system hands over NT$600."""
    at, lines = instant_of(paid), (Line("1", "GRN-1", 1, 60_000, "green-tea"),)
    own = OrderIn(source, number, lines, member_id=member, paid_at=at, version_at=at, channel="web")
    [receipt] = take_orders(shop, [own], now(shop))
    assert receipt.outcome == "recorded"


@pytest.mark.parametrize("earlier", EARLIER)
def test_the_shops_own_system_has_the_last_word(
    desk: Client, teahouse: Published, member: UUID, earlier: timedelta
) -> None:
    said(desk, member)
    sends(teahouse, member, PAID - earlier)
    assert kept() == [(member, 60)]
    before = everything()
    for do in ("look", "keep"):
        for total in ("480", "900"):
            shown = said(desk, member, do=do, **{"total-1": total})
            assert "known already; nothing was changed. Order M-1" in shown
    assert everything() == before


@pytest.mark.parametrize("earlier", [-EARLIER[1], *EARLIER])
def test_what_the_shops_own_system_said_first_stays(
    desk: Client, teahouse: Published, member: UUID, earlier: timedelta
) -> None:
    sends(teahouse, member, PAID - earlier)
    before = everything()
    for do in ("look", "keep"):
        answer = desk.post(f"{SHOP}/members/{member}/enter-order", {**MISSING, "do": do})
        assert "known already; nothing was changed" in text(answer.content)
        assert f'href="{SHOP}/orders/till/M-1"' in answer.content.decode()
    assert everything() == before
    assert kept() == [(member, 60)]


def test_a_number_counts_once_wherever_it_came_from(desk: Client, teahouse: Published, member: UUID) -> None:
    sends(teahouse, member, PAID)
    sends(teahouse, member, PAID - timedelta(days=300), "50% shop/2", "M-2")
    for place in range(210):
        sends(teahouse, member, PAID + timedelta(minutes=place), "web", f"W-{place}")
    offered = desk.get(f"{SHOP}/members/{member}/enter-order").content.decode()
    assert '<option value="web">web</option><option value="till">' in offered
    assert '<option value="50% shop/2">' in offered
    before = everything()
    for do in ("look", "keep"):
        for number, source in (("M-1", "desk"), ("M-1", "50% shop/2"), ("M-2", "desk"), ("M-2", "till")):
            shown = said(desk, member, do=do, order=number, source=source)
            assert f"known already; nothing was changed. Order {number}" in shown
    assert everything() == before


def test_colleagues_who_both_looked_first_enter_it_once(desk: Client, member: UUID) -> None:
    colleague = signed_in("service_desk", "second")
    for client in (desk, colleague):
        assert "It earns 48 points" in said(client, member, do="look")
    said(desk, member)
    before = everything()
    assert "and otherwise. Order M-1" in said(colleague, member, paid="2026-02-20T15:31")
    assert "and otherwise. Order M-1" in said(colleague, member, paid="2026-02-20T15:29")
    assert "known already; nothing was changed. Order M-1" in said(colleague, member, source="desk")
    assert everything() == before


def test_the_same_form_enters_another_order(desk: Client, member: UUID) -> None:
    number = str(uuid4())
    assert "Entered." in said(desk, member, number=number)
    assert "Entered." in said(desk, member, number=number, order="M-2")
    assert kept("till/M-2") == [(member, 48)]


def takes_back(client: Client, key: str = "till/M-1", **changes: str) -> str:
    sent = {"words": "typed 4800", "do": "keep", **changes}
    answer = client.post(f"{SHOP}/entered/{key}", sent, follow=True)
    return text(answer.content).partition(" Sign out ")[2] if answer.status_code == 200 else str(answer.status_code)


def test_what_was_mistyped_is_taken_back_and_entered_again(
    desk: Client, cashier: Client, teahouse: Published, member: UUID
) -> None:
    untouched = standing(teahouse, member)
    said(desk, member, **{"total-1": "4800"})
    address, order = f"{SHOP}/entered/till/M-1", f"{SHOP}/orders/till/M-1"
    assert address in desk.get(order).content.decode()
    assert address not in signed_in("auditor").get(order).content.decode()
    assert cashier.post(address, {"words": "x", "do": "keep"}).status_code == 403
    before = everything()
    looked = takes_back(desk, do="look")
    assert "480 points" in looked
    assert "arrived late" not in looked
    assert re.search(rf'<a href="{SHOP}/orders"[^>]*aria-current="page"', desk.get(address).content.decode())
    assert "Say why" in takes_back(desk, words=" ")
    assert everything() == before
    assert "Taken back." in takes_back(desk)
    assert standing(teahouse, member) == untouched
    before = everything()
    assert NO_LONGER in takes_back(desk)
    assert everything() == before
    assert address not in desk.get(order).content.decode()
    assert "Entered." in said(desk, member)
    assert kept() == [(member, 48)]
    assert Change.objects.filter(what="order.taken_back", actor="staff:service_desk").count() == 1
    assert "Order entered by hand taken back" in text(signed_in("owner").get(f"{SHOP}/settings/log").content)
    assert "“showed the receipt · typed 4800 · showed the receipt”" in text(
        desk.get(f"{SHOP}/members/{member}").content
    )
    before = everything()
    assert "known already; nothing was changed" in said(desk, member, do="look")
    assert "Taken back." in takes_back(desk)
    assert standing(teahouse, member) == untouched
    sends(teahouse, member, PAID - timedelta(days=1))
    assert kept() == [(member, 60)]
    assert NO_LONGER in takes_back(desk)
    assert verify(raw(), teahouse.programs).is_exact


def test_what_was_taken_back_may_be_anothers_or_another_systems(
    desk: Client, teahouse: Published, member: UUID
) -> None:
    other = richest(teahouse, 2)[1]
    untouched = standing(teahouse, member)
    said(desk, member)
    takes_back(desk)
    assert "Entered." in said(desk, other)
    assert kept() == [(other, 48)]
    assert standing(teahouse, member) == untouched
    takes_back(desk)
    assert "Entered." in said(desk, member, source="desk")
    assert "known already; nothing was changed" in said(desk, member)


def test_what_a_system_said_is_not_taken_back_by_hand(desk: Client, teahouse: Published, member: UUID) -> None:
    said(desk, member)
    sends(teahouse, member, PAID)
    before = everything()
    assert f"{SHOP}/entered/" not in desk.get(f"{SHOP}/orders/till/M-1").content.decode()
    for do in ("look", "keep"):
        assert NO_LONGER in takes_back(desk, do=do)
    assert takes_back(desk, "till/nothing") == "404"
    assert everything() == before


def united(shop: Published, member: UUID, other: UUID) -> str:
    """The number of the merge."""
    number = uuid4()
    uniting.unite(
        shop.programs, member, other, now(shop), number=number, reason="same_person", actor="person:1", words="x"
    )
    return str(number)


def test_those_who_were_one_keep_their_own(desk: Client, teahouse: Published, member: UUID) -> None:
    other = richest(teahouse, 2)[1]
    said(desk, other)
    merge = united(teahouse, member, other)
    assert "Taken back." in takes_back(desk)
    assert "Entered." in said(desk, member)
    uniting.part(
        teahouse.programs, member, merge, now(teahouse),
        number=uuid4(), reason="mistake", actor="person:1", words="x",
    )  # fmt: skip
    before = standing(teahouse, other)
    assert "Entered." in said(desk, member, order="M-2")
    assert "Taken back." in takes_back(desk)
    assert standing(teahouse, other) == before
    assert kept() == [(member, 0)]
    assert kept("till/M-2") == [(member, 48)]
    assert verify(raw(), teahouse.programs).is_exact


def standing(shop: Published, member: UUID) -> object:
    held = statement(raw(), shop.programs, member, now(shop))
    assert held is not None
    return held.balances, held.tier, held.progress


def test_of_somebody_who_became_part_of_another_the_form_is_that_ones(
    desk: Client, teahouse: Published, member: UUID
) -> None:
    other = richest(teahouse, 2)[1]
    united(teahouse, member, other)
    address = f"{SHOP}/members/{other}/enter-order"
    answer = desk.get(address, follow=True)
    assert answer.redirect_chain == [(f"{SHOP}/members/{member}/enter-order", 302)]
    assert "This is the account of the member they are part of." in text(answer.content)
    before = everything()
    assert desk.post(address, MISSING).status_code == 302
    assert everything() == before


def test_what_is_known_of_somebody_else_or_otherwise_stays(desk: Client, teahouse: Published, member: UUID) -> None:
    said(desk, member)
    before = everything()
    assert "and otherwise" in said(desk, member, **{"total-1": "900"})
    assert "as a guest’s or another member’s" in said(desk, member, order="G-0", paid="2025-02-01T10:00")
    assert "An order of this number is known already" in said(desk, member, order="G-0", source="desk")
    assert everything() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": " "},
        {"order": "a\nb"},
        {"source": "nowhere"},
        {"paid": ""},
        {"paid": "yesterday"},
        {"paid": "2026-02-20T15:30Z"},
        {"paid": "2026-02-20T15:30+09:00"},
        {"paid": "2026-03-06T10:00"},
        {"paid": "1970-01-01T00:00"},
        {"total-1": ""},
        {"total-1": "0"},
        {"total-1": "-5"},
        {"total-1": "9" * 15},
        {"sku-2": "OOL-1"},
        {"quantity-1": "0"},
        {"reason": ""},
        {"reason": "whim"},
        {"words": " "},
    ],
)
def test_a_form_that_says_too_little_changes_nothing(desk: Client, member: UUID, wrong: dict[str, str]) -> None:
    before = everything()
    for do in ("look", "keep"):
        answer = desk.post(f"{SHOP}/members/{member}/enter-order", {**MISSING, **wrong, "do": do})
        assert 'aria-invalid="true"' in answer.content.decode(), do
    assert everything() == before


def test_what_earns_more_than_one_person_may_give_is_not_theirs(
    desk: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of each order by itself: nobody adds up what one person enters."""
    limited = DOCUMENT.replace("    pending: 7 days\n", "    pending: 7 days\n    approve_above: 50 points\n")
    monkeypatch.setattr("tests.teahouse.DOCUMENT", limited)
    [member] = richest(open_teahouse(CUSTOMERS), 1)
    before = everything()
    for do in ("look", "keep"):
        assert "more than one person may give" in said(desk, member, do=do, **{"total-1": "9000"})
    assert everything() == before
    assert "Entered." in said(desk, member)
    assert "Entered." in said(signed_in("owner"), member, order="M-2", **{"total-1": "9000"})


def test_lines_count_by_their_category(desk: Client, member: UUID) -> None:
    goods = {"category-1": "oolong", "total-2": "120", "sku-2": "CAKE-1", "category-2": "cake", "quantity-2": "2"}
    assert "Entered." in said(desk, member, **goods)
    assert kept() == [(member, 48 + 48 + 12)]


def test_only_those_who_may_see_the_way_there(cashier: Client, desk: Client, member: UUID) -> None:
    address = f"{SHOP}/members/{member}/enter-order"
    assert address in desk.get(f"{SHOP}/members/{member}").content.decode()
    assert address not in cashier.get(f"{SHOP}/members/{member}").content.decode()
    assert cashier.post(address, MISSING).status_code == 403
