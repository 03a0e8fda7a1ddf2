"""Every preset keeps its promises: in its story, in other currencies, against attacks, in three languages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import regulars.programs.presets as folder
from regulars.programs.attack.searching import attack
from regulars.programs.document import draft
from regulars.programs.presets import EXAMPLES, PRESETS, TYPES, preset, story
from regulars.programs.presets.starting import INSTEAD_OF_A_DOLLAR, Own, in_currency, started
from regulars.programs.presets.summaries import summary
from regulars.programs.stories.telling import check
from regulars.programs.tree import grown
from regulars.project.place import CHECKOUT

pytestmark = pytest.mark.uncounted

BESIDE = Path(folder.__file__).parent
PAGES = CHECKOUT / "docs" / "presets"
LANGUAGES = {"en", "zh-Hant", "zh-Hans"}
ATTEMPTS = 500
# What each gives away on purpose, as so many attempts find it; its page says why.
GIVEN_AWAY = {
    "goals": {("per_order", "come-back")},
    "paid-membership": {("gift", "plus-welcome")},
    "stamp-card": {("per_order", "visit")},
    "tiered": {("gift", "gold-welcome"), ("gift", "silver-welcome")},
}


def test_every_preset_is_listed() -> None:
    stories = {*TYPES, "tea-house"}
    assert {path.name for path in BESIDE.glob("*.yaml")} == {
        *(f"{name}.yaml" for name in PRESETS),
        *(f"{name}.story.yaml" for name in stories),
    }
    assert [summary(name) for name in TYPES if len(summary(name)) > 90] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_two_are_called_the_same(language: str) -> None:
    names = [draft(preset(name)).version.name[language] for name in PRESETS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", TYPES)
def test_its_story_holds(name: str) -> None:
    verdict = check(BESIDE / f"{name}.story.yaml")
    assert verdict.holds, verdict
    assert verdict.steps >= 9
    assert verdict.warnings == []


@pytest.mark.parametrize("currency", ["EUR", "JPY", "TWD"])
@pytest.mark.parametrize("name", TYPES)
def test_its_story_holds_in_another_shop(name: str, currency: str, tmp_path: Path) -> None:
    found = started(name, Own("my-shop", currency, "Asia/Taipei", "Lin's: “Shop”"))
    (tmp_path / "my-shop.yaml").write_text(found.program, encoding="utf-8")
    told = tmp_path / "my-shop.story.yaml"
    told.write_text(found.story, encoding="utf-8")
    verdict = check(told)
    assert verdict.holds, verdict
    version = draft(found.program, 1, 0).version
    assert (version.slug, version.currency, version.zone) == ("my-shop", currency, "Asia/Taipei")
    assert grown(found.program).tree["name"] == dict.fromkeys(("en", "zh-Hant", "zh-Hans"), "Lin's: “Shop”")


@pytest.mark.parametrize("name", TYPES)
def test_it_is_published_without_a_warning(name: str) -> None:
    assert draft(preset(name), 1, 0).warnings == []


@pytest.mark.parametrize("name", TYPES)
def test_an_attack_finds_what_it_gives_on_purpose_and_nothing_else(name: str) -> None:
    report = attack(preset(name), f"{name}.yaml", seed=7, seconds=50, most=ATTEMPTS)
    assert report.flaws == []
    assert {(one.kind, one.name) for one in report.policies} == GIVEN_AWAY.get(name, set())
    assert all(one.holds for one in report.found)


@pytest.mark.parametrize("name", TYPES)
def test_everybody_reads_it_in_their_own_language(name: str) -> None:
    tree = grown(preset(name)).tree
    texts = list(_texts(tree))
    assert len(texts) > 3
    assert [text for text in texts if set(text) != LANGUAGES] == []
    named = [one for part in ("earn", "rewards", "coupons", "benefits") for one in tree.get(part, [])]
    assert [one for one in named if "name" not in one] == []


def _texts(tree: Any) -> Iterator[dict[str, Any]]:
    """All that is said by language."""
    if isinstance(tree, dict):
        if "en" in tree:
            yield tree
        else:
            for value in tree.values():
                yield from _texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value)


@pytest.mark.parametrize("name", TYPES)
def test_a_page_tells_of_it(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    for heading in ("When it fits", "When it does not", "Weak points", "What to change first", "What a plan says"):
        assert f"\n# {heading}\n" in page, heading
    for _, rule in GIVEN_AWAY.get(name, set()):
        assert f"`{rule}`" in page
    assert f"]({name}.md)" in (PAGES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["coffee-stars", "coffee-stars-2025", "department-store-stars", "prime-plan"])
def test_designs_of_others_name_their_source_and_say_that_we_are_not_them(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert "https://" in page
    assert "not affiliated" in page
    assert "20" in page.split("# What it follows")[1]


def test_amounts_are_written_round() -> None:
    said = "1 point per 1 USD, 0.5 USD, 12.50 USD, 1000 USD, 10 USDX, A-1 USDA, 3 points"
    assert in_currency(said, "TWD") == "1 point per 30 TWD, 15 TWD, 375 TWD, 30000 TWD, 10 USDX, A-1 USDA, 3 points"
    assert in_currency(said, "EUR") == "1 point per 1 EUR, 0.5 EUR, 12.5 EUR, 1000 EUR, 10 USDX, A-1 USDA, 3 points"
    assert min(INSTEAD_OF_A_DOLLAR.values()) > 1


@pytest.mark.parametrize("name", TYPES)
def test_no_amount_stands_without_its_currency(name: str) -> None:
    """Else it would stay as it is when the currency changes: the TWD version must count in thirtieths."""
    lines = [
        line
        for line in (preset(name) + story(name)).splitlines()
        if re.search(r"\b(spend|reach|total|price): \d", line)
    ]
    bare = [line for line in lines if re.search(r"\b(total|price): [1-9][\d.]*(?! ?USD)[,}\s]", line)]
    assert bare == []


def test_examples_are_no_types() -> None:
    assert set(EXAMPLES).isdisjoint(TYPES)
