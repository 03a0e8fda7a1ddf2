"""What each phrase of a document means, and what is said of one that means nothing: its code, and what may stand."""

from collections.abc import Callable

import pytest

from regulars.engine import phrases
from regulars.engine.calendar import UNTIL_FULFILLED, Span, Term
from regulars.engine.phrases import Gift
from regulars.engine.problems import Wrong
from regulars.engine.program import Worth

Reader = Callable[..., object]
WALLET, DOLLARS, YEN = ("points",), ("TWD",), ("JPY",)
LENGTHS = ("12 hours", "7 days", "2 weeks", "12 months")
TERMS = ("90 days", "12 months, end of month")
ROLLING = ("rolling 12 months", "rolling 90 days")
GIFTS = ("1 point per 100 TWD", "1 stamp per unit", "5% credit", "50 points")
LIMITS = ("once", "1 per day", "3 per month")


@pytest.mark.parametrize(
    ("reader", "text", "more", "meaning"),
    [
        (phrases.span, "36 hours", (), Span(36, "hour")),
        (phrases.span, "1 day", (), Span(1, "day")),
        (phrases.span, "2 weeks", (), Span(14, "day")),
        (phrases.span, "3 months", (), Span(3, "month")),
        (phrases.span, "100 years", (), Span(1200, "month")),
        (phrases.wait, "until fulfilled", (), UNTIL_FULFILLED),
        (phrases.wait, "none", (), Span(0, "hour")),
        (phrases.wait, "7 days", (), Span(7, "day")),
        (phrases.term, "90 days", (), Term(Span(90, "day"), "day")),
        (phrases.term, "12 months, end of quarter", (), Term(Span(12, "month"), "quarter")),
        (phrases.lasting, "never", (), phrases.NEVER),
        (phrases.lasting, "2026-05-01", (), Term(Span(0, "day"), until=phrases.local_day("2026-05-01"))),
        (phrases.lasting, "1 year", (), Term(Span(12, "month"), "day")),
        (phrases.rolling, "rolling 90 days", (), Span(90, "day")),
        (phrases.money, "100", DOLLARS, 100_00),
        (phrases.money, "0.5 TWD", DOLLARS, 50),
        (phrases.money, "100 JPY", YEN, 100),
        (phrases.give, "50 points", DOLLARS, Gift("50", "points", "fixed")),
        (phrases.give, "1.5 points per 100 TWD", DOLLARS, Gift("1.5", "points", "per_money", 100_00)),
        (phrases.give, "1 point per 100 JPY", YEN, Gift("1", "point", "per_money", 100)),
        (phrases.give, "1 stamp per unit", DOLLARS, Gift("1", "stamp", "per_unit", 1)),
        (phrases.give, "1 stamp per 3 units", DOLLARS, Gift("1", "stamp", "per_unit", 3)),
        (phrases.give, "0.001% credit", DOLLARS, Gift("1", "credit", "percent", 100_000)),
        (phrases.give, "100% credit", DOLLARS, Gift("100000", "credit", "percent", 100_000)),
        (phrases.times, "once", (), (1, "lifetime")),
        (phrases.times, "3 per month", (), (3, "month")),
        (phrases.worth, "10 TWD per 100", DOLLARS, Worth(10_00, 100)),
        (phrases.worth, "10 JPY per 100", YEN, Worth(10, 100)),
        (phrases.beyond_one, "1.001", (), (1, 1000)),
        (phrases.beyond_one, "100", (), (99_000, 1000)),
        (phrases.local_day, "1970-01-02", (), 1),
        (phrases.weekday, "mon", (), 0),
        (phrases.weekday, "sun", (), 6),
        (phrases.points, "100", WALLET, 100),
        (phrases.points, "1 point", WALLET, 1),
        (phrases.points, "100 points", WALLET, 100),
        (phrases.percent, "100%", (), 10_000),
        (phrases.percent, "0.01%", (), 1),
        (phrases.hours, "14:30-17:45", (), (870, 1065)),
        (phrases.hours, "22:00-02:00", (), (1320, 120)),
        (phrases.hours, "00:00-24:00", (), (0, 1440)),
        (phrases.nth, "3", (), (3, 0)),
        (phrases.nth, "every 10", (), (0, 10)),
        (phrases.whole, "0", (), 0),
        (phrases.whole, "999999999", (), 999_999_999),
    ],
)
def test_a_phrase_means(reader: Reader, text: str, more: tuple[str, ...], meaning: object):
    assert reader(text, *more) == meaning


