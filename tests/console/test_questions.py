"""What a page asks does not grow with what stands on it: with drafts, or with all that happened to a member."""

from uuid import uuid4

import pytest
from django.test import Client

from regulars.access.actions import create_staff
from regulars.intake.reckonings import begin_plan, work_out
from regulars.intake.stating import Stated
from regulars.ledger.connect import raw, rows
from regulars.programs import drafting
from regulars.programs.models import ProgramDraft
from regulars.programs.queries import Published, now
from regulars.project.paging.questions import questions
from regulars.rewards.actions.adjusting import Wish, adjust
from tests.console.conftest import signed_in
from tests.fullhouse import open_full_house
from tests.rewarded import richest

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = "/programs/tea-house"
QUERIES = 15


@pytest.fixture
def shop() -> Published:
    return open_full_house()


@pytest.fixture
def boss(shop: Published) -> Client:
    return signed_in("owner")


def asked(client: Client, where: str, **sent: object) -> int:
    """Questions of a page that was looked at before."""
    for _ in range(2):
        with questions() as found:
            answer = client.post(f"{SHOP}/{where}", sent) if sent else client.get(f"{SHOP}/{where}")
        assert answer.status_code == 200, where
    return len(found)


def test_drafts_of_the_program_cost_the_same_however_many(shop: Published, boss: Client) -> None:
    document = ProgramDraft.objects.first().document
    before = asked(boss, "program")
    for place in range(6):
        number = drafting.begin_draft(shop.slug, "staff:owner", document=document, note=f"{place}")
        begun = begin_plan(shop, ProgramDraft.objects.get(pk=number), Stated())
        work_out(begun.pk)
    assert "plan" in boss.get(f"{SHOP}/program").content.decode()
    assert asked(boss, "program") == before <= QUERIES


def test_a_member_to_whom_everything_happened_costs_no_more(shop: Published, boss: Client) -> None:
    member, *others = richest(shop, 12)
    create_staff("s1", "a password of some length", "owner", name="S")
    for place in (6, 8):
        boss.post(f"{SHOP}/members/{member}/notes", {"words": "likes it dark", "number": str(uuid4())})
        adjust(shop.programs, member, Wish("points", 3, "goodwill", "w"), now(shop), actor="staff:s1")
        sent = {"with": str(others[place]), "words": "x", "number": str(uuid4())}
        assert boss.post(f"{SHOP}/members/{member}/merge", sent).status_code == 302
    assert asked(boss, f"members/{member}") <= QUERIES


def test_a_preview_asks_no_more_than_a_page(shop: Published, boss: Client) -> None:
    [member] = richest(shop, 1)
    mine = "SELECT id FROM rewards_issued WHERE state = 'issued' AND member_id = %s"
    owned = [str(one) for (one,) in rows(raw(), mine, [member])]
    chosen = {"amount": "1280", "reward": ["hundred-off", "tea-sampler"], "points": "10", "issued": owned}
    for where, sent in (
        (f"members/{member}/adjust", {"wallet": "points", "way": "give", "points": "5", "reason": "goodwill"}),
        (f"till/{member}", chosen),
        (f"till/{member}", {"amount": "1280", "reward": ["hundred-off"], "code": "SPRING", "do": "look"}),
    ):
        assert asked(boss, where, **sent) <= QUERIES, where
