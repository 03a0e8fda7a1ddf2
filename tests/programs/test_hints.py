"""What cannot be read comes with what was probably meant: the plain sign, the nearest word, another way to say it."""

import pytest
from django.utils.translation import override

from regulars.programs.document import DocumentRefused, draft
from tests.programs.test_document import TINY

RULE = "  - rule: base\n    give: 1 point per 100 TWD\n"


def refused(text: str) -> list[str]:
    with pytest.raises(DocumentRefused) as found:
        draft(text)
    return [str(problem) for problem in found.value.problems]


@pytest.mark.parametrize(
    ("before", "after", "line", "sign", "instead"),
    [
        ("give: 1", "give：1", 9, "：", ": "),
        ("rule: base", "rule：base", 8, "：", ": "),
        ("wallets:", "wallets：", 4, "：", ": "),
        (RULE, "  - {rule: base， give: 1 point per 100 TWD}\n", 8, "，", ", "),
        (RULE, "  - {rule: base、give: 1 point per 100 TWD}\n", 8, "、", ", "),
        (RULE, "  - {rule：base, give: 1 point per 100 TWD}\n", 8, "：", ": "),
        (RULE, "  - {rule: base, give：1 point per 100 TWD}\n", 8, "：", ": "),
        (RULE, "  - {rule: base, give: 1 point per 100 TWD｝\n", 8, "｝", "}"),
        (RULE, "  - ｛rule: base, give: 1 point per 100 TWD｝\n", 8, "｛", "{"),
        ("- rule", "－ rule", 8, "－", "- "),
        ("1 point", "１ point", 9, "１", "1"),
        ("1 point per 100 TWD", "“1 point per 100 TWD”", 9, "“", '"'),
        ("7 days", "７ days", 6, "７", "7"),
    ],
)
def test_a_wide_sign_is_named_with_its_line_and_the_plain_one(
    before: str, after: str, line: int, sign: str, instead: str
) -> None:
    [problem] = [said for said in refused(TINY.replace(before, after)) if "fullwidth" in said]
    assert problem.startswith(f"line {line}: ")
    assert problem.endswith(f"'{sign}' is a fullwidth or typographic sign: type '{instead}' instead")


def test_a_wide_space_is_named() -> None:
    text = TINY.replace("    give", "\u3000\u3000give")
    assert refused(text)[-1].endswith(
        "the wide space (U+3000) is a fullwidth or typographic sign: type plain spaces instead"
    )


def test_signs_of_texts_that_people_read_are_not_blamed() -> None:
    text = TINY.replace("currency", "name: {zh-Hant: 好茶，好點：茶屋｝}\ncurrency")
    assert draft(text).version.name == {"zh-Hant": "好茶，好點：茶屋｝"}
    [problem] = refused(text.replace("    give", "\tgive"))
    assert problem == "line 10: this is not YAML: a tab stands where only spaces may"


def test_a_colon_is_missing_in_the_line_that_has_none() -> None:
    [problem] = refused(TINY.replace("currency: TWD", "currency TWD"))
    assert problem == "line 3: this is not YAML: a colon is missing"


def test_the_nearest_word_is_said_first() -> None:
    missing, unknown = refused(TINY.replace("wallets", "walets"))
    assert missing == "line 1: document: 'wallets' is missing"
    assert unknown.startswith(
        "line 4: walets: 'walets': this is not known here: is 'wallets' meant? Possible is program"
    )


@pytest.mark.parametrize(
    ("before", "after", "instead"),
    [
        (RULE, "  - {rule: base, give: 1 point per 1,000 TWD}\n", "1 point per 1000 TWD"),
        ("100 TWD", "1,000 TWD", "1 point per 1000 TWD"),
        (RULE, '  - {rule: base, give: "1 point per 1, 000 TWD"}\n', "1 point per 1000 TWD"),
        ("pending: 7 days", "worth: 10 TWD per 1,000", "10 TWD per 1000"),
    ],
)
def test_an_amount_with_commas_is_said_without(before: str, after: str, instead: str) -> None:
    [problem] = refused(TINY.replace(before, after))
    assert problem.endswith(f"an amount is written without a comma: '{instead}'")


def test_a_phrase_with_a_comma_is_no_amount() -> None:
    [problem] = refused(TINY.replace(RULE, "  - {rule: base, expires: 12 months, end of month, give: 1 point}\n"))
    assert problem.endswith("""put quotes around "12 months, end of month\"""")


@pytest.mark.parametrize("share", ["150%", "0%"])
def test_a_share_has_its_bounds(share: str) -> None:
    text = TINY.replace("    pending: 7 days", '    money: "true"').replace("1 point per 100 TWD", f"{share} points")
    [problem] = refused(text)
    assert problem.endswith("; a share is more than 0% and at most 100%")


@pytest.mark.parametrize(
    "rule",
    ["{rule: double, on: birthday, multiply: 2}", "{rule: double, when: {birthday: this month}, multiply: 2}"],
)
def test_double_points_of_a_birthday_ask_for_a_segment(rule: str) -> None:
    [problem] = refused(TINY + f"  - {rule}\n")
    assert "make a segment (birthday is this month) and ask for it" in problem


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hant", "「：」是全形符號，請改用半形的「: 」"), ("zh-hans", "“：”是全角符号，请改用半角的“: ”")],
)
def test_hints_are_in_the_readers_language(language: str, said: str) -> None:
    with override(language):
        [problem] = refused(TINY.replace("give: 1", "give：1"))
    assert problem.endswith(said)


def test_a_value_is_told_by_the_nearest_that_there_is() -> None:
    rule = "  - {rule: dry, when: {attribute: {hair: drry}}, give: 1 point per 9 TWD}\n"
    [problem] = refused(TINY + rule + "attributes: {hair: [dry, oily]}\n")
    assert problem.endswith("'drry': possible is dry or oily; is 'dry' meant?")
