"""The member list and a member's page."""

import re
from datetime import datetime

import pytest
from django.test import Client

from regulars.engine.calendar import instant_of
from regulars.engine.facts import Line
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn
from regulars.ledger.connect import raw, rows
from regulars.members import queries as members
from regulars.members.actions import Newcomer, enrol
from regulars.members.models import Member
from regulars.programs.queries import Published
from tests.console.conftest import CUSTOMERS
from tests.console.pages import links, text
from tests.teahouse import NOW, TAIPEI

LIST = "/programs/tea-house/members"


def test_the_list_shows_everybody_with_their_figures(owner: Client, teahouse: Published) -> None:
    page = owner.get(LIST)
    shown = text(page.content)
    assert f"{CUSTOMERS} members" in shown
    for line in members.page(teahouse.id).lines:
        assert (line.name or f"Customer {line.external_id}") in shown


def test_without_the_right_to_names_there_are_none(cashier: Client, teahouse: Published) -> None:
    pages = [cashier.get(LIST), *(cashier.get(url) for url in links(cashier.get(LIST).content, "row-link"))]
    seen = " ".join(text(page.content) for page in pages)
    for line in members.page(teahouse.id).lines:
        for personal in filter(None, (line.name, line.email, line.phone)):
            assert personal not in seen
        assert f"Customer {line.external_id}" in seen


def test_a_name_cannot_be_searched_for_without_that_right(owner: Client, cashier: Client, teahouse: Published) -> None:
    name = next(line.name for line in members.page(teahouse.id).lines if line.name)
    assert name in text(owner.get(LIST, {"search": name}).content)
    assert "Nobody fits" in text(cashier.get(LIST, {"search": name}).content)


def test_an_address_that_stands_for_a_number_is_no_more_to_be_seen(
    owner: Client, cashier: Client, teahouse: Published
) -> None:
    """A file of orders may know customers by their address alone."""
    line = members.page(teahouse.id, sort="-last_order", limit=1).lines[0]
    Member.objects.filter(id=line.id).update(external_id="qwz@tea.example", name="")
    shown = [LIST, f"{LIST}/{line.id}", f"{LIST}/{line.id}/rewards", "/programs/tea-house/orders"]
    order = links(owner.get("/programs/tea-house/orders").content, "row-link")[0]
    for address in [*shown, order]:
        answer = cashier.get(address)
        assert answer.status_code == 200
        assert "qwz" not in answer.content.decode(), address
    assert "qwz@tea.example" in text(owner.get(LIST).content)
    assert "Nobody fits" in text(cashier.get(LIST, {"search": "qwz"}).content)
    assert "Nobody fits" not in text(owner.get(LIST, {"search": "qwz"}).content)


def test_filters_and_order_hold(owner: Client, teahouse: Published) -> None:
    page = owner.get(LIST, {"points": "some", "sort": "-points"})
    points = [int(found.replace(",", "")) for found in re.findall(r"<strong>([\d,]+)</strong>", page.content.decode())]
    assert points == sorted(points, reverse=True)
    assert points
    assert all(points)


def test_pages_follow_each_other_without_losing_anybody(owner: Client, teahouse: Published, monkeypatch) -> None:
    monkeypatch.setattr("regulars.console.listing.PAGE_SIZE", 5)
    seen, url = [], LIST
    while url:
        page = owner.get(url)
        seen += links(page.content, "row-link")
        following = re.search(r'href="([^"]+)" rel="next"', page.content.decode())
        url = LIST + following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == CUSTOMERS


@pytest.mark.parametrize(
    "asked", [{"tier": "diamond"}, {"points": "'"}, {"sort": "password"}, {"last_order": "x"}, {"search": "\0%_'"}]
)
def test_words_that_mean_nothing_are_not_an_error(owner: Client, teahouse: Published, asked: dict[str, str]) -> None:
    assert owner.get(LIST, asked).status_code == 200


def test_a_page_nobody_gave_out_is_not_found(owner: Client, teahouse: Published) -> None:
    assert owner.get(LIST, {"after": "nonsense"}).status_code == 404


