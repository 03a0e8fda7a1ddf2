"""What each figure means, read from its page in docs/metrics: the console shows the same words as the documentation."""

from functools import cache
from pathlib import Path

import yaml
from msgspec import Struct, convert

PAGES = Path(__file__).resolve().parents[3] / "docs" / "metrics"

# A text in each language: en, zh-Hant, zh-Hans. `wording.named` picks the reader's.
Texts = dict[str, str]


class Definition(Struct, frozen=True, forbid_unknown_fields=True):
    title: Texts
    says: Texts
    formula: Texts
    trap: Texts


@cache
def definition(slug: str) -> Definition:
    """The definition a figure or a chart names. LookupError when there is no such page."""
    if slug not in slugs():
        raise LookupError(slug)
    _, front, _ = (PAGES / f"{slug}.md").read_text().split("---\n", 2)
    return convert(yaml.safe_load(front), Definition)


@cache
def slugs() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in PAGES.glob("*.md") if path.stem != "README"))
