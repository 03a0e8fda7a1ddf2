"""A draft's stories in the console: saved beside it, run while they are written, kept with the version they tested."""

import html

from django.test import Client

from regulars.programs.models import ProgramDraft, ProgramVersion
from regulars.programs.queries import Published
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.console.test_drafts import OTHER, begun, only
from tests.programs.test_drafted import BREAKS, HOLDS


def kept(client: Client, stories: str) -> str:
    """The address of a draft with these stories."""
    address = begun(client)
    answer = client.post(f"{address}/stories", {"edition": "1", "stories": stories.replace("\n", "\r\n")})
    assert answer["Location"] == f"{address}/stories"
    return address


def test_stories_are_kept_and_say_of_each_step_what_came_of_it(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = kept(mei, BREAKS)
    assert only().stories == BREAKS
    page = text(mei.get(f"{address}/stories").content)
    assert "Its story does not hold." in page
    assert "She joins and buys does not hold" in page
    assert "Not as expected: Joins 2026-01-05 09:00" in page
    assert "Points · can be used 60 50" in page
    assert "As expected: Order A-1" in page
    assert "Its story does not hold." in text(mei.get(address).content)


def test_the_example_holds_on_the_draft_that_it_is_shown_beside(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    example = mei.get(f"{address}/stories").context["example"]
    assert example in html.unescape(mei.get(f"{address}/stories").content.decode())
    page = text(mei.post(f"{address}/stories/run", {"stories": example}).content)
    assert "Its story holds." in page
    mei.post(f"{address}/stories", {"edition": "1", "stories": example})
    assert not mei.get(f"{address}/stories").context["example"]


def test_stories_are_run_while_they_are_written_and_nothing_is_kept(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    assert "No story tests it yet." in text(mei.get(address).content)
    page = text(mei.post(f"{address}/stories/run", {"stories": f"{HOLDS}---\n{BREAKS}"}).content)
    assert "1 of its 2 stories does not hold." in page
    assert not only().stories


def test_a_saved_change_of_the_document_is_what_stories_run_on(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = kept(mei, HOLDS)
    assert "Its story holds." in text(mei.get(address).content)
    mei.post(address, {"edition": "2", "document": OTHER, "do": "save"})
    assert "Points · not settled yet 200 250" in text(mei.get(f"{address}/stories").content)
    mei.post(address, {"edition": "3", "document": "earn: [", "do": "save"})
    assert "No story can be run" in text(mei.get(f"{address}/stories").content)


def test_what_does_not_hold_is_published_only_by_who_says_so(teahouse: Published) -> None:
    mei = signed_in("owner")
    address = kept(mei, BREAKS)
    answer = mei.post(f"{address}/publish", {"edition": "2"})
    assert "what its stories expect does not come" in text(answer.content)
    assert 'name="anyway"' in answer.content.decode()
    assert ProgramVersion.objects.count() == 1
    answer = mei.post(f"{address}/publish", {"edition": "2", "anyway": "yes"})
    assert ". Its story does not hold." in text(mei.get(answer["Location"]).content)


def test_publishing_says_whether_they_hold_and_the_version_keeps_them(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = kept(mei, HOLDS)
    answer = mei.post(f"{address}/publish", {"edition": "2"})
    assert ". Its story holds." in text(mei.get(answer["Location"]).content)
    assert ProgramVersion.objects.get(number=2).stories == HOLDS
    begun(mei)
    assert ProgramDraft.objects.latest("pk").stories == HOLDS


def test_who_writes_stories_is_no_author_and_two_do_not_overwrite_each_other(teahouse: Published) -> None:
    mei, lin = signed_in("program_manager"), signed_in("owner")
    address = begun(mei)
    lin.post(f"{address}/stories", {"edition": "1", "stories": HOLDS})
    assert only().written_by == ["staff:program_manager"]
    refused = mei.post(f"{address}/stories", {"edition": "1", "stories": BREAKS})
    assert refused.status_code == 409
    assert "saved another text meanwhile" in text(refused.content)
    assert "points: 60" in text(refused.content)
    assert only().stories == HOLDS
    assert mei.post(f"{address}/stories", {"edition": "2", "stories": "#" * 60_001}).status_code == 409


def test_a_draft_of_a_preset_brings_its_story_in_the_language_of_whoever_begins_it(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    mei.cookies["django_language"] = "zh-hant"
    mei.post("/programs/tea-house/program/presets/draft", {"preset": "points"})
    page = text(mei.get(f"/programs/tea-house/program/drafts/{only().pk}/stories").content)
    assert "1 個情境都成立。" in page
    assert "會員身上發生的事，以及每一步之後應有的結果 成立" in page
    assert "符合預期： 訂單 A-1" in page


def test_a_draft_says_in_plain_words_what_members_will_read(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    page = text(mei.post("/programs/tea-house/program/drafts/check", {"document": OTHER}).content)
    assert "In plain words" in page
    assert "1 point for every NT$8" in page
    assert "What an order earns can be used after 7 days." in page
    assert "Version" not in page.partition("In plain words")[2]
    mei.cookies["django_language"] = "zh-hant"
    page = text(mei.post("/programs/tea-house/program/drafts/check", {"document": OTHER}).content)
    assert "消費積點" in page
