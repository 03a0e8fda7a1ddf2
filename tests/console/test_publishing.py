"""Publishing in the console: nothing goes out that was not shown, and what is said of earlier orders is so."""

import re

import pytest
from django.test import Client

from regulars.engine.facts import Line
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn
from regulars.ledger.connect import raw
from regulars.ledger.queries import every_account
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.models import ProgramDraft, ProgramVersion
from regulars.programs.opening import open_program
from regulars.programs.presets.starting import Own, started
from regulars.programs.queries import Published, now
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.console.test_drafts import OTHER, begun, only
from tests.teahouse import DOCUMENT

OWN = Own("corner", "TWD", "Asia/Taipei", "Corner")
SPENT = (500, 9_000, 20_000, 60_000)
DAY_US = 86_400_000_000


def bought(program: Published) -> None:
    """Four customers who came back for two years; the last three buy enough in the last twelve months for a tier."""
    today = now(program)
    orders = []
    for customer, spent in enumerate(SPENT, 1):
        for month in range(1, 25):
            paid = today - month * 30 * DAY_US
            lines = (Line("1", "TEA", 1, spent * 100 // 12, ""),)
            orders.append(OrderIn("old", f"{customer}-{month}", lines, f"C-{customer}", paid_at=paid, version_at=paid))
    orders.sort(key=lambda order: order.paid_at or 0)
    take_orders(program, orders, today)


def standing(program: Published) -> list[str]:
    return sorted(
        one.standing.tier for _, one in every_account(raw(), program.programs, now(program)) if one.enrolled_at
    )


@pytest.mark.parametrize("starts", ["0001-01-01T00:00", "9999-12-31T23:59", "2127-01-01T00:00"])
def test_a_version_that_nobody_would_live_to_see_is_not_published(teahouse: Published, starts: str) -> None:
    mei = signed_in("program_manager")
    number = begun(mei).rpartition("/")[2]
    ProgramDraft.objects.update(document=DOCUMENT.replace("6000", "5000"))
    answer = mei.post(f"/programs/tea-house/program/drafts/{number}/publish", {"edition": "1", "starts": starts})
    assert "Say a day and a time, or leave it empty." in text(answer.content)
    assert ProgramVersion.objects.count() == 1


def test_history_counts_towards_the_tiers_of_a_program_opened_in_the_console(owner: Client) -> None:
    program, number = open_program("tiered", OWN, "staff:owner")
    bought(program)
    assert standing(program) == ["gold", "member", "member", "silver"]
    page = text(owner.get(f"/programs/corner/program/drafts/{number}/publish").content)
    assert "The orders that are here already give no points" in page
    assert "They do count towards the tiers" in page
    assert "What it begins with" in page
    assert "version 1" not in page
    moved = text(owner.get(f"/programs/corner/program/drafts/{number}/moves").content)
    assert "They do count towards the tiers" in moved
    assert "so nobody moves" in moved


def test_tiers_that_begin_with_a_version_begin_at_nothing_and_it_says_so(owner: Client) -> None:
    """A program whose books were opened without tiers."""
    whole = started("tiered", OWN).program
    bare = re.sub(r"^tiers:\n(?:  .*\n)+", "", whole, flags=re.MULTILINE)
    bare = re.sub(r"^(?:earn|benefits|rewards):\n(?:  .*\n)+", "", bare, flags=re.MULTILINE)
    bought(publish("corner", bare, real_now(), "staff:owner"))
    number = ProgramDraft.objects.create(
        program_id=ProgramVersion.objects.get().program_id, document=whole, based_on=1, written_by=["staff:owner"]
    ).pk
    page = text(owner.get(f"/programs/corner/program/drafts/{number}/publish").content)
    assert "They do not count towards the tiers, which begin with this version: every member begins on Member" in page
    moved = text(owner.get(f"/programs/corner/program/drafts/{number}/moves").content)
    assert "4 members begin on Member." in moved
    assert "nobody moves" not in moved


def test_what_is_published_was_shown_first(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    asked = mei.post(address, {"edition": "1", "document": OTHER, "note": "Spring", "do": "publish"})
    assert asked["Location"] == f"{address}/publish"
    assert ProgramVersion.objects.count() == 1
    page = mei.get(asked["Location"])
    said = text(page.content)
    assert "Points on every order – gives: 1 point for every NT$8 (was 1 point for every NT$10)" in said
    assert "keep the points that they gave" in said
    assert "Nobody has planned this draft yet" in said
    assert "No story tests it yet." in said
    assert f'action="{address}/plan/begin"' in page.content.decode()
    done = mei.post(asked["Location"], {"edition": "2"})
    assert done["Location"] == "/programs/tea-house/program/2"
    assert mei.get(asked["Location"])["Location"] == address


def test_what_was_changed_since_it_was_shown_is_not_published(teahouse: Published) -> None:
    mei, lin = signed_in("program_manager"), signed_in("owner")
    address = begun(mei)
    mei.post(address, {"edition": "1", "document": OTHER, "do": "publish"})
    lin.post(address, {"edition": "2", "document": OTHER.replace("per 8 TWD", "per 7 TWD"), "do": "save"})
    refused = mei.post(f"{address}/publish", {"edition": "2"})
    assert refused.status_code == 409
    assert "Owner saved another text meanwhile" in text(refused.content)
    assert "1 point for every NT$7" in text(refused.content)
    assert ProgramVersion.objects.count() == 1


def test_what_is_wrong_has_no_button(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    mei.post(address, {"edition": "1", "document": DOCUMENT.replace("1 point per 10", "1 point each 10"), "do": "save"})
    page = mei.get(f"{address}/publish")
    assert "2 things are wrong" in text(page.content)
    assert 'name="edition"' not in page.content.decode()
    assert mei.post(f"{address}/publish", {"edition": "2"}).status_code == 409
    assert (only().state, ProgramVersion.objects.count()) == ("draft", 1)


def test_who_moves_has_names_that_lead_to_the_members(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    eased = DOCUMENT.replace("reach: 6000, retain: 4000", "reach: 2000, retain: 2000")
    mei.post(address, {"edition": "1", "document": eased, "do": "save"})
    page = mei.get(f"{address}/moves").content.decode()
    count = re.search(r"(\d+) members rise from Member to Silver", page)
    people = re.findall(r'<a href="(/programs/tea-house/members/[0-9a-f-]{36})">([^<]+)</a>', page)
    assert count
    assert len(people) == int(count[1])
    where, name = people[0]
    assert name in text(mei.get(where).content)
