"""A program counts in money that is in use; who writes it as people say it is told its code."""

import pytest

from regulars.programs.currencies import in_use
from regulars.programs.document import DocumentRefused, publishable, version
from tests.programs.test_document import TINY


@pytest.mark.parametrize("code", ["TWD", "CNY", "HKD", "MOP", "JPY", "KWD", "XOF", "EUR"])
def test_money_that_is_in_use_is_fine(code: str) -> None:
    assert publishable(TINY.replace("TWD", code)).version.currency == code


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("RMB", "CNY"), ("CNH", "CNY"), ("NTD", "TWD"), ("NT", "TWD"), ("NT$", "TWD"), ("twd", "TWD"), ("HK", "HKD"),
        ("US$", "USD"), ("UK", "GBP"), ("JP", "JPY"), ("新台幣", "TWD"), ("人民币", "CNY"),
    ],
)  # fmt: skip
def test_the_code_of_what_people_say_is_named(said: str, meant: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        publishable(TINY.replace("currency: TWD", f"currency: {said}"))
    problem = refused.value.problems[0]
    assert (problem.line, problem.code) == (3, "currency_unknown")
    assert problem.message.endswith(f"is '{meant}' meant?")


def test_what_is_no_currency_is_refused_beside_all_else() -> None:
    with pytest.raises(DocumentRefused) as refused:
        publishable(TINY.replace("TWD", "ABC").replace("7 days", "a while"))
    assert [problem.code for problem in refused.value.problems] == ["currency_unknown", "not_a_length"]
    assert "meant" not in refused.value.problems[0].message


@pytest.mark.parametrize("gone", ["DEM", "ZWL", "XXX", "XAU", "CLF"])
def test_money_that_nobody_pays_with_is_not_in_use(gone: str) -> None:
    assert gone not in in_use()


def test_what_counts_in_another_money_already_is_read_and_goes_on() -> None:
    before = version(TINY.replace("TWD", "RMB"), 1, 0)
    assert before.currency == "RMB"
    assert publishable(TINY.replace("TWD", "RMB"), before).version.currency == "RMB"
    with pytest.raises(DocumentRefused):
        publishable(TINY.replace("TWD", "NTD"), before)
