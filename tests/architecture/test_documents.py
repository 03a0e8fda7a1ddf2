"""Documents name files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
SETTINGS = ROOT / "docs" / "SETTINGS.md"
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
ASKED = re.compile(r"""environ(?:\.get\(|\[)"((?:REGULARS|DATABASE)_[A-Z_]+)\"""")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    """A reader follows them: mend the link, or write what it promises."""
    missing = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]
    assert missing == []


def test_every_setting_is_explained():
    """Somebody who runs this reads one page: say in docs/SETTINGS.md what the variable does."""
    asked = {name for path in (ROOT / "src").rglob("*.py") for name in ASKED.findall(path.read_text())}
    assert asked >= {"DATABASE_URL", "REGULARS_HOSTS"}
    explained = SETTINGS.read_text()
    assert [name for name in sorted(asked) if f"`{name}`" not in explained] == []


def test_decision_records_are_numbered_one_by_one():
    """They are cited by number: whoever comes second takes the next one, in the name and in the title."""
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    told = [(record.name[:4], record.read_text().partition(".")[0]) for record in records]
    assert told == [(f"{number:04}", f"# {number}") for number in range(1, len(records) + 1)]
