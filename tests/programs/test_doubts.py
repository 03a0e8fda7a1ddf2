"""What is probably not meant of the world is warned of, and published."""

import pytest

from regulars.programs.document import publishable
from tests.programs.test_document import TINY


def warned(text: str) -> list[str]:
    return [f"{one.line} {one.code} {', '.join(one.allowed)}" for one in publishable(text).warnings]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Taiwan", "TW"), ("台灣", "TW"), ("臺灣", "TW"), ("tw", "TW"), ("TWN", "TW"), ("UK", "GB"), ("香港", "HK"),
        ("中国", "CN"), ("日本", "JP"), ("[TW, Japan]", "JP"),
    ],
)  # fmt: skip
def test_a_country_has_two_letters(said: str, meant: str) -> None:
    for when in (f"{{country: {said}}}", f"{{any: [{{country: {said}}}, {{tag: new}}]}}"):
        assert warned(TINY + f"    when: {when}\n") == [f"10 country_in_words {meant}"]


def test_of_a_country_that_nobody_knows_none_is_named() -> None:
    [warning] = publishable(TINY + "    when: {country: Atlantis}\n").warnings
    assert (warning.allowed, warning.message) == ((), "countries are told by two capital letters, such as TW")


@pytest.mark.parametrize("said", ["TW", "[TW, JP, US]"])
def test_two_letters_are_fine(said: str) -> None:
    assert warned(TINY + f"    when: {{country: {said}}}\n") == []


def test_a_zone_by_its_offset_has_its_sign_the_other_way_round() -> None:
    [warning] = publishable(TINY.replace("Asia/Taipei", "Etc/GMT+8")).warnings
    assert str(warning) == (
        "line 2: timezone: 'Etc/GMT+8': this is UTC\N{MINUS SIGN}8, for its sign is the other way round: "
        "say a place, such as Asia/Taipei"
    )
    assert warned(TINY.replace("Asia/Taipei", "Etc/GMT-8")) == ["2 timezone_reversed Asia/Taipei"]
    assert warned(TINY.replace("Asia/Taipei", "Etc/UTC")) == []


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("zh", "zh-Hant, zh-Hans"), ("zh-TW", "zh-Hant"), ("zh_HK", "zh-Hant"), ("zh-CN", "zh-Hans"), ("en-US", "en"),
    ],
)  # fmt: skip
def test_a_language_has_the_name_that_pages_ask_for(tag: str, meant: str) -> None:
    assert warned(TINY.replace("currency", f"name: {{en: Tiny, {tag}: 小店}}\ncurrency")) == [
        f"3 language_unread {meant}"
    ]


def test_languages_of_pages_and_others_are_fine() -> None:
    assert warned(TINY.replace("currency", "name: {en: Tiny, zh-Hant: 小店, zh-hans: 小店, de: Laden}\ncurrency")) == []
