"""Leaving where the program promises money for what is left, and saying what is lost."""

import pytest

from regulars.ledger.claims import Contended
from regulars.members.models import Member
from regulars.programs.queries import Published
from tests.console.pages import text
from tests.portal.conftest import SHOP, comes_in, joined, rich
from tests.teahouse import DOCUMENT, REWARDS, open_teahouse

PAYS_OUT = DOCUMENT.replace("when_short: deficit", "when_short: deficit\n    on_closing: pay_out")


@pytest.fixture
def paying(db: None, monkeypatch: pytest.MonkeyPatch) -> Published:
    monkeypatch.setattr("tests.teahouse.DOCUMENT", PAYS_OUT)
    return open_teahouse(4, REWARDS)


def test_whoever_is_owed_money_does_not_leave_by_themselves(paying: Published) -> None:
    client = joined()
    owed = "Please ask in the shop: we owe you NT$5."
    page = client.get(f"{SHOP}leave")
    assert owed in text(page.content)
    assert "You lose" not in text(page.content)
    answer = client.post(f"{SHOP}leave", {"sure": "yes"})
    assert answer.status_code == 409
    assert owed in text(answer.content)
    assert Member.objects.filter(email="mei@example.com").exists()
    assert "50" in text(client.get(f"{SHOP}card").content)


def test_what_is_lost_is_said(rewarded: Published) -> None:
    said = text(comes_in(rich()).get(f"{SHOP}leave").content)
    assert "points." in said
    assert "You lose 1 reward that you have not used." in said or "rewards that you have not used." in said
    assert "You lose 50 points." in text(joined().get(f"{SHOP}leave").content)


def busy(*_: object, **__: object) -> None:
    raise Contended


def test_leaving_waits_for_nobody_for_long(rewarded: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.members.erasing.record", busy)
    client = joined()
    answer = client.post(f"{SHOP}leave", {"sure": "yes"})
    assert (answer.status_code, "try again in a moment" in text(answer.content)) == (409, True)
    assert Member.objects.filter(email="mei@example.com").exists()
