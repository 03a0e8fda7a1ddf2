"""Several programs over one file say what each would say alone, and are ranked by what can be reckoned by hand."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.engine.document import shape
from regulars.intake.fitting import Fitted, fit_file
from regulars.intake.fitting import candidates as candidates_of
from regulars.intake.fitting_ledger import fit_ledger
from regulars.intake.importing import Request, import_file
from regulars.intake.planning import Question, drafted, fold_file
from regulars.programs.planning.assuming import Assumed
from regulars.programs.planning.fitting import Candidate, Fit, aims_of, ranked
from regulars.programs.presets import TYPES, preset
from regulars.programs.presets.starting import Own, started
from regulars.programs.tree import grown
from tests.intake.shop import shop
from tests.intake.staged import HEADER, mapping

MAPPING = "source: shop\ncolumns: {order: id, time: at, customer: who, product: sku, quantity: qty, total: total}\n"
# Lin buys for 600 and comes in June; Wang for 30 in June; Mei for 1,000, but in January only.
ORDERS = HEADER + (
    "A,2019-01-05 10:00,mei,X,1,1000.00\n"
    "B,2019-01-06 10:00,lin,X,1,300.00\n"
    "C,2019-06-01 10:00,lin,X,1,300.00\n"
    "D,2019-06-02 10:00,wang,X,1,30.00\n"
)
NAMES = ("points", "spend-based", "paid-membership")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return path


def candidates(*names: str) -> list[Candidate]:
    texts = [started(name, Own(name, "USD", "Europe/London")).program for name in names]
    return [
        Candidate(name, text, drafted(text), shape(grown(text).tree).earn)
        for name, text in zip(names, texts, strict=True)
    ]


def fitted(path: Path, some: list[Candidate]) -> Fitted:
    return fit_file([one.text for one in some], some[0].programs, path, mapping(), lambda _done, _total: None)


def test_each_gives_what_it_gives_alone(file: Path) -> None:
    some = candidates(*NAMES)
    together = fitted(file, some)
    for one, fit in zip(some, together.fits, strict=True):
        alone = fold_file(Question(one.text), one.programs, file, mapping(), lambda _done, _total: None)
        assert fit.tally == alone.outcome.tally
    assert together.orders == 4


def test_who_is_active_earns_and_reaches(file: Path) -> None:
    """In the three months before the end of June: Lin and Wang. Enough is 100 points, or one voucher."""
    points, vouchers, _ = fitted(file, candidates(*NAMES)).fits
    assert (points.active, points.earned, points.reached) == (2, 2, 1)
    assert (vouchers.active, vouchers.earned, vouchers.reached) == (2, 1, 1)


def test_what_was_reached_once_counts_also_when_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "A,2018-01-05 10:00,lin,X,1,300.00\nB,2019-06-01 10:00,lin,X,1,5.00\n")
    [fit] = fitted(path, candidates("points")).fits
    assert (fit.active, fit.reached) == (1, 1)


def test_the_cheapest_that_can_be_bought_is_the_aim() -> None:
    assert aims_of(drafted(preset("points")).versions[0]) == {"points": 100}
    assert aims_of(drafted(preset("cashback")).versions[0]) == {"credit": 100}
    assert aims_of(drafted(preset("coffee-stars")).versions[0]) == {"stars": 25}
    assert aims_of(drafted(preset("department-store-stars")).versions[0]) == {"points": 1000}


def test_the_order_can_be_reckoned_by_hand(file: Path) -> None:
    """Points of 16.30, of which 70 % are spent; of 16 vouchers, 10 of Mei's and 6 of Lin's, 11 whole ones."""
    some = candidates(*NAMES)
    places = ranked(some, fitted(file, some).fits, Assumed())
    assert [(one.name, one.cost, one.by_margin, one.by_reach) for one in places] == [
        ("points", 70, 1, 1),
        ("paid-membership", 70, 1, 1),
        ("spend-based", 337, 3, 1),
    ]
    points, plan, last = places
    assert (points.left, points.earn, points.reach) == (3000 - 70, 10_000, 5_000)
    assert (last.earn, last.reach, last.silent) == (5_000, 5_000, ())
    assert [one.is_seen for one in places] == [True, False, True]
    assert [(one.rule, one.asks) for one in plan.silent] == [("plus-rate", ("plan",)), ("plus-welcome", ("plan",))]


def test_a_better_reach_may_outweigh_a_worse_margin(file: Path) -> None:
    some = candidates("points", "spend-based")
    cheap, dear = fitted(file, some).fits
    many = Fit(dear.tally, dear.active, 2, 2)
    assert [one.name for one in ranked(some, [cheap, many], Assumed())] == ["points", "spend-based"], "a tie: margin"
    assert [one.by_reach for one in ranked(some, [cheap, many], Assumed())] == [2, 1]


def test_what_reaches_nobody_comes_last(file: Path) -> None:
    some = candidates("prime-plan", "spend-based")
    assert [one.name for one in ranked(some, fitted(file, some).fits, Assumed())] == ["spend-based", "prime-plan"]


def run(*words: str | Path) -> tuple[int, str]:
    said = CliRunner().invoke(app, ["fit", *map(str, words)])
    return said.exit_code, said.output


def test_the_verb_ranks_all_of_them_in_words(file: Path, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    where = ("--orders", file, "--mapping", tmp_path / "mapping.yaml", "--time-zone", "Europe/London")
    where = (*where, "--currency", "USD")
    code, said = run(*where)
    assert code == 0, said
    assert "Orders: 4. Active customers: 2." in said
    for name in TYPES:
        assert f" {name}: " in said
    assert "Gave nothing in these orders: plus-rate (paid plans), plus-welcome (paid plans)." in said
    assert "換得到獎勵" in run(*where, "--preset", "points", "--language", "zh-Hant")[1]
    told = json.loads(run(*where, "--preset", "points", "--preset", "cashback", "--json")[1])
    assert {one["name"] for one in told["places"]} == {"cashback", "points"}
    assert told["active"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--preset", "pionts"), "There is no preset “pionts”"),
        (("--currency", "dollars", "--time-zone", "Europe/London"), "currency: 'dollars'"),
        (("--time-zone", "Europe/London"), "Say with --currency what the file counts in"),
        (("--currency", "GBP"), "Say with --time-zone where the shop's days begin"),
        (("--behaviour", "odd"), "There is no behaviour “odd”"),
    ],
)
def test_what_cannot_be_is_said(file: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    code, told = run("--orders", file, "--mapping", tmp_path / "mapping.yaml", *words)
    assert code == 2
    assert said in told


def test_the_mapping_says_where_days_begin(file: Path, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text("time_zone: Asia/Taipei\n" + MAPPING)
    code, said = run(
        "--orders", file, "--mapping", tmp_path / "mapping.yaml", "--currency", "TWD", "--preset", "points"
    )
    assert (code, "NT$" in said) == (0, True)


@pytest.mark.django_db
def test_the_ledger_gives_what_its_file_gives(file: Path, tmp_path: Path) -> None:
    """In the program's own currency and days; up to now, not up to the end of the file."""
    published = shop()
    import_file(published, Request(file, mapping(), 10, 0), lambda _progress: None)
    some = ("points", "cashback")
    told = json.loads(run("--preset", some[0], "--preset", some[1], "--json")[1])
    own = Own("", published.currency, published.zone)
    chosen = candidates_of(some, own)
    by_file = fitted(file, chosen)
    by_ledger = fit_ledger(chosen, published, lambda _done, _total: None)
    for one, other in zip(by_file.fits, by_ledger.fits, strict=True):
        assert (one.tally.customers, one.tally.orders) == (other.tally.customers, other.tally.orders)
        issued = [{key: n for key, n in fit.tally.points.items() if key[2] == "issued"} for fit in (one, other)]
        assert issued[0] == issued[1] != {}
    assert (told["orders"], by_ledger.orders) == (4, 4)
    assert {one["name"] for one in told["places"]} == set(some)
    assert "£" in run("--program", "shop")[1]
    assert "There is no program “none”." in run("--program", "none")[1]
