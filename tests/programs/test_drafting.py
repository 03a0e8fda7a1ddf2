"""Drafts: written by several, looked at before they are published, by somebody else where two are required."""

from collections.abc import Callable

import pytest
from msgspec import Struct

from regulars.programs import actions, drafting, queries
from regulars.programs.actions import PublishRefused
from regulars.programs.document import DocumentRefused
from regulars.programs.models import ProgramDraft, ProgramVersion
from tests.programs.test_document import TINY

pytestmark = pytest.mark.django_db
TWICE = TINY.replace("1 point", "2 points")
THRICE = TINY.replace("1 point", "3 points")


@pytest.fixture(autouse=True)
def program() -> queries.Published:
    return actions.publish("tiny", TINY, 1, "owner")


class Row(Struct):
    """A draft as the database has it."""

    state: str
    edition: int
    document: str
    written_by: list[str]


def row(number: int) -> Row:
    draft = ProgramDraft.objects.get(pk=number)
    return Row(draft.state, draft.edition, draft.document, draft.written_by)


def written(text: str = TWICE, actor: str = "mei") -> int:
    number = drafting.begin_draft("tiny", actor)
    drafting.write_draft("tiny", number, text, "twice as much", 1, actor)
    return number


def test_a_draft_begins_with_the_newest_version_and_becomes_the_next() -> None:
    number = drafting.begin_draft("tiny", "mei")
    assert row(number).document == TINY
    edition = drafting.write_draft("tiny", number, TWICE, "twice as much", 1, "mei")
    edition = drafting.write_draft("tiny", number, TWICE, "twice as much", edition, "anna")
    published = drafting.publish_draft("tiny", number, edition, None, "mei")
    assert [version.number for version in published.programs.versions] == [1, 2]
    newest = ProgramVersion.objects.get(number=2)
    assert (newest.note, newest.written_by, newest.published_by) == ("twice as much", ["mei", "anna"], "mei")
    assert row(number).state == "published"
    assert ProgramDraft.objects.get(pk=number).version == newest


def test_a_draft_that_says_nothing_new_is_no_version() -> None:
    number = written(f"# Only a remark\n{TINY}")
    with pytest.raises(PublishRefused) as refused:
        drafting.publish_draft("tiny", number, 2, None, "mei")
    assert refused.value.problem.code == "nothing_changes"
    assert (row(number).state, ProgramVersion.objects.count()) == ("draft", 1)
    edition = drafting.keep_stories("tiny", number, "# What must hold", 2)
    drafting.publish_draft("tiny", number, edition, None, "mei")
    assert ProgramVersion.objects.get(number=2).stories == "# What must hold"


def test_rolling_back_publishes_an_older_version_again() -> None:
    first = ProgramVersion.objects.get(number=1).document
    actions.publish("tiny", TWICE, None, "owner")
    number = drafting.begin_draft("tiny", "mei", from_version=1)
    drafting.publish_draft("tiny", number, 1, None, "mei")
    assert ProgramVersion.objects.get(number=3).document == first


def test_a_draft_may_be_wrong_until_it_is_published() -> None:
    number = written("program: tiny\nearn: [")
    assert row(number).document == "program: tiny\nearn: ["
    with pytest.raises(DocumentRefused):
        drafting.publish_draft("tiny", number, 2, None, "mei")
    assert row(number).state == "draft"
    assert ProgramVersion.objects.count() == 1


def test_what_is_saved_has_one_form() -> None:
    number = written("currency: TWD\r\nprogram:   tiny\r\n")
    assert row(number).document == "program: tiny\ncurrency: TWD\n"


def test_whoever_writes_what_they_have_not_seen_is_told_who_was_faster() -> None:
    number = written()
    before = row(number)
    with pytest.raises(PublishRefused) as refused:
        drafting.write_draft("tiny", number, THRICE, "", 1, "anna")
    assert refused.value.problem.code == "draft_changed"
    assert refused.value.problem.told == {"by": "mei"}
    assert row(number) == before


VERBS: dict[str, Callable[[int, int], object]] = {
    "write": lambda number, edition: drafting.write_draft("tiny", number, THRICE, "", edition, "anna"),
    "ask": lambda number, edition: drafting.ask_for_review("tiny", number, edition),
    "send back": lambda number, edition: drafting.send_back("tiny", number, edition, "too much", "bo"),
    "withdraw": lambda number, edition: drafting.withdraw("tiny", number, edition, "mei"),
    "look again": lambda number, edition: drafting.look_again("tiny", number, edition),
    "publish": lambda number, edition: drafting.publish_draft("tiny", number, edition, None, "anna"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_draft_that_is_closed_or_was_not_seen_stays_as_it_is(verb: str) -> None:
    number = written()
    before = row(number)
    with pytest.raises(PublishRefused) as refused:
        VERBS[verb](number, 1)
    assert refused.value.problem.code == "draft_changed"
    assert row(number) == before
    drafting.withdraw("tiny", number, 2, "mei")
    before = row(number)
    with pytest.raises(PublishRefused) as refused:
        VERBS[verb](number, 3)
    assert refused.value.problem.code == "draft_closed"
    assert row(number) == before
    assert ProgramVersion.objects.count() == 1


def test_a_draft_of_another_program_is_not_there() -> None:
    actions.publish("other", TINY.replace("program: tiny", "program: other"), 1, "owner")
    with pytest.raises(ProgramDraft.DoesNotExist):
        drafting.withdraw("other", written(), 2, "mei")


def test_a_draft_whose_program_moved_on_is_looked_at_again() -> None:
    number = written()
    actions.publish("tiny", THRICE, None, "anna")
    with pytest.raises(PublishRefused) as refused:
        drafting.publish_draft("tiny", number, 2, None, "mei")
    assert refused.value.problem.code == "program_moved_on"
    assert refused.value.problem.told == {"newest": "2", "by": "anna"}
    edition = drafting.look_again("tiny", number, 2)
    drafting.publish_draft("tiny", number, edition, None, "mei")
    assert ProgramVersion.objects.get(number=3).document == TWICE


def test_where_two_are_required_nobody_publishes_their_own() -> None:
    actions.require_two("tiny", True, "lin")
    number = written(actor="mei")
    edition = drafting.write_draft("tiny", number, TWICE, "", 2, "anna")
    edition = drafting.ask_for_review("tiny", number, edition)
    for author in ("mei", "anna"):
        with pytest.raises(PublishRefused) as refused:
            drafting.publish_draft("tiny", number, edition, None, author)
        assert refused.value.problem.code == "second_person_needed"
    with pytest.raises(PublishRefused):
        actions.publish("tiny", TWICE, None, "terminal")
    edition = drafting.send_back("tiny", number, edition, "say why", "bo")
    answered = ProgramDraft.objects.get(pk=number)
    assert (answered.answer, answered.answered_by) == ("say why", "bo")
    drafting.publish_draft("tiny", number, edition, None, "bo")
    assert [(version.published_by, version.written_by) for version in ProgramVersion.objects.order_by("number")] == [
        ("owner", ["owner"]),
        ("bo", ["mei", "anna"]),
    ]