@pytest.mark.parametrize(
    ("reader", "text", "more", "code", "allowed", "told"),
    [
        (phrases.span, "a while", (), "not_a_length", LENGTHS, {}),
        (phrases.span, "0 days", (), "not_a_length", LENGTHS, {}),
        (phrases.span, "101 years", (), "longer_than_possible", (), {"years": "100"}),
        (phrases.term, "90 days, end of", (), "not_a_term", TERMS, {}),
        (phrases.term, "36 hours", (), "not_a_term", TERMS, {}),
        (phrases.rolling, "12 months", (), "not_rolling", ROLLING, {}),
        (phrases.rolling, "rolling 12 hours", (), "window_of_hours", ROLLING, {}),
        (phrases.money, "100 USD", DOLLARS, "not_an_amount", ("100", "100 TWD"), {"currency": "TWD"}),
        (phrases.money, "10,000", DOLLARS, "comma_in_amount", ("10000",), {}),
        (phrases.money, "10,000 TWD", DOLLARS, "comma_in_amount", ("10000 TWD",), {}),
        (phrases.money, "10,5", DOLLARS, "not_an_amount", ("100", "100 TWD"), {"currency": "TWD"}),
        (phrases.money, "-1", DOLLARS, "not_an_amount", ("100", "100 TWD"), {"currency": "TWD"}),
        (phrases.give, "points", DOLLARS, "not_a_gift", GIFTS, {}),
        (phrases.give, "0% credit", DOLLARS, "not_a_gift", GIFTS, {}),
        (phrases.give, "100.001% credit", DOLLARS, "not_a_gift", GIFTS, {}),
        (phrases.give, "1 stamp per 0 units", DOLLARS, "not_a_gift", GIFTS, {}),
        (phrases.give, "1 point per 100 USD", DOLLARS, "other_currency", ("TWD",), {}),
        (phrases.give, "1 point per 0 TWD", DOLLARS, "gift_per_nothing", (), {}),
        (phrases.times, "twice", (), "not_a_limit", LIMITS, {}),
        (phrases.worth, "10 USD per 100", DOLLARS, "not_a_worth", ("10 TWD per 100",), {}),
        (phrases.worth, "10 TWD per 0", DOLLARS, "not_a_worth", ("10 TWD per 100",), {}),
        (phrases.worth, "10 TWD", DOLLARS, "not_a_worth", ("10 TWD per 100",), {}),
        (phrases.beyond_one, "1", (), "not_a_factor", ("2", "1.5"), {"most": "100"}),
        (phrases.beyond_one, "100.001", (), "not_a_factor", ("2", "1.5"), {"most": "100"}),
        (phrases.beyond_one, "double", (), "not_a_factor", ("2", "1.5"), {"most": "100"}),
        (phrases.local_day, "2026-02-30", (), "not_a_date", ("2026-05-01",), {}),
        (phrases.weekday, "monday", (), "not_a_weekday", phrases.WEEKDAYS, {}),
        (phrases.points, "0", WALLET, "not_points", ("100", "100 points"), {}),
        (phrases.points, "100 stamps", WALLET, "not_points", ("100", "100 points"), {}),
        (phrases.points, "some", WALLET, "not_points", ("100", "100 points"), {}),
        (phrases.percent, "half", (), "not_a_share", ("50%", "12.5%"), {}),
        (phrases.percent, "0%", (), "not_a_share", ("50%", "12.5%"), {}),
        (phrases.percent, "100.01%", (), "not_a_share", ("50%", "12.5%"), {}),
        (phrases.hours, "all day", (), "not_hours", ("14:00-17:00", "22:00-02:00"), {}),
        (phrases.hours, "14:00-14:00", (), "not_hours", ("14:00-17:00", "22:00-02:00"), {}),
        (phrases.hours, "14:00-24:01", (), "not_hours", ("14:00-17:00", "22:00-02:00"), {}),
        (phrases.nth, "0", (), "not_a_number_of_order", ("1", "every 10"), {}),
        (phrases.whole, "a few", (), "not_whole", (), {}),
        (phrases.whole, "٣", (), "not_whole", (), {}),
    ],
)  # fmt: skip
def test_a_phrase_that_means_nothing(
    reader: Reader, text: str, more: tuple[str, ...], code: str, allowed: tuple[str, ...], told: dict[str, str]
):
    with pytest.raises(Wrong) as wrong:
        reader(text, *more)
    assert (wrong.value.code, wrong.value.allowed, wrong.value.told) == (code, allowed, told)
