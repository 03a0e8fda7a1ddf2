"""Every story in the documents is acted out, and what it promises must be so."""

import pytest

from regulars.programs.stories.telling import told
from tests.engine.pages import PAGES, Tale, tales

MANUAL = PAGES.parent / "stories.md"
ALL = [tale for page in (MANUAL, *sorted(PAGES.glob("*.md"))) for tale in tales(page)]


def test_the_manual_has_a_story() -> None:
    assert MANUAL.name in {tale.page for tale in ALL}


@pytest.mark.parametrize("tale", ALL, ids=str)
def test_a_story_on_a_page(tale: Tale) -> None:
    verdict = told(str(tale), tale.text, PAGES, tale.program)
    assert verdict.holds, f"lines count from {tale.page}:{tale.line}: {verdict}"