@pytest.mark.parametrize("digits", ["9" * 17, "9" * 18, "9" * 4301, "٣"])
def test_a_history_that_begins_nowhere_begins_at_the_newest(owner: Client, teahouse: Published, digits: str) -> None:
    [(member_id,)] = rows(raw(), "SELECT member_id FROM ledger_account ORDER BY entry_seq DESC LIMIT 1")
    newest = text(owner.get(f"{LIST}/{member_id}").content)
    for place in (f"{'9' * 9}.{digits}", f"{digits}.{'9' * 17}"):
        assert text(owner.get(f"{LIST}/{member_id}", {"before": place}).content) == newest


def test_a_program_nobody_published_is_not_found(owner: Client) -> None:
    assert owner.get("/programs/nowhere/members").status_code == 404


def test_every_entry_stands_on_the_members_page_once(owner: Client, teahouse: Published, monkeypatch) -> None:
    """Also over several pages: as many lines as entries, and no order lost between them."""
    monkeypatch.setattr("regulars.storefront.history.ENTRIES", 7)
    [(busiest, entries, orders)] = rows(
        raw(),
        "SELECT a.member_id, a.entry_seq, a.orders FROM ledger_account AS a ORDER BY a.entry_seq DESC LIMIT 1",
    )
    url, lines, titles = f"{LIST}/{busiest}", 0, []
    while url:
        page = owner.get(url).content.decode()
        lines += page.count('class="slip-line"') - page.count("This order earned no points.")
        titles += re.findall(r">Order (\d+-\d+)</a>", page)
        earlier = re.search(r'hx-get="([^"]+)" hx-select', page)
        url = f"{LIST}/{busiest}{earlier[1]}" if earlier else ""
    assert lines == entries
    assert len(titles) == len(set(titles)) >= orders


def test_the_newest_balance_is_what_the_member_has(owner: Client, teahouse: Published) -> None:
    [(member_id, available)] = rows(
        raw(), "SELECT member_id, available FROM ledger_account ORDER BY entry_seq DESC LIMIT 1"
    )
    page = owner.get(f"{LIST}/{member_id}").content.decode()
    balances = re.findall(r"balance </span>([\d,]+)", page)
    assert balances[0] == f"{available:,}"
    assert f'<p class="figure">{available:,}</p>' in page


def test_a_member_of_another_program_is_not_found(owner: Client, teahouse: Published) -> None:
    assert owner.get(f"{LIST}/00000000-0000-4000-8000-000000000000").status_code == 404


def test_an_empty_shop_says_how_members_come(owner: Client, db: None) -> None:
    from tests.teahouse import open_teahouse

    open_teahouse(0)
    assert "They come with their first order" in text(owner.get(LIST).content)
    assert "Orders will appear here" in text(owner.get("/programs/tea-house/orders").content)
    assert "The answer will stand here" in text(owner.get("/programs/tea-house/").content)


def test_points_that_wait_say_when_they_can_be_used(owner: Client, teahouse: Published) -> None:
    """Of an order of 1 March: a week later, for six months from then to the end of a month."""
    paid = instant_of(datetime(2026, 3, 1, 12, tzinfo=TAIPEI))
    enrolled = enrol(teahouse.programs, Newcomer(external_id="9001"), paid - 1, "store", instant_of(NOW))
    member = enrolled.member_id
    order = OrderIn("till", "P-1", (Line("1", "GRN-1", 1, 120_000, "green-tea"),), "9001", paid_at=paid)
    take_orders(teahouse, [order], instant_of(NOW))
    shown = text(owner.get(f"{LIST}/{member}").content)
    assert "120 points pending usable from 8 Mar 2026 until 30 Sep 2026" in shown
    assert "NT$6,000 more to reach Silver Not counted yet: NT$1,200" in shown
    there = text(owner.get(f"{LIST}/{member}", headers={"accept-language": "zh-hant"}).content)
    assert "120 點 待生效 2026年3月8日起可用，至 2026年9月30日" in there
