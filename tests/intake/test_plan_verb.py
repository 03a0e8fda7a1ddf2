"""What `regulars plan` prints and writes: a mapping where none is named, what became of the file, sums that agree."""

import pytest
from django.utils.translation import override
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.programs.planning import saying
from regulars.programs.planning.assuming import BEHAVIOURS, Assumed
from regulars.programs.planning.report import report
from tests.intake.shop import DOCUMENT
from tests.intake.staged import HEADER
from tests.intake.test_planning import HOW, MAPPING, ORDERS, REFUNDS, drafted, fold_file, mapping
from tests.intake.test_planning import Question as Asked

TWO = HEADER + "A,2019-01-05 10:00,lin,X,1,100.00\nB,2019-02-05 10:00,lin,X,1,50.00\n"
DOUBLED = DOCUMENT.replace("earn:", "earn:\n  - {rule: more, give: 1 point per 3 GBP}")
# Goods come back when their points were spent.
SPENT_BEFORE = "X,2019-01-05 10:00,lin,S0,1,4001.00\nR2,2019-12-30,lin,S0,-1,-4001.00\n"
UPLIFT = {"more_orders": 333, "more_per_order": 77, "margin": 3_333}


@pytest.fixture
def words(tmp_path):
    (tmp_path / "draft.yaml").write_text(DOCUMENT)
    (tmp_path / "orders.csv").write_text(TWO)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    return ["plan", str(tmp_path / "draft.yaml"), "--orders", str(tmp_path / "orders.csv")]


@pytest.mark.parametrize("behaviour", [None, BEHAVIOURS["usual"], BEHAVIOURS["eager"]])
def test_all_sums_come_to_the_verdict(tmp_path, behaviour):
    """To the cent: what months add up to, what rules cost together, and when points wait longer."""
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS + REFUNDS + SPENT_BEFORE)
    question = Asked(DOUBLED, behaviour=behaviour)
    found = fold_file(question, drafted(DOUBLED), path, mapping(**HOW), lambda _done, _total: None)
    assumed = Assumed(behaviour or BEHAVIOURS["usual"], **UPLIFT)
    told = report(drafted(DOUBLED), found.outcome, assumed)
    short = sum(points for (_, _, move, _), points in found.outcome.tally.points.items() if move == "short")
    assert bool(short) == (behaviour is not None)
    assert told.trade[-1].so_far == told.verdict.result
    assert sum(rule.worth for rule in told.rules) == told.verdict.cost > 0
    [waiting] = [swing for swing in told.swings if swing.name == "months"]
    assert waiting.result_low == waiting.result_high == told.verdict.result


def test_active_is_who_bought_in_the_last_ninety_days(tmp_path):
    """Both are silver at the end; who has not been back since January is not active."""
    path = tmp_path / "orders.csv"
    path.write_text(TWO.replace("lin", "wang").replace(",100.00", ",600.00") + "C,2019-05-06 11:00,lin,X,1,600.00\n")
    found = fold_file(Asked(DOCUMENT), drafted(DOCUMENT), path, mapping(), lambda _done, _total: None)
    told = report(drafted(DOCUMENT), found.outcome, Assumed())
    assert [(tier.tier, tier.members[-1]) for tier in told.tiers] == [("member", 0), ("silver", 2)]
    assert told.active == (("silver", 1),)


def test_the_budget_bears_what_members_buy_more_too(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(TWO)
    found = fold_file(Asked(DOCUMENT), drafted(DOCUMENT), path, mapping(), lambda _done, _total: None)
    told = report(drafted(DOCUMENT), found.outcome, Assumed(budget=110, more_orders=1_000))
    with override("en"):
        assert told.verdict.cost == 105
        assert saying.sentences(told)[-1] == (
            "Points that cost £1.15 are more than the budget of £1.10: £0.05 are missing."
        )


def test_without_a_mapping_one_is_proposed_which_may_be_saved(words, tmp_path):
    (tmp_path / "orders.csv").write_text(
        "Order,Date,Customer,SKU,Quantity,Total\nA,2019-01-05 10:00,lin,X,1,100.00\nB,2019-01-25 10:00,lin,Y,2,5.25\n"
    )
    asked = CliRunner().invoke(app, words)
    assert asked.exit_code == 2
    assert "Save these lines as a mapping file, and name it with --mapping (docs/import.md)." in asked.stderr
    saved = tmp_path / "proposed.yaml"
    saved.write_text(asked.stdout)
    assert "Orders: 2. Customers: 1." in CliRunner().invoke(app, [*words, "--mapping", str(saved)]).stdout
    assert CliRunner().invoke(app, ["fit", *words[2:]]).stdout == asked.stdout


def test_what_is_unclear_about_a_file_is_asked(words, tmp_path):
    (tmp_path / "orders.csv").write_text("Order,Date,Customer,SKU,Quantity,Total\nA,03/04/2019,lin,X,1,100.00\n")
    asked = CliRunner().invoke(app, words)
    assert (asked.exit_code, "time_format" in asked.stdout) == (2, False)
    assert "# 03/04/2019 → 2019-04-03" in asked.stderr
    assert "# 03/04/2019 → 2019-03-04" in asked.stderr


def test_the_page_says_what_became_of_the_file(words, tmp_path):
    (tmp_path / "orders.csv").write_text(TWO + "C,yesterday,lin,X,1,1.00\n")
    page = tmp_path / "report.html"
    mapped = ["--mapping", str(tmp_path / "mapping.yaml")]
    assert CliRunner().invoke(app, [*words, *mapped, "--html", str(page)]).exit_code == 0
    told = page.read_text()
    assert "What became of the file" in told
    assert '<td class="number">3</td><td>lines in the file, of which</td>' in told
    assert '<td class="number">2</td><td>in 2 orders</td>' in told
    assert "not taken: " in told
