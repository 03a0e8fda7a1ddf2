"""Every chart in every language and mode: complete, readable, and the same numbers as its table."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from regulars.insight import periods
from regulars.insight.charts import render
from regulars.insight.charts.board import CHARTS, board, drawing
from regulars.insight.charts.bundle import write_bundle
from regulars.insight.charts.look import Look
from regulars.insight.charts.tokens import FONTS, TOKENS, Theme
from regulars.insight.lake import Lake, Tier
from tests.insight import lakes

JUNE = periods.month(2024, 6)
CONSOLE_TOKENS = Path("src/regulars/storefront/static/storefront/css/tokens.css")
TIERS = (
    Tier("member", {"en": "Member", "zh-Hant": "會員", "zh-Hans": "会员"}),
    Tier("gold", {"en": "Gold", "zh-Hant": "金卡", "zh-Hans": "金卡"}),
)


@pytest.fixture(scope="module")
def shop() -> Lake:
    """Forty customers from January on, half of whom come back each month, and a few newcomers later."""
    orders = [
        lakes.order(f"c{number}", date(2024, month, 1 + number % 27), 1_000 * (1 + number))
        for number in range(40)
        for month in range(1, 7)
        if month == 1 or (number + month) % 2
    ]
    orders += [lakes.order(f"late{number}", date(2024, 4, 3), 5_000) for number in range(5)]
    orders.append(lakes.order(None, date(2024, 6, 9), 7_000))
    members = [
        lakes.member(f"c{number}", date(2024, 1, 1), tier="gold" if number < 6 else "member") for number in range(40)
    ]
    return lakes.lake(orders, members=members, today=date(2024, 6, 20), tiers=TIERS, currency="TWD")


@pytest.mark.parametrize("language", FONTS)
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn(shop: Lake, name: str, mode: Theme, language: str) -> None:
    found = drawing(shop, name, JUNE, Look(mode, language))
    assert found is not None
    assert found.title
    assert found.measure
    assert found.title in found.spec["description"]
    svg = render.svg(found, language)
    assert TOKENS[mode]["ink"] in svg
    assert "undefined" not in svg
    assert "NaN" not in svg


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_no_english_is_left(shop: Lake, language: str) -> None:
    for found in board(shop, JUNE, Look("light", language)).values():
        assert found is not None
        shown = [
            found.title,
            found.measure,
            found.note,
            *found.table.columns,
            *re.findall(r">([^<]+)</text>", render.svg(found, language)),
        ]
        words = {word for text in shown for word in re.findall(r"[A-Za-z]{2,}", text)}
        assert words <= {"TWD", "NT"}, found.name


def test_a_chart_for_a_page_takes_its_colours_from_the_page(shop: Lake) -> None:
    for found in board(shop, JUNE, Look("page", "en")).values():
        assert found is not None
        text = json.dumps(found.spec)
        assert not re.search(r"#[0-9a-f]{6}", text)
        assert set(re.findall(r"var\(--([a-z-]+)\)", text)) <= set(TOKENS["light"])


def test_months_that_are_not_over_are_marked_and_left_out_of_the_finding(shop: Lake) -> None:
    cohorts = drawing(shop, "cohort-retention", JUNE, Look())
    assert cohorts is not None
    assert cohorts.note == "Hatched: the month is not over."
    assert [row[-1][-1:] for row in cohorts.table.rows if row[-1]] == ["…"]
    curve = drawing(shop, "retention-curve", JUNE, Look())
    assert curve is not None
    assert [row[0] for row in curve.table.rows] == ["0", "1", "2", "3", "4"]


def test_nothing_is_drawn_for_an_empty_shop() -> None:
    assert set(board(lakes.lake(), JUNE, Look()).values()) == {None}


def test_the_console_has_the_same_colours() -> None:
    css = CONSOLE_TOKENS.read_text()
    for role, light in TOKENS["light"].items():
        assert f"--{role}: light-dark({light}, {TOKENS['dark'][role]});" in css


def test_the_bundle_is_written_once(tmp_path: Path) -> None:
    written = write_bundle(tmp_path)
    assert "window.vegaEmbed=" in written.read_text()
    before = written.stat().st_mtime_ns
    assert write_bundle(tmp_path).stat().st_mtime_ns == before
