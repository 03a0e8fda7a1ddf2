"""Orders in another currency: the page's table, and parts that come to the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.engine.account import Account
from regulars.engine.exchange import converted, fraction, given_back, line_in, payment_in, refund_line_in
from regulars.engine.facts import Exchange, Line, Payment, RefundLine
from regulars.engine.fold import fold
from regulars.engine.money import format_major, parse_major
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import document, order, programs, refund
from tests.engine.histories import thoroughly
from tests.engine.pages import PAGES, Row, tables

[TABLE] = [table for table in tables(PAGES / "currency.md") if "rate" in table.columns]


@pytest.mark.parametrize("row", TABLE.rows, ids=str)
def test_the_page(row: Row):
    exchange, minor = Exchange(row["currency"], row["rate"], 0), parse_major(row["amount"], row["currency"])
    assert format_major(converted(minor, exchange, "TWD"), "TWD") == row["counts as"]
    assert format_major(given_back(minor, exchange, "TWD"), "TWD") == row["given back"]


@pytest.mark.parametrize("rate", ["0", "0.000", "-1", "1,5", "1.0000000001", "", "1e3"])
def test_what_is_no_rate(rate: str):
    with pytest.raises(
        ValueError, match=r"^a rate such as '31\.505' is needed, above zero and with at most nine decimals$"
    ):
        fraction(Exchange("USD", rate, 0), "TWD")


def test_every_amount_of_a_line_and_a_payment_is_converted():
    usd = Exchange("USD", "30", 0)
    line = Line("1", "sku", 2, 1000, "tea", discount=100, tax=50)
    assert line_in(line, usd, "TWD") == Line("1", "sku", 2, 30_000, "tea", discount=3_000, tax=1_500)
    assert payment_in(Payment("card", 500, "R"), usd, "TWD") == Payment("card", 15_000, "R")
    assert refund_line_in(RefundLine("1", 1, 250), usd, "TWD") == RefundLine("1", 1, 7_500)
    assert refund_line_in(RefundLine("1", 1), usd, "TWD") == RefundLine("1", 1)


def test_each_currency_has_its_own_minor_units():
    """A cent is worth 1.5 yen at this rate, and a yen no less."""
    usd = Exchange("USD", "150", 0)
    assert (converted(1, usd, "JPY"), given_back(1, usd, "JPY"), converted(-1, usd, "JPY")) == (2, 2, -2)
    line = Line("1", "sku", 1, 1000, discount=100, tax=50)
    assert line_in(line, usd, "JPY") == Line("1", "sku", 1, 1500, discount=150, tax=75)
    assert payment_in(Payment("card", 500), usd, "JPY") == Payment("card", 750)
    assert refund_line_in(RefundLine("1", 1, 250), usd, "JPY") == RefundLine("1", 1, 375)


RATES = st.sampled_from(["31.505", "0.2135", "0.000001", "1", "123456.789", "0.333333333"])


@thoroughly
@given(RATES, st.lists(st.integers(1, 10**6), min_size=1, max_size=5), st.sampled_from(["USD", "JPY", "KWD"]))
def test_stated_parts_come_to_the_whole_line_in_any_order(rate: str, parts: list[int], currency: str):
    exchange = Exchange(currency, rate, 0)
    whole = line_in(Line("1", "sku", 1, sum(parts)), exchange, "TWD")
    bought = order("A", "2026-01-10 12:00")
    bought = type(bought)(bought.key, bought.version_at, (whole,), bought.paid_at, exchange=exchange)
    for told in (parts, parts[::-1]):
        backs = [
            refund(
                f"A/R{place}", "2026-01-11 12:00", refund_line_in(RefundLine("1", place == 0, part), exchange, "TWD")
            )
            for place, part in enumerate(told)
        ]
        outcome = fold(Tape(programs(document()), Account()), unrolled([bought, *backs]))
        assert (outcome.account.spend, outcome.account.orders) == (0, 0)
