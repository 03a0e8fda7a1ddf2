"""Problems and sentences in the language asked for."""

import re

import pytest

from regulars.contract.faults import OTHER, SAID, faults
from regulars.contract.problems import KINDS
from regulars.programs.queries import Published
from tests.api.till import Till, line

pytestmark = pytest.mark.usefixtures("each_door")

ASKED = {
    "en": "en",
    "zh-Hant": "zh-hant",
    "zh-TW": "zh-hant",
    "zh-Hans": "zh-hans",
    "zh-CN,en;q=0.5": "zh-hans",
    "fr": "en",
}
TITLES = {
    "en": "The request does not fit the description",
    "zh-hant": "要求的內容不符合規格",
    "zh-hans": "请求内容不符合规格",
}
DETAILS = {"en": "text is needed", "zh-hant": "必須是文字", "zh-hans": "必须是文本"}
WHY = {
    "en": "Points on purchases: NT$1,250 at 1 point for every NT$100 gives 12 points",
    "zh-hant": "消費積點：消費 $1,250，每 $100 得 1 點，共 12 點",
    "zh-hans": "消费积分：消费 NT$1,250，每 NT$100 得 1 点，共 12 点",
}
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize(("asked", "language"), ASKED.items())
def test_a_problem_speaks_the_readers_language(shop: Published, asked: str, language: str) -> None:
    told = Till(shop, language=asked).put(lines=[line(total=1)]).json()
    assert (told["title"], told["errors"][0]["detail"]) == (TITLES[language], DETAILS[language])


@pytest.mark.parametrize(("asked", "language"), ASKED.items())
def test_a_sentence_speaks_the_readers_language(shop: Published, asked: str, language: str) -> None:
    entries = Till(shop, language=asked).put().json()["entries"]
    assert [entry["why"]["sentence"] for entry in entries] == [WHY[language]]


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_every_title_and_detail_is_translated(language: str) -> None:
    from django.utils.translation import override

    with override(language):
        said = [str(text) for text in (*SAID.values(), OTHER, *(kind.title for kind in KINDS.values()))]
    assert [text for text in said if not CHINESE.search(text)] == []


def test_what_may_be_said_is_listed_in_the_readers_language() -> None:
    from django.utils.translation import override

    wrong = {"type": "literal_error", "loc": ["body", "told", "per"], "ctx": {"expected": "'day', 'week' or 'month'"}}
    with override("zh-hant"):
        [fault] = faults([wrong])
    assert (fault.pointer, fault.detail) == ("/per", "請填寫其中之一：'day'、'week' 或 'month'")


def test_the_page_of_problems_too(shop: Published) -> None:
    page = Till(shop, language="zh-Hant").get("/problems").content.decode()
    assert '<html lang="zh-hant">' in page
    assert TITLES["zh-hant"] in page
