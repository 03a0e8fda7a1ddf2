"""The dashboard says what the figures say: the same numbers, their definitions, the data behind the charts."""

import csv
import io

import pytest

from regulars.console.charts import EMPTY
from regulars.console.definitions import DEFINITIONS
from regulars.insight import periods, wording
from regulars.insight.actions import refresh_lake
from regulars.insight.charts.board import CHARTS
from regulars.insight.lake import Lake
from regulars.insight.queries import FIGURES, compared, lake_of
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.teahouse import DOCUMENT, open_teahouse

# The lake is read by a connection of its own, so what it reads must have been committed.
pytestmark = pytest.mark.django_db(transaction=True)
HOME = "/programs/tea-house/"
CUSTOMERS = 40


@pytest.fixture
def lake(db: None) -> Lake:
    program = open_teahouse(CUSTOMERS)
    refresh_lake(program)
    found = lake_of(program)
    assert found is not None
    return found


def test_the_console_defines_every_figure_and_knows_every_chart() -> None:
    assert DEFINITIONS.keys() == FIGURES.keys()
    assert EMPTY.keys() == CHARTS.keys()


def test_the_dashboard_shows_the_figures_of_the_last_whole_month(lake: Lake) -> None:
    shown = text(signed_in("owner").get(HOME).content)
    february = periods.month(2026, 2)
    for definition in ("revenue", "lifetime-value", "repeat-purchase-rate", "points-outstanding", "points-worth"):
        assert wording.value(compared(lake, definition, february).now) in shown, definition
    for definition in ("retention-rate", "active-retention"):
        assert wording.percent(compared(lake, definition, february).now.value, 2) in shown, definition
    assert "Nobody redeemed any points up to the end of this period" in shown


def test_every_chart_is_there_with_its_data(lake: Lake) -> None:
    page = signed_in("owner").get(HOME).content.decode()
    for name in EMPTY:
        assert f'id="chart-{name}"' in page, name
    assert page.count('<script type="application/json">') == page.count("Show the data") == len(EMPTY)


def test_a_period_without_anything_is_not_taken_for_a_shop_without_anything(lake: Lake) -> None:
    shown = text(signed_in("owner").get(HOME, {"period": "2020-01"}).content)
    assert "There is nothing to show for this period." in shown
    assert "will be seen here" not in shown


def test_any_period_can_be_asked_for_and_what_is_none_shows_the_last_whole_month(lake: Lake) -> None:
    client = signed_in("owner")
    for period in ("2026-01", "2025-Q4", "2025", "2026-W05", "2025-12-01..2025-12-24", "2026-03"):
        page = client.get(HOME, {"period": period, "compare": "year_before"})
        assert wording.value(compared(lake, "revenue", periods.parse(period)).now) in text(page.content)
        assert f'<option value="{period}" selected>' in page.content.decode()
    for words in ({"period": "yesterday"}, {"period": "2026-13"}, {"compare": "<b>"}):
        assert '<option value="2026-02" selected>' in client.get(HOME, words).content.decode()


def test_every_figure_opens_its_definition(lake: Lake) -> None:
    client = signed_in("analyst")
    for definition, said in DEFINITIONS.items():
        shown = text(client.get(f"{HOME}figures/{definition}", {"period": "2026-02"}).content)
        figure = compared(lake, definition, periods.month(2026, 2)).now
        parts = (said.name, said.sentence, said.above, said.below, wording.value(figure), figure.data_version)
        for part in (*parts, "Asia/Taipei", *wording.parts(figure).split(" / ")):
            assert str(part) in shown, definition


def test_there_is_no_definition_of_what_is_no_figure(lake: Lake) -> None:
    assert signed_in("owner").get(f"{HOME}figures/happiness").status_code == 404
    assert signed_in("owner").get(f"{HOME}charts/happiness.csv").status_code == 404


def test_a_charts_data_can_be_taken_away(lake: Lake) -> None:
    client = signed_in("owner")
    for name in EMPTY:
        answer = client.get(f"{HOME}charts/{name}.csv", {"period": "2026-02"})
        assert answer["Content-Disposition"] == f'attachment; filename="tea-house-{name}-2026-02.csv"'
        heads, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert rows, name
        assert {len(row) for row in rows} == {len(heads)}, name


def test_a_charts_data_holds_no_formula(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "=HYPERLINK(1)"
    monkeypatch.setattr("tests.teahouse.DOCUMENT", DOCUMENT.replace("{en: Silver,", f"{{en: {name},"))
    refresh_lake(open_teahouse(CUSTOMERS))
    client = signed_in("owner")
    cells = [
        cell
        for chart in EMPTY
        for row in csv.reader(io.StringIO(client.get(f"{HOME}charts/{chart}.csv").content.decode("utf-8-sig")))
        for cell in row
    ]
    assert f"'{name}" in cells
    assert not [cell for cell in cells if cell[:1] in set("=@")]


def test_a_rate_of_few_is_grey_and_says_of_how_many(lake: Lake) -> None:
    client = signed_in("owner")
    begin = periods.month(2025, 3)
    figure = compared(lake, "active-retention", begin).now
    assert figure.few
    page = client.get(HOME, {"period": str(begin), "compare": "none"})
    assert "is-few" in page.content.decode()
    assert wording.few(figure) in text(page.content)
