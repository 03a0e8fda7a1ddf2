"""Every figure has a page, and every page's worked example is what the code counts."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils.translation import override

from regulars.insight import periods, queries, wording
from regulars.insight.charts.board import CHARTS, drawing
from regulars.insight.charts.look import Look
from regulars.insight.definitions import PAGES, definition, slugs
from regulars.insight.figure import Figure
from tests.insight import pages

FEBRUARY = periods.month(2024, 2)
WITH_LOOK_BACK = {"carried-customers": queries.carried_customers}
FIGURES: dict[str, Callable[..., Figure]] = {**queries.FIGURES, **WITH_LOOK_BACK}


@pytest.mark.parametrize("slug", slugs())
def test_a_definition_is_written_in_every_language(slug: str) -> None:
    found = definition(slug)
    for texts in (found.title, found.says, found.formula, found.trap):
        assert list(texts) == ["en", "zh-Hant", "zh-Hans"]
        assert all(texts.values())


def test_every_figure_and_chart_has_a_page_and_every_page_is_one() -> None:
    assert set(slugs()) == set(FIGURES) | set(CHARTS)


def test_the_list_of_pages_is_complete() -> None:
    readme = (PAGES / "README.md").read_text()
    assert re.findall(r"\]\(([\w-]+)\.md\)", readme) != []
    assert set(re.findall(r"\]\(([\w-]+)\.md\)", readme)) == set(slugs())


@pytest.mark.parametrize("slug", sorted(FIGURES))
def test_the_worked_example_of_a_figure(slug: str) -> None:
    (rows,) = pages.tables(slug)
    for row in rows:
        name, _, look_back = row["period"].partition(", looking back ")
        choice = {"look_back_days": int(look_back.split()[0])} if look_back else {}
        with override("en"):
            found = FIGURES[slug](pages.tea_house(), periods.parse(name), **choice)
            said = wording.value(found).replace(wording.NARROW_SPACE, " ")
        assert said == row["value"]
        assert found.numerator == _counted(row["numerator"])
        assert found.denominator == (_counted(row["denominator"]) if row["denominator"] else None)


@pytest.mark.parametrize("slug", sorted(CHARTS))
def test_the_worked_example_of_a_chart(slug: str) -> None:
    (rows,) = pages.tables(slug)
    found = drawing(pages.tea_house(), slug, FEBRUARY, Look())
    assert found is not None
    shown = [tuple(cell.replace(wording.NARROW_SPACE, " ") for cell in row) for row in found.table.rows]
    assert found.table.columns == tuple(rows[0])
    assert shown == [tuple(row.values()) for row in rows]


def test_a_definition_that_does_not_exist_is_refused() -> None:
    with pytest.raises(LookupError):
        definition("../README")


def _counted(text: str) -> int:
    """Whole numbers are counts; two decimals are money in minor units."""
    return int(Decimal(text) * 100) if "." in text else int(text)
