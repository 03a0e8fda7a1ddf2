"""Money as text and as minor units."""

import pytest

from regulars.engine.money import format_major, is_currency, parse_major
from regulars.engine.problems import Wrong


@pytest.mark.parametrize(
    ("text", "currency", "minor", "written"),
    [
        ("499", "TWD", 49900, "499.00"),
        ("12.5", "USD", 1250, "12.50"),
        ("-0.05", "USD", -5, "-0.05"),
        ("12.500", "USD", 1250, "12.50"),
        ("0", "EUR", 0, "0.00"),
        ("499", "JPY", 499, "499"),
        ("-1", "JPY", -1, "-1"),
        ("1.0", "JPY", 1, "1"),
        ("1.234", "KWD", 1234, "1.234"),
    ],
)
def test_there_and_back(text: str, currency: str, minor: int, written: str):
    assert parse_major(text, currency) == minor
    assert format_major(minor, currency) == written


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.005", "USD"), ("0.5", "JPY"), ("1,5", "USD"), ("1e3", "USD"), ("", "USD"), ("+1", "USD"), (" 1", "USD"),
        ("1.", "USD"), (".5", "USD"), ("٣", "JPY"), ("1" * 16, "USD"), ("1.00000", "USD"),
    ],
)  # fmt: skip
def test_what_is_no_amount(text: str, currency: str):
    with pytest.raises(ValueError, match="not_an_amount"):
        parse_major(text, currency)


def test_currency_codes():
    assert is_currency("TWD")
    assert not any(map(is_currency, ["", "twd", "NT$", "TWDX", "T1D"]))


def test_what_is_no_amount_is_told_with_what_would_be_one():
    with pytest.raises(Wrong) as wrong:
        parse_major("ten", "TWD")
    found = wrong.value
    assert (found.code, found.allowed, found.told) == ("not_an_amount", ("100", "100 TWD"), {"currency": "TWD"})
