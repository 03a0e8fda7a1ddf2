"""The lake written from the ledger: the same figures as the ledger's own, in one snapshot, replaced as a whole."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from regulars.engine.facts import RefundLine
from regulars.insight import actions, periods, queries
from regulars.insight.figures.membership import pyramid
from regulars.insight.figures.points import flow_until
from regulars.insight.lake import Lake, folder_of
from regulars.intake.actions import take_orders
from regulars.intake.orders import LateRefund, RefundIn
from regulars.ledger.connect import raw, rows, run
from regulars.ledger.due import advance_due
from regulars.programs.queries import Published, now
from tests.intake import shop

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = periods.month(2019, 3)


@pytest.fixture
def published(settings: Settings, tmp_path: Path) -> Published:
    settings.DATA_FOLDER = tmp_path
    found = shop.shop()
    orders = [
        shop.order("1", "2019-01-31 23:30", 60_000),
        shop.order("2", "2019-03-05 10:00", 10_000, 2_000),
        shop.order("3", "2019-03-31 23:59", 5_000, customer="bo"),
        shop.order("4", "2019-04-01 00:00", 7_000, customer="bo"),
        shop.order("5", "2019-03-20 12:00", 3_000, customer=None),
        shop.order("6", "2019-03-21 12:00", 9_000, customer="cem", cancelled=True),
        shop.order("7", "2019-03-22 12:00", 9_000, customer="dee", paid_at=None),
    ]
    take_orders(found, orders, shop.NOW)
    refund = RefundIn("r1", shop.at("2019-03-07 09:00"), (RefundLine("2", 2),))
    take_orders(found, [LateRefund("web", "2", refund)], shop.NOW)
    return found


def refreshed(published: Published) -> Lake:
    with transaction.atomic():
        while advance_due(raw(), published.programs, now(published)):
            pass
    actions.refresh_lake(published)
    lake = queries.lake_of(published)
    assert lake is not None
    return lake


def one(statement: Any) -> Any:
    return rows(raw(), statement)[0][0]


def test_orders_that_were_paid_are_in_it_by_local_day(published: Published) -> None:
    lake = refreshed(published)
    found = {row["order_key"]: row for row in lake.rows(lake.orders)}
    assert sorted(found) == ["web/1", "web/2", "web/3", "web/4", "web/5"]
    assert found["web/3"]["paid_on"] == date(2019, 3, 31)
    assert found["web/4"]["paid_on"] == date(2019, 4, 1)
    assert (found["web/2"]["gross_minor"], found["web/2"]["net_minor"]) == (12_000, 10_000)
    assert [row["guest"] for row in found.values()].count(True) == 1
    assert queries.revenue(lake, MARCH).value == 18_000
    assert queries.customers_at_end(lake, MARCH).value == 2
    assert queries.members_share_of_revenue(lake, MARCH).numerator == 15_000


def test_points_agree_with_the_accounts(published: Published) -> None:
    lake = refreshed(published)
    standing = flow_until(lake, date(2100, 1, 1))
    assert standing.outstanding == one("SELECT sum(available + pending + held)::bigint FROM ledger_account")
    assert standing.deficit == -one("SELECT sum(deficit)::bigint FROM ledger_account")
    assert standing.expired > 0
    assert queries.points_worth(lake, MARCH).value == queries.points_outstanding(lake, MARCH).value


def test_members_stand_on_their_tier(published: Published) -> None:
    rungs = {rung.tier: rung.members for rung in pyramid(refreshed(published))}
    assert sum(rungs.values()) == one("SELECT count(*) FROM ledger_account WHERE enrolled_at IS NOT NULL")
    assert set(rungs) == {"member", "silver"}


def test_a_version_is_written_only_when_something_changed(published: Published) -> None:
    first = refreshed(published).manifest
    again = refreshed(published)
    assert again.manifest.data_version == first.data_version
    assert again.manifest.as_of > first.as_of
    assert again.manifest.counts == first.counts
    assert first.counts["orders"] == 5
    take_orders(published, [shop.order("8", "2019-05-01 10:00", 4_000, customer="eli")], shop.NOW)
    later = refreshed(published)
    assert later.manifest.data_version != first.data_version
    assert queries.new_customers(later, periods.month(2019, 5)).value == 1


def test_two_members_who_change_places_make_a_version(published: Published) -> None:
    """As many on each tier as before, with as many facts and entries."""
    pair = [shop.order(name, "2019-03-05 10:00", 100, customer=name) for name in ("fay", "gus")]
    take_orders(published, pair, shop.NOW)
    refreshed(published)
    stands("web/fay", "silver")
    before = refreshed(published)
    stands("web/fay", "member")
    stands("web/gus", "silver")
    assert refreshed(published).manifest.data_version != before.manifest.data_version


def stands(key: str, tier: str) -> None:
    """Whose order that is, from now on without any fact or entry."""
    change = "UPDATE ledger_account SET tier = %s WHERE member_id = (SELECT member_id FROM ledger_order WHERE key = %s)"
    with transaction.atomic():
        run(raw(), change, [tier, key])


def test_only_the_last_versions_are_kept(published: Published) -> None:
    for number in range(10, 14):
        take_orders(published, [shop.order(str(number), "2019-06-01 10:00", 100)], shop.NOW)
        lake = refreshed(published)
    folders = [path for path in folder_of(published.id).iterdir() if path.is_dir()]
    assert len(folders) == actions.VERSIONS_KEPT
    assert lake.manifest.data_version in {path.name for path in folders}


def test_a_lake_in_use_still_answers_after_the_next_version(published: Published) -> None:
    before = refreshed(published)
    take_orders(published, [shop.order("9", "2019-03-09 10:00", 1_000)], shop.NOW)
    after = refreshed(published)
    assert queries.orders(before, MARCH).value == 3
    assert queries.orders(after, MARCH).value == 4


def test_without_a_version_there_is_no_lake(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path
    assert queries.lake_of(shop.shop()) is None


def test_an_empty_shop_has_figures_too(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path
    lake = refreshed(shop.shop())
    figures = queries.dashboard(lake, MARCH).figures
    assert {compared.now.value for compared in figures.values()} <= {0, None}
    assert {compared.before for compared in figures.values()} == {None}


def test_a_manifest_of_another_format_is_written_anew(published: Published) -> None:
    manifest = folder_of(published.id) / "manifest.json"
    before = refreshed(published).manifest
    for strange in (b'{"format": 99}', manifest.read_bytes().replace(b'"format":1', b'"format":0')):
        manifest.write_bytes(strange)
        assert queries.lake_of(published) is None
        assert refreshed(published).manifest.data_version == before.data_version
