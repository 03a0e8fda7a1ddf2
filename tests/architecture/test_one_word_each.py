"""One word for one thing in each Chinese catalogue."""

import pytest

from tools import messages

# What is said otherwise: a draft is 草稿, revenue 營業額 or 营业额, a share 佔 or 占.
OTHERS = {"zh_Hant": ("草案", "營收", "占", "吃虧"), "zh_Hans": ("草案", "营收", "佔", "吃亏", "触及的活跃")}


@pytest.mark.parametrize("language", OTHERS)
def test_each_thing_has_one_word(language: str) -> None:
    said = [
        text
        for found in messages.read(language)
        for text in ([found.string] if isinstance(found.string, str) else found.string)
    ]
    assert len(said) > 1_000
    assert [text for text in said for other in OTHERS[language] if other in text] == []
