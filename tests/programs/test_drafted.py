"""Stories that a draft keeps: several in one text, run to their end, always about the draft, within a bound of time."""

from datetime import date

import pytest
from django.utils import translation

from regulars.programs.document import DocumentRefused
from regulars.programs.presets import TYPES, preset, story
from regulars.programs.stories import naming
from regulars.programs.stories.drafted import Told, example, run
from regulars.programs.stories.expecting import AMOUNTS, COUNTS, LISTS, PROGRESS, WORDS
from regulars.programs.stories.written import DEEDS
from tests.teahouse import DOCUMENT

HOLDS = """# She joins and buys
member: {id: lin}
story:
  - at: 2026-01-05 09:00
    enrol: {channel: web}
    expect: {points: 50}
  - wait: 1 day
    order: {id: A-1, lines: [{sku: OOL-1, category: oolong, price: 1000}]}
    expect: {points: {available: 50, pending: 200}}
"""
BREAKS = HOLDS.replace("points: 50}", "points: 60}", 1)
# What is asked here is what stories say, not how soon.
PATIENCE = 60


def only(stories: str, document: str = DOCUMENT) -> Told:
    [told] = run(stories, document, PATIENCE)
    return told


def test_a_story_is_about_the_draft() -> None:
    told = only(HOLDS)
    assert told.holds
    assert [(step.number, step.title, step.at) for step in told.steps] == [
        (1, "joins", "2026-01-05 09:00"),
        (2, "order A-1", "2026-01-06 09:00"),
    ]
    assert told.steps[1].moved[0].startswith("Points on every order")
    dearer = only(HOLDS, DOCUMENT.replace("1 point per 10 TWD", "1 point per 20 TWD"))
    [difference] = dearer.steps[1].differences
    assert (difference.what, difference.expected, difference.found) == ("points.pending", "200", "100")


@pytest.mark.parametrize("name", TYPES)
def test_the_example_holds_on_every_program_that_is_offered(name: str) -> None:
    document = preset(name)
    told = only(example("Somebody joins and buys", date(2026, 1, 5), document), document)
    assert told.holds, [step.differences for step in told.steps] or told.problems
    assert [step.title for step in told.steps] == ["joins", "order A-1"]


def test_the_example_of_what_cannot_be_read_is_there_all_the_same() -> None:
    assert "enrol: {channel: web}" in example("She joins", date(2026, 1, 5), "program: [")


def test_a_story_goes_on_after_a_step_that_does_not_hold() -> None:
    told = only(BREAKS)
    assert not told.holds
    assert [bool(step.differences) for step in told.steps] == [True, False]


def test_stories_are_parted_and_their_lines_counted_in_the_whole_text() -> None:
    first, second, third = run(f"---\n{HOLDS}---\n\n{BREAKS}---\n# nothing\n---\nstory: 3\n", DOCUMENT)
    assert (first.title, first.line, first.holds) == ("She joins and buys", 2, True)
    assert (second.line, second.steps[0].line, second.steps[0].differences[0].line) == (13, 16, 18)
    assert (third.title, third.line, third.problems[0].line) == ("", 25, 25)


def test_whatever_program_a_story_names_it_is_about_the_draft() -> None:
    assert only(f"program: other.yaml\n{HOLDS}").holds
    [problem] = only(f"program: {{program: own}}\n{HOLDS}").problems
    assert (problem.line, problem.code) == (1, "story_of_draft")


def test_a_story_reads_no_files() -> None:
    [problem] = only(f"{HOLDS}  - publish: /etc/hostname\n").problems
    assert problem.code == "file_missing"


def test_what_is_left_when_the_time_is_over_is_said() -> None:
    [told] = run(HOLDS, DOCUMENT, seconds=0)
    assert (len(told.steps), told.unrun, told.holds) == (1, 1, False)


def test_a_document_with_something_wrong_has_no_stories_run() -> None:
    with pytest.raises(DocumentRefused):
        run(HOLDS, DOCUMENT.replace("1 point per 10 TWD", "1 point each"))


@pytest.mark.parametrize("name", TYPES)
def test_every_preset_holds_its_own_story(name: str) -> None:
    assert only(story(name), preset(name)).holds


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("at: 2026-01-05 09:00", "at: 9999-12-31 23:00"),
        ("at: 2026-01-05 09:00", "at: 0001-01-01"),
        ("wait: 1 day", "wait: 400 years"),
        ("wait: 1 day", "wait: 99999 years"),
        ("wait: 1 day", "wait: 999999999 days"),
    ],
)
def test_a_story_of_another_age_is_told_of(before: str, after: str) -> None:
    told = only(HOLDS.replace(before, after))
    assert not told.holds
    assert {problem.code for problem in told.problems} <= {"story_too_far", "longer_than_possible", "not_a_length"}


def test_no_other_story_is_begun_when_the_time_is_over() -> None:
    _first, *others = run("---\n".join([HOLDS] * 3), DOCUMENT, seconds=0)
    assert [(one.steps, one.unrun, one.problems, one.holds) for one in others] == [([], 1, [], False)] * 2


def test_steps_and_differences_are_told_in_the_words_of_the_reader() -> None:
    more = """  - wait: 7 days
    expect: {tier: gold, progress: {missing: 1}}
  - refund: {order: A-1, lines: everything}
"""
    with translation.override("zh-hant"):
        told = only(BREAKS + more)
    assert [step.title for step in told.steps] == ["加入會員", "訂單 A-1", "7 天後", "訂單 A-1 退貨"]
    assert [one.name for step in told.steps for one in step.differences] == [
        "點 · 可使用", "等級", "等級進度 · 距下一級還差",
    ]  # fmt: skip


def test_every_deed_and_every_figure_has_words() -> None:
    assert {*naming.TITLES} == {*DEEDS, "wait"}
    assert {*naming.EXPECTED} == {*WORDS, *LISTS, *COUNTS, *AMOUNTS, "refused"}
    assert {*naming.FIGURES} == {*PROGRESS}
