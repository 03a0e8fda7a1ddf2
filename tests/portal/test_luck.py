"""Draws on a member's phone: the chances before the price, one opening for a ticket, and what it won."""

import re

import pytest
from django.test import Client

from regulars.engine.calendar import DAY
from regulars.ledger.connect import raw, rows
from regulars.programs.models import Program
from regulars.programs.queries import Published, now
from regulars.rewards import seeds
from tests.console.pages import text
from tests.portal.conftest import SHOP, comes_in, joined, rich
from tests.teahouse import DRAWING, open_teahouse


@pytest.fixture
def drawing(db: None) -> Published:
    return open_teahouse(12, DRAWING)


def takes_ticket(client: Client) -> str:
    """Where the ticket is that the member bought."""
    number = re.search(r'name="number" value="([0-9a-f-]{36})"', client.get(f"{SHOP}rewards/wheel").content.decode())
    assert number
    return str(client.post(f"{SHOP}rewards/wheel", {"number": number[1]})["Location"])


def test_the_chances_are_told_before_the_price_is_paid(drawing: Published) -> None:
    said = text(comes_in(rich()).get(f"{SHOP}rewards/wheel").content)
    for words in ("A tea pot", "1 in 100", "1 in 200", "No prize", "Take it for 20 points"):
        assert words in said, words
    open_to_all = text(Client().get(SHOP).content)
    for words in ("A tea pot", "1 in 100", "1 in 200", "No prize"):
        assert words in open_to_all, words
    assert "get a ticket that you can open at once" in said
    assert "code to show" not in said


def test_a_ticket_is_opened_once(drawing: Published) -> None:
    client = comes_in(rich())
    place = takes_ticket(client)
    said = text(client.get(place).content)
    assert "Open it" in said
    assert "You won" not in said
    assert client.post(f"{place}/open")["Location"] == place
    told = text(client.get(place).content)
    assert "You won" in told or "Nothing this time." in told
    assert "Open it" not in told
    client.post(f"{place}/open")
    assert text(client.get(place).content) == told
    assert rows(raw(), "SELECT count(*) FROM rewards_draw") == [(1,)]


def test_a_member_can_check_what_was_drawn(drawing: Published) -> None:
    client = comes_in(rich())
    place = takes_ticket(client)
    assert "How this was drawn" not in text(client.get(place).content)
    client.post(f"{place}/open")
    assert "2026-03-05/1" in text(client.get(place).content)
    [(digest, told)] = rows(raw(), "SELECT digest, seed FROM rewards_seed WHERE day = '2026-03-05'")
    assert (bytes(digest).hex() in client.get(place).content.decode(), told) == (True, None)
    Program.objects.filter(id=drawing.id).update(clock_offset_us=drawing.clock_offset_us + 2 * DAY)
    [day] = seeds.days(raw(), drawing.programs, now(drawing) + 2 * DAY, "2026-03-05")
    assert day.seed.hex() in client.get(place).content.decode()


def test_nobody_opens_the_ticket_of_somebody_else(drawing: Published) -> None:
    place = takes_ticket(comes_in(rich()))
    assert joined().post(f"{place}/open").status_code == 404
    assert rows(raw(), "SELECT count(*) FROM rewards_draw") == [(0,)]
