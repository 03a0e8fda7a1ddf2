"""The order list, an order's page, and the program's page."""

import re

import pytest
from django.test import Client

from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published
from tests.console.pages import links, text
from tests.teahouse import DOCUMENT

LIST = "/programs/tea-house/orders"


def test_pages_of_orders_follow_each_other_without_losing_one(owner: Client, teahouse: Published, monkeypatch) -> None:
    monkeypatch.setattr("regulars.console.order_lines.PAGE_SIZE", 40)
    seen, url = [], LIST
    while url:
        page = owner.get(url)
        seen += links(page.content, "row-link")
        following = re.search(r'href="([^"]+)" rel="next"', page.content.decode())
        url = LIST + following[1] if following else ""
    [(count,)] = rows(raw(), "SELECT count(*) FROM ledger_order")
    assert len(seen) == len(set(seen)) == count


@pytest.mark.parametrize("place", ["9" * 17 + ".", "9" * 18 + ".web/1", "9" * 4301 + ".", "٣.web/1", "1.\0", "1"])
def test_a_list_that_begins_nowhere_begins_at_the_newest(owner: Client, teahouse: Published, place: str) -> None:
    assert links(owner.get(LIST, {"after": place}).content, "row-link") == links(owner.get(LIST).content, "row-link")


def test_an_order_shows_what_came_back_and_what_it_earned(owner: Client, teahouse: Published) -> None:
    [(key, points)] = rows(
        raw(), "SELECT key, points FROM ledger_order WHERE refunded_minor > 0 AND points > 0 ORDER BY key LIMIT 1"
    )
    shown = text(owner.get(f"{LIST}/{key}").content)
    assert f"This order earned {points} point" in shown
    assert "1 returned" in shown
    assert "came back" in shown


def test_a_guests_order_says_why_it_earned_nothing(owner: Client, teahouse: Published) -> None:
    shown = text(owner.get(f"{LIST}/till/G-0").content)
    assert "Guest" in shown
    assert "nobody showed a card" in shown


def test_an_unknown_order_is_not_found(owner: Client, teahouse: Published) -> None:
    assert owner.get(f"{LIST}/till/never").status_code == 404
    assert owner.get(f"{LIST}/till/%00").status_code == 404


def test_names_are_hidden_here_too(cashier: Client, owner: Client, teahouse: Published) -> None:
    names = [name for (name,) in rows(raw(), "SELECT DISTINCT name FROM members_member WHERE name <> ''")]
    assert any(name in text(owner.get(LIST).content) for name in names)
    pages = [cashier.get(LIST), *(cashier.get(url) for url in links(cashier.get(LIST).content, "row-link")[:5])]
    seen = " ".join(text(page.content) for page in pages)
    assert not [name for name in names if name in seen]


def test_the_program_shows_the_document_as_it_was_published(owner: Client, teahouse: Published) -> None:
    page = owner.get("/programs/tea-house/program")
    assert " ".join(DOCUMENT.split()) in text(page.content)
    assert "1 point for every NT$10" in text(page.content)
    assert owner.get("/programs/tea-house/program/1").status_code == 200
    assert owner.get("/programs/tea-house/program/9").status_code == 404
