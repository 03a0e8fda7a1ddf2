"""Changing the program in the console: written, checked while typing, reviewed, published, rolled back."""

from datetime import datetime

import pytest
from django.test import Client

from regulars.engine.calendar import datetime_of, instant_of
from regulars.ledger.connect import raw
from regulars.ledger.queries import every_account
from regulars.programs import actions, drafting
from regulars.programs.canonical import canonical
from regulars.programs.models import Program, ProgramDraft, ProgramVersion
from regulars.programs.queries import Published, now
from regulars.storefront.writing import moment
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.teahouse import DOCUMENT, TAIPEI

DRAFTS = "/programs/tea-house/program/drafts"
OTHER = DOCUMENT.replace("1 point per 10 TWD", "1 point per 8 TWD")
MAY = instant_of(datetime(2027, 5, 1, tzinfo=TAIPEI))
SENTENCE = "gives: 1 point for every NT$8 (was 1 point for every NT$10)"


def begun(client: Client, **posted: str) -> str:
    """The address of a new draft."""
    answer = client.post(DRAFTS, posted)
    assert answer.status_code == 302
    return str(answer["Location"]).removesuffix("/form")


def only() -> ProgramDraft:
    return ProgramDraft.objects.get()


def test_a_draft_is_written_and_published(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    assert only().document == DOCUMENT
    mei.post(address, {"edition": "1", "document": OTHER, "note": "Spring", "do": "save"})
    page = text(mei.get(address).content)
    assert SENTENCE in page
    assert "Nothing is wrong with it" in page
    answer = mei.post(f"{address}/publish", {"edition": "2"})
    assert answer["Location"] == "/programs/tea-house/program/2"
    newest = ProgramVersion.objects.get(number=2)
    assert (newest.note, newest.written_by, newest.published_by) == (
        "Spring",
        ["staff:program_manager"],
        "staff:program_manager",
    )
    page = text(mei.get(answer["Location"]).content)
    starts = moment(ProgramVersion.objects.get(number=2).starts_at.astimezone(TAIPEI))
    assert f"Version 2 is published, in force from {starts}." in page
    assert SENTENCE in page
    assert f"Version 2, in force from {starts}" in page
    assert "scheduled" in page


def test_a_draft_that_changes_nothing_is_not_published(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    refused = mei.post(f"{address}/publish", {"edition": "1"})
    assert refused.status_code == 409
    assert "there is nothing to publish yet: it says the same as version 1" in text(refused.content)
    assert ProgramVersion.objects.count() == 1


def test_a_text_is_checked_while_it_is_written(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    wrong = DOCUMENT.replace("1 point per 10 TWD", "1 point each 10 TWD")
    page = text(mei.post(f"{DRAFTS}/check", {"document": wrong}).content)
    assert "2 things are wrong" in page
    assert "Line 24 · Rule Points on every order · gives 1 point each 10 TWD" in page
    assert SENTENCE in text(mei.post(f"{DRAFTS}/check", {"document": OTHER}).content)
    assert "Nothing: it says the same." in text(mei.post(f"{DRAFTS}/check", {"document": DOCUMENT}).content)
    assert not ProgramDraft.objects.exists()


def test_what_is_wrong_is_not_published_and_what_was_typed_stays(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    wrong = DOCUMENT.replace("1 point per 10 TWD", "1 point each 10 TWD")
    mei.post(address, {"edition": "1", "document": wrong, "note": "", "do": "publish"})
    refused = mei.post(f"{address}/publish", {"edition": "2"})
    assert refused.status_code == 409
    assert "It cannot be published yet" in text(refused.content)
    assert "1 point each 10 TWD" in text(mei.get(address).content)
    assert "1 point each 10 TWD" in only().document
    assert (only().state, ProgramVersion.objects.count()) == ("draft", 1)


def test_two_who_write_at_once_do_not_overwrite_each_other(teahouse: Published) -> None:
    mei, lin = signed_in("program_manager"), signed_in("owner")
    address = begun(mei)
    mei.post(address, {"edition": "1", "document": OTHER, "note": "", "do": "save"})
    saved = only().document
    refused = lin.post(address, {"edition": "1", "document": DOCUMENT + "# mine\n", "note": "", "do": "save"})
    assert refused.status_code == 409
    assert "Program_Manager saved another text meanwhile" in text(refused.content)
    assert "# mine" in text(refused.content)
    assert only().document == saved


def test_who_moves_is_counted_over_the_members_there_are(teahouse: Published) -> None:
    """The fold under the new version says the same: what rises by it is what was counted."""
    mei = signed_in("program_manager")
    address = begun(mei)
    assert "The tiers stay as they are, so nobody moves." in text(mei.get(f"{address}/moves").content)
    eased = DOCUMENT.replace("reach: 6000, retain: 4000", "reach: 2000, retain: 2000")
    mei.post(address, {"edition": "1", "document": eased, "do": "save"})
    counted = text(mei.get(f"{address}/moves").content)
    conn, at = raw(), now(teahouse)
    waiting = [
        one
        for _, one in every_account(conn, teahouse.programs, at)
        if one.enrolled_at and one.standing.tier == "member"
    ]
    rise = sum(one.growth.total >= 200_000 for one in waiting)
    assert rise > 1
    assert f"{rise} members rise from Member to Silver with their next order." in counted
    mei.post(address, {"edition": "2", "document": "earn: [", "do": "save"})
    assert "nobody can be counted yet" in text(mei.get(f"{address}/moves").content)


def test_a_second_person_publishes_where_two_are_required(teahouse: Published) -> None:
    actions.require_two("tea-house", True, "lin")
    mei, lin = signed_in("program_manager"), signed_in("owner")
    address = begun(mei)
    mei.post(address, {"edition": "1", "document": OTHER, "note": "", "do": "ask"})
    edition = str(only().edition)
    assert "somebody who did not write it publishes it" in text(mei.get(address).content)
    refused = mei.post(f"{address}/publish", {"edition": edition})
    assert refused.status_code == 409
    assert ProgramVersion.objects.count() == 1
    lin.post(address, {"edition": edition, "do": "send_back", "answer": "Say why"})
    assert "Sent back by Owner: Say why" in text(mei.get(address).content)
    mei.post(address, {"edition": str(only().edition), "note": "Spring", "do": "ask"})
    assert lin.post(f"{address}/publish", {"edition": str(only().edition)}).status_code == 302
    newest = ProgramVersion.objects.get(number=2)
    assert (newest.written_by, newest.published_by, newest.note) == (
        ["staff:program_manager"],
        "staff:owner",
        "Spring",
    )


def test_somebody_whose_name_is_terminal_is_not_the_terminal(teahouse: Published) -> None:
    actions.require_two("tea-house", True, "staff:owner")
    number = drafting.begin_draft("tea-house", "terminal", document=OTHER)
    namesake, address = signed_in("owner", "terminal"), f"{DRAFTS}/{number}"
    assert "somebody who did not write it publishes it" not in text(namesake.get(address).content)
    assert namesake.post(f"{address}/publish", {"edition": "1"}).status_code == 302
    assert ProgramVersion.objects.get(number=2).published_by == "staff:terminal"


def test_the_owner_says_whether_two_are_required(teahouse: Published) -> None:
    mei, lin = signed_in("program_manager"), signed_in("owner")
    page = "/programs/tea-house/program"
    assert "Whoever may publish may publish what they wrote." in text(mei.get(page).content)
    assert "Require two people" not in text(mei.get(page).content)
    assert mei.post(f"{page}/two-people", {"required": "yes"}).status_code == 403
    assert not Program.objects.get().four_eyes
    lin.post(f"{page}/two-people", {"required": "yes"})
    assert "nobody publishes what they wrote" in text(mei.get(page).content)
    for _twice in range(2):
        lin.post(f"{page}/two-people", {"required": "no"})
    assert Program.objects.get().four_eyes, "one person does not end it alone"
    lin.post(f"{page}/two-people/agree")
    assert Program.objects.get().four_eyes, "nor by agreeing with themselves"
    assert "Agree: one person is enough" not in text(lin.get(page).content)
    assert "Agree: one person is enough" in text(mei.get(page).content)
    mei.post(f"{page}/two-people/agree")
    assert not Program.objects.get().four_eyes
    said = text(lin.get(page).content)
    assert "Two people required by Owner, 5 Mar 2026" in said
    assert said.count("Owner asked to let one person publish, 5 Mar 2026") == 1
    assert "One person allowed by Program_Manager, 5 Mar 2026" in said
    mei.post(f"{page}/two-people/agree")
    assert text(lin.get(page).content) == said


def test_whoever_is_the_only_one_to_publish_ends_it_alone(teahouse: Published) -> None:
    lin = signed_in("owner")
    for required in ("yes", "no"):
        lin.post("/programs/tea-house/program/two-people", {"required": required})
    assert not Program.objects.get().four_eyes


def test_an_asked_end_is_taken_back(teahouse: Published) -> None:
    mei, lin = signed_in("program_manager"), signed_in("owner")
    for required in ("yes", "no", "yes"):
        lin.post("/programs/tea-house/program/two-people", {"required": required})
    mei.post("/programs/tea-house/program/two-people/agree")
    assert Program.objects.get().four_eyes


def test_when_a_draft_should_start_is_what_the_form_proposes(teahouse: Published) -> None:
    number = drafting.begin_draft("tea-house", "terminal", document=OTHER, starts_at=MAY)
    lin, address = signed_in("owner"), f"{DRAFTS}/{number}"
    assert 'value="2027-05-01T00:00"' in lin.get(f"{address}/publish").content.decode()
    lin.post(f"{address}/publish", {"edition": "1", "starts": "2027-05-01T00:00"})
    assert ProgramVersion.objects.get(number=2).starts_at == datetime_of(MAY)


def test_an_older_version_is_brought_back(teahouse: Published) -> None:
    actions.publish("tea-house", OTHER, None, "owner")
    mei = signed_in("program_manager")
    assert "Bring this version back" in text(mei.get("/programs/tea-house/program/1").content)
    address = begun(mei, version="1")
    assert "gives: 1 point for every NT$10 (was 1 point for every NT$8)" in text(mei.get(address).content)
    mei.post(f"{address}/publish", {"edition": "1"})
    assert ProgramVersion.objects.get(number=3).document == DOCUMENT
    assert mei.post(DRAFTS, {"version": "9"}).status_code == 404


def test_a_draft_whose_program_moved_on_says_so(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    actions.publish("tea-house", OTHER, None, "owner")
    assert "version 2 was published since" in text(mei.get(address).content)
    assert mei.post(f"{address}/publish", {"edition": "1"}).status_code == 409
    mei.post(address, {"edition": "1", "do": "look_again"})
    assert mei.post(f"{address}/publish", {"edition": "2"}).status_code == 302
    assert ProgramVersion.objects.count() == 3


def test_numbers_without_end_are_those_of_nothing(teahouse: Published) -> None:
    mei, endless = signed_in("owner", "mei"), "9" * 5000
    assert mei.post(DRAFTS, {"version": endless}).status_code == 404
    address = begun(mei)
    for page in (address, f"{address}/form", f"{address}/stories", f"{address}/publish"):
        assert mei.post(page, {"edition": endless, "document": OTHER, "stories": "x"}).status_code in (200, 409)
    assert not ProgramVersion.objects.filter(number=2).exists()


def test_a_day_that_is_none_is_refused(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = begun(mei)
    refused = mei.post(f"{address}/publish", {"edition": "1", "starts": "soon"})
    assert refused.status_code == 409
    assert "Say a day and a time" in text(refused.content)
    assert ProgramVersion.objects.count() == 1


@pytest.mark.parametrize("role", ["analyst", "finance", "service_desk", "cashier"])
def test_others_write_no_drafts(teahouse: Published, role: str) -> None:
    assert signed_in(role).post(DRAFTS).status_code == 403
    assert not ProgramDraft.objects.exists()
    if role != "cashier":
        assert "Change the program" not in text(signed_in(role).get("/programs/tea-house/program").content)


class TestForm:
    """Field by field; both ways write the same document."""

    def test_fields_and_text_write_the_same(self, teahouse: Published) -> None:
        mei = signed_in("program_manager")
        address = f"{begun(mei)}/form"
        page = mei.get(address).content.decode()
        assert 'name="earn[0].give" value="1 point per 10 TWD"' in page
        posted = {"fields": "1", "edition": "1", "earn[0].give": "1 point per 8 TWD", "note": "Spring"}
        assert SENTENCE in text(mei.post(f"{address}/check", posted).content)
        assert mei.post(address, posted | {"do": "save"})["Location"] == f"{address}?open=earn%5B0%5D#said"
        page = mei.get(address).content.decode()
        assert 'id="said" tabindex="-1"' in page
        wrong = {"fields": "1", "edition": "2", "earn[0].give": "1 point each 8 TWD", "do": "save"}
        assert mei.post(address, wrong)["Location"] == f"{address}?open=earn%5B0%5D#earn%5B0%5D.give"
        page = mei.get(address).content.decode()
        assert 'aria-describedby="earn[0].give-fault"' in page
        assert '<details class="form-card" id="earn[0]" open>' in page
        mei.post(address, {"fields": "1", "edition": "3", "earn[0].give": "1 point per 8 TWD", "do": "save"})
        assert only().document == canonical(OTHER)
        assert only().note == "Spring"

    def test_things_come_and_go(self, teahouse: Published) -> None:
        mei = signed_in("program_manager")
        address = f"{begun(mei)}/form"
        before = canonical(DOCUMENT)
        mei.post(address, {"fields": "1", "edition": "1", "new:earn": "extra", "do": "add:earn"})
        assert only().document == before + "  - rule: extra\n    name: {en: extra}\n"
        mei.post(address, {"fields": "1", "edition": "2", "do": "remove:earn[3]"})
        assert only().document == before
        assert mei.post(address, {"fields": "1", "edition": "3", "do": "remove:earn[9]"}).status_code == 302
        assert only().document == before

    def test_a_thing_that_was_named_is_added_by_enter_too_and_is_open(self, teahouse: Published) -> None:
        mei = signed_in("program_manager")
        address = f"{begun(mei)}/form"
        posted = {"fields": "1", "edition": "1", "new:coupons": "Autumn welcome", "do": "save", "open": "earn[1]"}
        onwards = mei.post(address, posted)["Location"]
        assert onwards == f"{address}?open=coupons%5B0%5D&open=earn%5B1%5D#coupons%5B0%5D.gives"
        page = mei.get(onwards).content.decode()
        assert "<strong>Autumn welcome</strong>" in page
        assert '<details class="form-card" id="coupons[0]" open>' in page
        assert '<details class="form-card" id="earn[1]" open>' in page
        assert '<details class="form-card" id="earn[0]">' in page
        # What is only being typed is not there yet.
        checked = mei.post(f"{address}/check", {"fields": "1", "new:coupons": "Winter"}).content
        assert "Winter" not in text(checked)

    def test_what_was_said_leads_back_to_what_was_changed(self, teahouse: Published) -> None:
        mei = signed_in("program_manager")
        address = f"{begun(mei)}/form"
        posted = {"fields": "1", "edition": "1", "earn[0].give": "1 point per 8 TWD", "do": "save"}
        onwards = mei.post(address, posted)["Location"]
        assert onwards == f"{address}?open=earn%5B0%5D#said"
        page = mei.get(onwards).content.decode()
        assert '<a href="#earn[0].give">Back to: Rule Points on every order · gives</a>' in page

    def test_a_coupon_is_made_in_the_form_alone(self, teahouse: Published) -> None:
        mei = signed_in("program_manager")
        address = f"{begun(mei)}/form"
        mei.post(address, {"fields": "1", "edition": "1", "new:coupons": "Autumn welcome", "do": "add:coupons"})
        filled = {"coupons[0].gives": "discount: 150 TWD", "coupons[0].code": "AUTUMN"}
        mei.post(address, {"fields": "1", "edition": "2", "do": "save"} | filled)
        assert "Nothing is wrong with it" in text(mei.get(address).content)

    def test_brackets_that_do_not_close_are_said_and_stay_as_they_were_typed(self, teahouse: Published) -> None:
        mei = signed_in("program_manager")
        address = f"{begun(mei)}/form"
        posted = {"fields": "1", "edition": "1", "earn[1].when": "{category: oolong"}
        page = mei.post(f"{address}/check", posted).content.decode()
        assert 'href="#earn[1].when">Rule Double points on oolong · conditions</a>' in page
        refused = mei.post(address, posted | {"do": "save"})
        assert refused.status_code == 409
        assert 'value="{category: oolong"' in refused.content.decode()
        assert (only().document, only().edition) == (DOCUMENT, 1)

    def test_what_is_no_form_is_mended_as_text(self, teahouse: Published) -> None:
        mei = signed_in("program_manager")
        address = begun(mei)
        mei.post(address, {"edition": "1", "document": "earn: [", "do": "save"})
        assert mei.get(f"{address}/form")["Location"] == address
