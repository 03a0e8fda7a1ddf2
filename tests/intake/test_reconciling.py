"""What lists brought and what the ledger holds of it come out the same, however often a list is taken in."""

import json

import pytest
from django.test import override_settings

from regulars.intake.loading.layouts import Balances, Members
from regulars.intake.loading.reconciling import NotOurs, checked, signed
from regulars.intake.loading.totals import Sum
from regulars.intake.models import Load
from regulars.programs.actions import publish
from tests.intake.shop import at
from tests.intake.test_loading import (  # noqa: F401  # fixtures
    BEFORE,
    HELD,
    PEOPLE,
    bring,
    brought,
    history,
    report_of,
    shop,
    take,
)

# ruff: noqa: F811
pytestmark = pytest.mark.django_db


def test_lists_and_ledger_agree(brought, shop):
    report = report_of(shop)
    assert report.agrees
    assert (report.members, report.joined) == (3, 3)
    assert [(one.wallet, one.files, one.ledger, one.moved) for one in report.wallets] == [
        ("credit", Sum(1, 1, 1234), Sum(1, 1, 1234), {"available": 1234}),
        ("points", Sum(2, 3, 357), Sum(2, 3, 357), {"available": 350, "expired": 7}),
    ]
    assert [(one.kind, one.lines, one.taken, one.zero) for one in report.lists] == [
        ("members", 3, 3, 0),
        ("balances", 5, 4, 1),
    ]


def test_they_agree_when_history_lets_a_lot_last_longer(db, tmp_path):
    """Had run out when it was opened; then orders from before lift lin to a tier whose points do not."""
    text = BEFORE.replace("retain: 400", "retain: 400, expires: {points: never}")
    shop = publish("shop", text, at("2000-01-01"), "test")
    take(shop, tmp_path, PEOPLE, Members)
    take(shop, tmp_path, "no,points,wallet,earned,last day\nlin,100,points,2018-06-01,\n")
    assert report_of(shop).wallets[0].moved == {"expired": 100}
    history(shop, tmp_path, "A,2019-05-01 10:00,lin,TEA,1,600\n")
    report = report_of(shop)
    assert report.wallets[0].moved == {"available": 100}
    assert report.agrees


def test_a_list_that_was_cut_short_does_not_agree(bring, shop):
    bring(PEOPLE, Members)
    bring(HELD)
    Load.objects.filter(kind="balances").delete()
    report = report_of(shop)
    assert not report.agrees
    assert {one.wallet: one.difference.points for one in report.wallets} == {"credit": -1234, "points": -357}


def test_a_corrected_list_and_another_mapping_agree_too(bring, shop):
    bring(PEOPLE.replace("ann,2019-07-01", "ann,soon"), Members, "wrong.csv")
    people = bring(PEOPLE, Members, "people.csv")
    assert (people.members, people.known, people.lines) == (1, 2, 3)
    bring(HELD.replace("wu,7,", "wu,x,"), name="wrong.csv")
    held = bring(HELD, name="held.csv")
    assert (held.taken, held.repeated["points"]) == ({"points": Sum(1, 1, 7)}, Sum(1, 2, 350))
    assert bring(HELD, name="held.csv", more="thousands: ' '\n").taken == {}
    report = report_of(shop)
    assert report.agrees
    assert (report.members, [(one.taken, one.repeated) for one in report.lists]) == (
        3,
        [(2, 0), (1, 2), (3, 0), (1, 3), (0, 4)],
    )


@pytest.mark.parametrize("kind", [Members, Balances])
def test_a_list_that_was_stopped_agrees_when_it_went_on(bring, shop, monkeypatch, kind):
    text = PEOPLE if kind is Members else HELD
    if kind is Balances:
        bring(PEOPLE, Members, "people.csv")

    def stop(lines: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(text, kind, progress=stop)
    stopped = report_of(shop)
    assert (stopped.agrees, stopped.lists[-1].finished_at) == (False, "")
    totals = bring(text, kind)
    assert (totals.known, totals.repeated) == (0, {})
    assert report_of(shop).agrees


def test_a_signed_report_is_known_again_and_a_changed_one_is_not(brought, shop):
    report = report_of(shop)
    document = signed(report)
    assert checked(document) == report
    assert checked(json.dumps(json.loads(document)).encode()) == report, "however it is laid out"
    for changed in (document.replace(b"357", b"356"), document[:-40], b"{}", b"[]", b"\xff", b'{"signature": 7}'):
        with pytest.raises(NotOurs):
            checked(changed)
    with override_settings(SECRET_KEY="another"), pytest.raises(NotOurs):
        checked(document)
