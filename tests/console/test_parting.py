"""What the desk writes about a member, what a member may take along, and how they are forgotten."""

import json
import re
from uuid import UUID, uuid4

import pytest
from django.test import Client

from regulars.access.models import Change
from regulars.members.models import Member, Note
from regulars.programs.queries import Published
from tests.console.conftest import signed_in
from tests.console.pages import links, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(teahouse: Published) -> Member:
    found = Member.objects.exclude(external_id="").order_by("external_id").first()
    assert found is not None
    Member.objects.filter(id=found.id).update(name="Mei Lin", email="mei@example.org")
    return found


def address(member_id: UUID, below: str = "") -> str:
    return f"/programs/tea-house/members/{member_id}{below}"


def page(client: Client, member: Member) -> str:
    return text(client.get(address(member.id)).content)


def test_a_note_says_who_wrote_it_and_is_struck_out_not_edited(desk: Client, owner: Client, member: Member) -> None:
    sent = {"words": "Calls on Mondays", "number": str(uuid4())}
    for _twice in range(2):
        desk.post(address(member.id, "/notes"), sent)
    note = Note.objects.get()
    assert "Calls on Mondays Service_Desk ·" in page(owner, member)
    for _twice in range(2):
        owner.post(address(member.id, f"/notes/{note.id}/strike"))
    shown = page(desk, member)
    assert "Calls on Mondays" in shown
    assert "struck out by Owner" in shown
    assert "This note was struck out already." in shown or "This note was struck out already." in page(owner, member)
    desk.post(address(member.id, "/notes"), {"words": " "})
    assert Note.objects.count() == 1


def test_whoever_sees_no_names_sees_no_notes(desk: Client, cashier: Client, member: Member) -> None:
    desk.post(address(member.id, "/notes"), {"words": "Mei is shy"})
    assert "shy" not in page(cashier, member)
    assert "shy" not in page(signed_in("auditor"), member)
    assert cashier.post(address(member.id, "/notes"), {"words": "x"}).status_code == 403


def test_a_note_is_struck_out_on_the_page_of_whom_it_is_about(desk: Client, member: Member) -> None:
    desk.post(address(member.id, "/notes"), {"words": "Mei is shy"})
    other = Member.objects.exclude(id=member.id).earliest("id")
    desk.post(address(other.id, f"/notes/{Note.objects.get().id}/strike"))
    assert Note.objects.get().struck_at is None


def test_the_data_are_handed_over_and_the_log_says_by_whom(desk: Client, member: Member) -> None:
    desk.post(address(member.id, "/notes"), {"words": "Mei is shy"})
    answer = desk.post(address(member.id, "/export"))
    held = json.loads(answer.content)
    assert answer["Cache-Control"] == "no-store"
    assert (held["member"]["email"], held["notes"][0]["words"]) == ("mei@example.org", "Mei is shy")
    assert held["orders"]
    line = Change.objects.values_list("about", "what", "actor").get()
    assert line == (f"member:{member.id}", "member.exported", "staff:service_desk")
    assert desk.get(address(member.id, "/export")).status_code == 405


def test_a_member_is_erased_after_it_was_read_and_typed(owner: Client, member: Member) -> None:
    owner.post(address(member.id, "/notes"), {"words": "Mei is shy"})
    erase = address(member.id, "/erase")
    read = text(owner.get(erase).content)
    assert "under a random number that leads to nobody" in read
    assert f"To go on, type {member.external_id}" in read
    assert "Type exactly this" in text(owner.post(erase, {"typed": "Mei Lin"}).content)
    assert Member.objects.filter(id=member.id).exists()
    done = owner.post(erase, {"typed": member.external_id}, follow=True)
    assert "leads to nobody" in text(done.content)
    assert not Member.objects.filter(id=member.id).exists()
    assert not Note.objects.exists()
    assert Change.objects.values_list("about", "what").get() == (f"member:{member.id}", "member.erased")
    assert "Member erased" in text(owner.get("/programs/tea-house/settings/log").content)
    assert owner.get(erase).status_code == 404
    left = owner.get(erase.removesuffix("/erase"))
    assert left.status_code == 410
    assert "This member has left the program" in text(left.content)


def test_the_page_says_until_when_points_last(owner: Client, member: Member) -> None:
    richest, *_others = links(owner.get("/programs/tea-house/members?sort=-points").content, "row-link")
    said = text(owner.get(richest).content)
    parts = re.search(r"Until when((?: [\d,]+ points until \d+ \w+ \d{4})+)", said)
    assert parts
    assert re.search(r"Points to spend ([\d,]+)", said)[1].replace(",", "") == str(
        sum(int(found.replace(",", "")) for found in re.findall(r"([\d,]+) points", parts[1]))
    )
    assert "Nothing that could expire." in page(owner, member)
