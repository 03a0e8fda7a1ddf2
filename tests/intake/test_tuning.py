"""`regulars plan --tune` over a file: a sample for the search, all customers for the outcome."""

import json
import re
import sys

import pytest
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.intake import tuning
from regulars.intake.planning import drafted
from tests.intake.shop import DOCUMENT
from tests.intake.test_planning import MAPPING, ORDERS


@pytest.fixture
def words(tmp_path):
    (tmp_path / "draft.yaml").write_text(DOCUMENT)
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    return [
        *("plan", str(tmp_path / "draft.yaml"), "--orders", str(tmp_path / "orders.csv")),
        *("--mapping", str(tmp_path / "mapping.yaml"), "--tune", "--seconds", "30"),
    ]


def run(words, *more):
    return CliRunner().invoke(app, [*words, *more])


CHEAPER = ("--vary", "base.give.2=1..4", "--aim", "cost <= 0.3 %")


def test_the_nearest_numbers_that_meet_the_aims_are_found(words, tmp_path, monkeypatch):
    monkeypatch.setattr(tuning, "SAMPLE_ORDERS", 30)
    done = run(words, *CHEAPER, "--json", "--out", str(tmp_path / "found.yaml"), "--html", str(tmp_path / "found.html"))
    tuned = json.loads(done.stdout)["tuned"]
    assert done.exit_code == 0
    # 70 % of a hundredth is 0.7 %; a third of it is within 0.3 %.
    assert tuned["numbers"] == [{"name": "base.give.2", "written": "1", "found": "3"}]
    assert tuned["is_met"]
    assert [one["is_met"] for one in tuned["aims"]] == [True]
    # A sample of the customers; the plan itself is of all six.
    assert tuned["search"]["customers"] < 6
    assert json.loads(done.stdout)["members"] == 6
    written = (tmp_path / "found.yaml").read_text()
    assert "give: 1 point per 3 GBP" in written
    assert drafted(written).versions[0].slug == "shop"
    assert tuned["document"] == written
    assert "Points cost" in (tmp_path / "found.html").read_text()


def test_it_says_what_it_looked_at_and_what_more_would_cost(words):
    shown = run(words, *CHEAPER, "--aim", "silver >= 50 %", "--vary", "silver.reach=100..4000/100")
    assert shown.exit_code == 0
    for said in ("candidates over a sample of", "All aims are met, over all customers.", "Trade-off, in the sample"):
        assert said in shown.output
    # What candidates cost, to the hundredth of a per cent.
    assert re.search(r"^\W*\d\.\d\d\N{NO-BREAK SPACE}%", shown.output.partition("Trade-off")[2], re.MULTILINE)


def test_an_aim_that_nothing_meets_is_not_called_met(words):
    missed = run(words, "--vary", "base.give.2=1..4", "--aim", "cost <= 0.01 %")
    assert (missed.exit_code, "Nothing was found that meets all aims." in missed.output) == (1, True)


def test_money_of_all_customers_is_that_of_a_sample_by_its_orders(words, monkeypatch):
    monkeypatch.setattr(tuning, "SAMPLE_ORDERS", 30)
    found = json.loads(run(words, "--vary", "base.give.2=1..9", "--aim", "cost <= 60.00", "--json").stdout)
    assert found["tuned"]["is_met"]
    assert found["verdict"]["cost"] <= 6_000


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--vary", "base.give=1..2"], "Say with --vary which numbers may move"),
        (["--vary", "bronze.reach=1..2", "--aim", "cost <= 1 %"], "the draft has no such part"),
        (["--vary", "base.give=2..1", "--aim", "cost <= 1 %"], "leave nothing to choose from"),
        (["--vary", "base.give=1..2", "--aim", "bronze >= 1 %"], "cost, liability, margin, result, member, silver"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(words, more, said):
    refused = run(words, *more)
    assert (refused.exit_code, said in refused.output) == (2, True)


def test_without_scipy_it_says_what_is_missing(words, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    # Nothing is read before: a file may take minutes.
    monkeypatch.setattr(tuning, "staged", None)
    refused = run(words, *CHEAPER)
    assert (refused.exit_code, "-m pip install 'scipy>=" in refused.output) == (2, True)
