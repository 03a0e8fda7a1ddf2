"""The JSON Schemas say what documents look like: every preset, page and story passes, whoever reads the YAML."""

import copy
import json
import re
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from regulars.programs.presets import PRESETS, preset
from regulars.programs.reference import EXAMPLES, reference
from regulars.programs.schema import program_schema, story_schema
from regulars.programs.tree import grown
from tests.engine.pages import PAGES, tales
from tests.programs.test_stories import HEAD, STEPS

pytestmark = pytest.mark.uncounted

TALES = [tale for page in (PAGES.parent / "stories.md", *sorted(PAGES.glob("*.md"))) for tale in tales(page)]


def complaints(schema: dict[str, Any], tree: object) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(tree)]


class Plain(yaml.SafeLoader):
    """As an editor's YAML 1.2 reader sees it: only true and false are truth values, days are text."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in known if not tag.endswith((":timestamp", ":bool"))]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), ["t", "f"])


def plain(text: str) -> Any:
    return yaml.load(text, Loader=Plain)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_pass(name: str) -> None:
    schema = program_schema()
    Draft202012Validator.check_schema(schema)
    assert complaints(schema, grown(preset(name)).tree) == []
    assert complaints(schema, plain(preset(name))) == []


@pytest.mark.parametrize("tale", TALES, ids=str)
def test_stories_of_the_pages_pass(tale: Any) -> None:
    schema = story_schema()
    Draft202012Validator.check_schema(schema)
    assert complaints(schema, grown(tale.text).tree) == []
    assert complaints(schema, plain(tale.text)) == []


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_every_deed_passes(steps: str) -> None:
    assert complaints(story_schema(), plain(HEAD + steps)) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("currency",), "dollars", "$.currency: 'dollars' does not match"),
        (("wallet",), {}, "$: Additional properties are not allowed"),
        (("enrolment",), "always", "$.enrolment: 'always' is not valid under any"),
        (("earn", 0, "when"), {"weekday": ["friday"]}, "$.earn[0].when"),
        (("wallets", "points", "pending"), "soon", "$.wallets.points.pending: 'soon' does not match"),
        (("tiers", 0, "levels", 1, "reach"), [800], "$.tiers[0].levels[1].reach: [800] is not of type"),
    ],
)
def test_what_is_wrong_is_found(path: tuple[Any, ...], value: object, said: str) -> None:
    tree: Any = copy.deepcopy(plain(preset("grocer")))
    place = tree
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    [complaint] = complaints(program_schema(), tree)
    assert complaint.startswith(said)


@pytest.mark.parametrize(
    "part", ["earn: [{rule: r, give: 1 point, when: }]", "referral: ", "earn: [{rule: r, when: {not: }}]"]
)
def test_a_part_that_is_written_empty_is_none(part: str) -> None:
    text = f"program: shop\ntimezone: UTC\ncurrency: TWD\nwallets: {{points: {{}}}}\n{part}\n"
    assert len(complaints(program_schema(), plain(text))) == 1
    with pytest.raises(DocumentErrors, match="not_a_part"):
        grammar.read(grown(text).tree)


def test_every_word_of_a_program_is_described() -> None:
    """Say in engine/grammar/described.py what the new word says; editors show it."""
    parts = program_schema()["$defs"]
    silent = [f"{name}.{word}" for name, part in parts.items() for word, said in part["properties"].items()
              if "description" not in said]  # fmt: skip
    assert silent == []


@pytest.mark.parametrize(("words", "title"), [(["schema"], "a program"), (["schema", "--story"], "a story")])
def test_the_terminal_prints_them(words: list[str], title: str) -> None:
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0
    assert json.loads(said.output)["title"] == f"Regulars: {title}"


def test_the_page_of_all_words_is_up_to_date() -> None:
    """`./run schema --page > docs/document.md` writes it anew."""
    assert (PAGES.parent / "document.md").read_text(encoding="utf-8") == reference()


def test_every_example_looks_as_its_word_asks() -> None:
    for part in program_schema()["$defs"].values():
        for word, said in part["properties"].items():
            shown = EXAMPLES.get(word, "")
            patterns = [one["pattern"] for one in (said, *said.get("anyOf", [])) if "pattern" in one]
            for example in shown.strip("[]").split(", ") if shown.startswith("[") else [shown]:
                assert all(re.search(pattern, example) for pattern in patterns), (word, example)
