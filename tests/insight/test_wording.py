"""Numbers, periods and changes as their readers write them."""

from datetime import date

import pytest
from django.utils.translation import override

from regulars.insight import periods, queries, wording
from regulars.insight.figure import Compared
from regulars.insight.lake import Lake
from regulars.insight.plans.drawing import short
from regulars.programs import wording as reading
from tests.insight import lakes

NBSP = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "2017-12", "December 2017"),
        ("en", "2017-Q4", "Q4 2017"),
        ("en", "2017", "2017"),
        ("en", "2017-W52", "week 52 of 2017"),
        ("en", "2017-12-01..2017-12-24", "1–24 Dec 2017"),
        ("en", "2017-12-24..2017-12-24", "24 December 2017"),
        ("zh-hant", "2017-12", "2017年12月"),
        ("zh-hant", "2017", "2017年"),
        ("zh-hant", "2017-Q4", "2017年第4季"),
        ("zh-hant", "2017-W52", "2017年第52週"),
        ("zh-hans", "2017-Q4", "2017年第4季度"),
        ("zh-hans", "2017-W52", "2017年第52周"),
        ("zh-hans", "2017-12-01..2017-12-24", "2017年12月1日至24日"),
    ],
)
def test_periods(language: str, text: str, said: str) -> None:
    with override(language):
        assert wording.period(periods.parse(text)).replace("\u2009", "") == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.5, "50"), (0.9996, "99.9"), (1, "100"), (0.0004, "0.1"), (0, "0"), (1.004, "100.4"), (1.204, "120")],
)
def test_a_share_that_is_nearly_all_does_not_look_like_all(share: float, said: str) -> None:
    with override("en"):
        assert wording.about(share) == f"{said}{NBSP}%"


def test_money_has_the_digits_of_its_currency() -> None:
    with override("en"):
        assert wording.money(123_456, "USD") == "$1,234.56"
        assert wording.money(-500, "GBP") == "−£5.00"
        assert wording.money(1_234, "JPY") == "¥1,234"


@pytest.fixture
def orders() -> Lake:
    """One order in January, two in February, two in March, where the second customer came back."""
    bought = [("Ana", date(2024, 1, 3)), ("Ana", date(2024, 2, 3)), ("Bo", date(2024, 2, 4)), ("Bo", date(2024, 3, 5))]
    return lakes.lake([lakes.order(*one) for one in [*bought, ("Bo", date(2024, 3, 6))]], today=date(2024, 3, 20))


@pytest.mark.parametrize(
    ("language", "definition", "month", "said"),
    [
        ("en", "orders", 2, f"100.0{NBSP}% more than in January 2024"),
        ("en", "orders", 3, "the same as in February 2024"),
        ("en", "repeat-purchase-rate", 3, "100.0 points more than in February 2024"),
        ("en", "retention-rate", 3, "50.0 points less than in February 2024"),
        ("zh-hant", "orders", 2, "比 2024年1月多 100.0%"),
        ("zh-hans", "retention-rate", 3, "比 2024年2月低 50.0 个百分点"),
    ],
)
def test_changes(orders: Lake, language: str, definition: str, month: int, said: str) -> None:
    period = periods.month(2024, month)
    with override(language):
        found = queries.compared(orders, definition, period, "previous")
        assert wording.change(found, periods.previous(period)) == said


def test_nothing_is_said_about_what_cannot_be_compared(orders: Lake) -> None:
    january = periods.month(2024, 1)
    found = queries.retention_rate(orders, january)
    with override("en"):
        assert wording.value(found) == "–"
        assert wording.change(Compared(now=found, before=None), january) == ""


def test_the_parts_of_a_division_are_shown(orders: Lake) -> None:
    march = periods.month(2024, 3)
    with override("en"):
        assert wording.parts(queries.average_order_value(orders, march)) == "€20.00 / 2"
        assert wording.parts(queries.members_share_of_revenue(orders, march)) == "€20.00 / €20.00"
        assert wording.parts(queries.orders(orders, march)) == ""


def test_few_and_unfinished_are_said(orders: Lake) -> None:
    found = queries.repeat_purchase_rate(orders, periods.month(2024, 3))
    with override("en"):
        assert wording.few(found) == "of 1 only"
        assert wording.unfinished(found) == "so far, up to 20 March 2024"
        assert wording.few(queries.orders(orders, periods.month(2024, 3))) == ""
        assert wording.unfinished(queries.orders(orders, periods.month(2024, 2))) == ""


def test_notes_have_words_in_every_language(orders: Lake) -> None:
    figures = queries.dashboard(orders, periods.month(2024, 1)).figures.values()
    noted = {found.now.note: found.now for found in figures if found.now.note}
    assert set(noted) == {"data_begin_inside", "engagement_is_redemption", "no_rewards_yet", "no_worth_named"}
    said = set()
    for language in ("en", "zh-hant", "zh-hans"):
        with override(language):
            said |= {wording.note(found) for found in noted.values()}
    assert len(said) == 12


def test_names_fall_back_to_english_and_then_to_any() -> None:
    with override("zh-hant"):
        assert wording.named({"en": "Gold", "zh-Hant": "金卡"}) == "金卡"
        assert wording.named({"en": "Gold"}) == "Gold"
        assert wording.named({"de": "Gold!"}) == "Gold!"
        assert wording.named({}, "gold") == "gold"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["−NT$12.5K", "−NT$2K", "NT$500", "NT$1.25M"]),
        ("zh-hant", ["−$1.25萬", "−$2,000", "$500", "$125萬"]),
        ("zh-hans", ["−NT$1.25万", "−NT$2,000", "NT$500", "NT$125万"]),
    ],
)
def test_an_axis_is_short_where_the_language_is_and_grouped_where_it_is_not(language: str, said: list[str]) -> None:
    with override(language):
        assert [short(amount * 100, "TWD") for amount in (-12_500, -2_000, 500, 1_250_000)] == said


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_what_is_below_zero_has_a_minus_everywhere_and_no_hyphen(language: str) -> None:
    with override(language):
        said = [wording.money(-50_000, "TWD"), reading.money(-50_000, "TWD"), reading.money(-1_250, "USD")]
    assert [text[0] for text in said] == [wording.MINUS] * 3
