"""The desk puts right who somebody is: nothing of what they have changes, and what was lost opens nothing."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from regulars.access.models import Change
from regulars.ledger.connect import raw
from regulars.ledger.queries import statement
from regulars.members import entering, queries
from regulars.members.models import Member
from regulars.programs.queries import Published, now
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.rewards.counter import everything

SHOP = "/programs/tea-house"
KEPT = {"name": "Mei Lin", "email": "mei@example.org", "phone": "0912 000 111", "card": "2900000000018"}


@pytest.fixture
def mei(teahouse: Published) -> Member:
    found = Member.objects.filter(program_id=teahouse.id).exclude(external_id="").order_by("external_id")[0]
    for name, value in KEPT.items():
        setattr(found, name, value)
    found.joined_at = found.proven_at = timezone.now()
    found.save()
    return found


def corrected(client: Client, member: Member, **changes: str) -> str:
    sent = {**KEPT, "number": str(uuid4()), **changes}
    return text(client.post(f"{SHOP}/members/{member.id}/correct", sent, follow=True).content)


def test_a_mistyped_name_is_put_right_and_nothing_else(desk: Client, teahouse: Published, mei: Member) -> None:
    entering.begin_visit(mei.id, "token", timezone.now())
    before = statement(raw(), teahouse.programs, mei.id, now(teahouse))
    shown = text(desk.get(f"{SHOP}/members/{mei.id}").content)
    assert "Correct" in shown
    assert "Saved." in corrected(desk, mei, name=" Mei  Ling ")
    after = statement(raw(), teahouse.programs, mei.id, now(teahouse))
    assert before is not None
    assert after is not None
    assert after.balances == before.balances
    now_is = Member.objects.get(id=mei.id)
    assert (now_is.name, now_is.email, now_is.phone, now_is.card) == ("Mei Ling", *list(KEPT.values())[1:])
    assert now_is.proven_at == mei.proven_at
    assert entering.visitor(teahouse.id, "token", timezone.now()) == mei.id
    assert Change.objects.values_list("what", "about", "after").get() == (
        "member.corrected", f"member:{mei.id}", {"fields": ["name"]},
    )  # fmt: skip
    log = text(signed_in("owner").get(f"{SHOP}/settings/log").content)
    assert "Member’s details corrected" in log
    assert "Ling" not in log.partition("Member’s details corrected")[0]


def test_another_address_is_nobody_s_until_it_is_proven(desk: Client, teahouse: Published, mei: Member) -> None:
    entering.begin_visit(mei.id, "token", timezone.now())
    before = everything(), list(Member.objects.order_by("id").values())
    assert "This is no e-mail address." in corrected(desk, mei, email="mei")
    assert before == (everything(), list(Member.objects.order_by("id").values()))
    assert entering.visitor(teahouse.id, "token", timezone.now()) == mei.id
    corrected(desk, mei, email="mei.lin@example.org")
    assert entering.visitor(teahouse.id, "token", timezone.now()) is None
    assert entering.by_email(teahouse.id, "mei@example.org") is None
    assert entering.by_email(teahouse.id, "mei.lin@example.org") == mei.id
    assert Member.objects.get(id=mei.id).proven_at is None


def test_a_lost_card_opens_nothing(desk: Client, teahouse: Published, mei: Member) -> None:
    corrected(desk, mei, new_card="yes")
    assert queries.get_card(teahouse.id, KEPT["card"]) is None
    drawn = Member.objects.get(id=mei.id).card
    found = queries.get_card(teahouse.id, drawn)
    assert found is not None
    assert (found.id, len(drawn)) == (mei.id, 13)
    other = Member.objects.filter(program_id=teahouse.id).exclude(id=mei.id)[0]
    before = list(Member.objects.order_by("id").values()), Change.objects.count()
    assert "Another member has this card." in corrected(desk, other, card=drawn, email="new@example.org")
    assert before == (list(Member.objects.order_by("id").values()), Change.objects.count())


def test_what_is_sent_twice_or_says_nothing_new_is_written_down_once(desk: Client, mei: Member) -> None:
    corrected(desk, mei)
    assert not Change.objects.exists()
    number = str(uuid4())
    for _twice in range(2):
        corrected(desk, mei, name="Mei", number=number)
    assert Change.objects.count() == 1


def test_who_may_not_see_names_corrects_none(teahouse: Published, mei: Member) -> None:
    for role in ("cashier", "auditor", "analyst", "finance"):
        client = signed_in(role)
        assert client.post(f"{SHOP}/members/{mei.id}/correct", {**KEPT, "name": "x"}).status_code == 403
        assert f"{mei.id}/correct" not in client.get(f"{SHOP}/members/{mei.id}").content.decode()
    assert Member.objects.get(id=mei.id).name == KEPT["name"]
