"""Problems: one code for each, in one place, with a sentence in every language."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

import regulars
from regulars.engine.problems import CODES, Problem
from regulars.programs.problems import SENTENCES, SORTS, said, told
from regulars.programs.reference import problems
from regulars.programs.tree import Unreadable, grown

SOURCE = Path(regulars.__file__).parent
READERS = [
    SOURCE / "engine",
    SOURCE / "programs",
    SOURCE / "segments",
]
PAGE = SOURCE.parents[1] / "docs" / "problems.md"
VOCABULARY = ("engine/problems.py", "programs/problems.py")


def sources() -> dict[str, str]:
    found = {str(path.relative_to(SOURCE)): path.read_text() for folder in READERS for path in folder.rglob("*.py")}
    return {name: text for name, text in found.items() if name not in VOCABULARY}


def test_every_code_has_a_sentence_and_its_place_in_the_alphabet() -> None:
    assert list(CODES) == sorted(CODES)
    assert list(SENTENCES) == sorted(SENTENCES)
    assert {name.partition(".")[0] for name in SENTENCES} == set(CODES)


def test_every_code_is_said_somewhere() -> None:
    written = "\n".join(sources().values())
    assert [code for code in CODES if f'"{code}"' not in written] == []


def test_no_reader_says_what_is_wrong_without_a_code() -> None:
    """Raise Wrong with a code of `engine.problems`, so that everybody reads it in their language."""
    readers = ("engine/grammar/", "engine/phrases.py", "engine/shape.py", "engine/money.py", "programs/stories/")
    loose = [name for name, text in sources().items() if name.startswith(readers) and "ValueError(" in text]
    assert loose == []


def test_a_code_that_does_not_exist_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="no_such_code"):
        Problem("", "", "no_such_code")


def test_the_page_of_problems_is_the_vocabulary() -> None:
    """Run `./run schema --problems > docs/problems.md`."""
    assert PAGE.read_text() == problems()


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_every_problem_is_said_in_the_readers_language(language: str) -> None:
    given = dict.fromkeys(re.findall(r"%\((\w+)\)s", " ".join(map(str, SENTENCES.values()))), "x")
    given |= {"sort": "rule"}
    because = (Problem("", "", "dates_exclude"),)
    found = [Problem("a", "b", code, allowed, given, because) for code in CODES for allowed in [(), ("x", "y")]]
    english = [said(one) for one in found if one.code != "in_program_file"]
    with override(language):
        here = [said(one) for one in found if one.code != "in_program_file"]
        assert all(str(sort) != name for name, sort in SORTS.items())
    assert [text for text, same in zip(here, english, strict=True) if text == same or "%(" in text] == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "a length of time such as '12 hours' or '7 days' is needed"),
        ("zh-hant", "請填寫時間長度，例如「12 hours」或「7 days」"),
        ("zh-hans", "请填写时间长度，例如“12 hours”或“7 days”"),
    ],
)
def test_chinese_quotes_stand_without_spaces(language: str, sentence: str) -> None:
    """Where no quotes stand there is one: 例如 once."""
    with override(language):
        assert said(Problem("a", "7", "not_a_length", ("12 hours", "7 days"))) == sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "earn[0].limit: 'seldom': a limit such as once, '1 per day' or '3 per month' is needed"),
        ("zh-hant", "earn[0].limit：「seldom」：請填寫次數限制，例如 once、「1 per day」或「3 per month」"),
        ("zh-hans", "earn[0].limit：“seldom”：请填写次数限制，例如 once、“1 per day”或“3 per month”"),
    ],
)
def test_what_may_stand_there_is_listed_as_the_reader_lists(language: str, sentence: str) -> None:
    with override(language):
        assert told(Problem("earn[0].limit", "seldom", "not_a_limit", ("once", "1 per day", "3 per month"))) == sentence


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {b: c", "大括號「{」沒有關閉，或少了逗號"),
        ("a: [b", "方括號「[」沒有關閉，或少了逗號"),
        ("a: b: c", "這裡不能有冒號，請把文字加上引號"),
        ("a:\n\tb: c", "縮排只能用空格，不能用 Tab"),
        ("a: 'b", "引號沒有關閉"),
        ("a:\n  b: 1\n c: 2", "這一行的縮排與前後不一致"),
    ],
)
def test_what_is_no_yaml_is_told_without_the_words_of_its_parser(text: str, message: str) -> None:
    with pytest.raises(Unreadable) as refused:
        grown(text)
    with override("zh-hant"):
        assert said(refused.value.problem) == f"這不是正確的 YAML：{message}"
