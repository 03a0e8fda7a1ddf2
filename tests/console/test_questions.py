"""What a page asks does not grow with what stands on it: with drafts, or with all that happened to a member."""

import pytest
from django.test import Client

from regulars.intake.reckonings import begin_plan, work_out
from regulars.intake.stating import Stated
from regulars.ledger.connect import raw, rows
from regulars.programs import drafting
from regulars.programs.models import ProgramDraft
from regulars.programs.queries import Published
from regulars.project.paging.questions import questions
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
