"""Every story in the documents and beside the presets is acted out, and what it promises must be so."""

import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import regulars.programs.presets
from regulars.engine.outcome import PLACES
from regulars.programs.stories.expecting import AMOUNTS, COUNTS, LISTS, PROGRESS, WORDS
from regulars.programs.stories.telling import check, told
from regulars.programs.stories.written import DEEDS, RawLine
from tests.engine.pages import PAGES, Tale, tales

MANUAL = PAGES.parent / "stories.md"
ALL = [tale for page in (MANUAL, *sorted(PAGES.glob("*.md"))) for tale in tales(page)]


def test_the_manual_has_a_story() -> None:
    assert MANUAL.name in {tale.page for tale in ALL}


def test_the_manual_tells_every_word() -> None:
    """Of what may happen, and of what may be expected."""
    tables = MANUAL.read_text().partition("# Deeds")[2]
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", tables))))
    assert {*DEEDS, *COUNTS, *AMOUNTS, *LISTS, *WORDS, *PLACES, *PROGRESS} - words == set()
    assert {*get_args(get_type_hints(RawLine)["kind"])} - words == set()


@pytest.mark.parametrize("tale", ALL, ids=str)
def test_a_story_on_a_page(tale: Tale) -> None:
    verdict = told(str(tale), tale.text, PAGES, tale.program)
    assert verdict.holds, f"lines count from {tale.page}:{tale.line}: {verdict}"


def test_the_presets_story_holds() -> None:
    verdict = check(Path(regulars.programs.presets.__file__).parent / "tea-house.story.yaml")
    assert verdict.holds, verdict
    assert verdict.steps == 15
    assert verdict.warnings == []
