"""Keys and staff: made and shown once, changed and written down; nobody changes themselves; refusals change nothing."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.translation import override
from msgspec.structs import replace

from regulars.access import changing, permissions
from regulars.access.actions import check_key, create_staff
from regulars.access.models import ApiKey, Change, Staff
from regulars.console import settings_page
from regulars.console.scopes import PRESETS, SCOPES, Preset
from regulars.programs.models import Program
from regulars.programs.queries import Published
from regulars.storefront.shop import Shop
from tests.console.conftest import signed_in
from tests.console.pages import text

SETTINGS = "/programs/tea-house/settings"
KEY = re.compile(r"rk_[0-9a-f]{56}")


def written() -> list[tuple[object, ...]]:
    """Everything that settings could change."""
    people = Staff.objects.order_by("pk").values_list("pk", "username", "role", "is_active", "password")
    keys = ApiKey.objects.order_by("pk").values_list("prefix", "scopes", "revoked_at")
    return [*people, *keys, *Change.objects.order_by("pk").values_list("about", "what", "actor", "before", "after")]


def said(client: Client, address: str, **sent: object) -> str:
    return text(client.post(f"{SETTINGS}{address}", {"number": str(uuid4()), **sent}, follow=True).content)


def test_a_key_is_shown_once_and_opens_what_was_ticked(owner: Client, teahouse: Published) -> None:
    sent = {"name": "web shop", "scopes": ["orders:write", "members:read"], "number": str(uuid4())}
    answer = owner.post(SETTINGS, sent)
    [key] = KEY.findall(answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    grant = check_key(key)
    assert grant
    assert (grant.program_id, grant.permissions) == (teahouse.id, {"orders:write", "members:read"})
    assert not KEY.search(owner.get(SETTINGS).content.decode())
    before = written()
    again = owner.post(SETTINGS, sent)
    assert not KEY.search(again.content.decode())
    assert "This was done already" in text(again.content)
    assert written() == before
    assert key not in str(list(Change.objects.values()))


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "makes customers members"), ("zh-hant", "把顧客加入為會員"), ("zh-hans", "把顾客加入为会员")],
)
def test_what_makes_members_says_so(language: str, words: str) -> None:
    with override(language):
        for preset in PRESETS.values():
            assert (words in str(preset.says)) == ("members:enrol" in preset.scopes)


@pytest.mark.parametrize(("preset", "one"), PRESETS.items())
def test_what_shops_have_most_often_is_ticked_at_once(
    owner: Client, teahouse: Published, preset: str, one: Preset
) -> None:
    page = owner.get(SETTINGS, {"for": preset}).content.decode()
    assert tuple(re.findall(r'name="scopes" value="([a-z_:]+)" checked', page)) == one.scopes
    assert f'id="preset-{preset}" href="?for={preset}#make-title" aria-current="true"' in page
    assert str(one.says) in text(page.encode())


def test_every_scope_says_what_it_allows(owner: Client, teahouse: Published) -> None:
    assert tuple(SCOPES) == permissions.SCOPES
    page = owner.get(SETTINGS, {"for": "everything"})
    assert "checked" not in page.content.decode()
    assert all(str(one.says) in text(page.content) for one in SCOPES.values())


def test_lists_are_written_as_the_reader_lists(owner: Client, teahouse: Published) -> None:
    owner.post(SETTINGS, {"name": "till", "scopes": ["orders:write", "members:read"], "number": str(uuid4())})
    shown = {
        language: text(owner.get(f"{SETTINGS}{page}", headers={"accept-language": language}).content)
        for language, page in (("en", "/staff"), ("zh-hant", "/staff"), ("zh-hans", ""))
    }
    assert "Owner, Program manager, Service desk" in shown["en"]
    assert "擁有者、方案管理者、客服" in shown["zh-hant"]
    assert "查看会员、发送订单" in shown["zh-hans"]


def test_pages_of_real_times_say_so_beside_a_test_clock(owner: Client, teahouse: Published) -> None:
    for page in ("", "/staff", "/log"):
        assert "The times on this page are real ones" in text(owner.get(f"{SETTINGS}{page}").content)
    Program.objects.update(clock_offset_us=0)
    assert "The times on this page are real ones" not in text(owner.get(SETTINGS).content)


def test_the_shop_says_its_languages_and_its_time(owner: Client, teahouse: Published) -> None:
    shown = text(owner.get(f"{SETTINGS}/shop").content)
    assert "what the rules do not say in it, they read in English" in shown
    assert "English Tea House Rewards 繁體中文 茶屋熟客 简体中文 茶屋熟客" in shown
    assert "Time zone Asia/Taipei Now there 5 Mar 2026, 12:00" in shown
    taiwanese = Shop(replace(teahouse, names={"zh-Hant": "茶屋熟客"}), 0)
    assert [(one.tag, one.name) for one in settings_page.names(taiwanese)] == [
        ("zh-hant", "茶屋熟客"),
        ("en", ""),
        ("zh-hans", ""),
    ]


def test_a_key_that_is_revoked_opens_nothing(owner: Client, teahouse: Published) -> None:
    [key] = KEY.findall(owner.post(SETTINGS, {"name": "till", "scopes": ["orders:write"]}).content.decode())
    [prefix] = ApiKey.objects.values_list("prefix", flat=True)
    assert "Revoked. It opens nothing any more." in said(owner, f"/keys/{prefix}/revoke")
    assert check_key(key) is None
    before = written()
    assert "was revoked already" in said(owner, f"/keys/{prefix}/revoke")
    assert "There is no such key" in said(owner, "/keys/00000000/revoke")
    assert owner.post(f"{SETTINGS}/keys/%00{prefix}/revoke").status_code == 404
    assert written() == before


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"scopes": ["staff:administer"]}, {"name": ""}])
def test_a_key_that_says_too_little_is_not_made(owner: Client, teahouse: Published, wrong: dict[str, object]) -> None:
    before = written()
    said(owner, "", **{"name": "x", "scopes": ["orders:write"], **wrong})
    assert written() == before


def test_somebody_new_signs_in_with_what_was_shown_once(owner: Client, teahouse: Published) -> None:
    answer = owner.post(f"{SETTINGS}/staff", {"username": "mei", "name": "Mei", "role": "cashier"})
    [password] = re.findall(r'<p class="code-text" tabindex="0">([^<]+)</p>', answer.content.decode())
    assert Client().login(username="mei", password=password)
    assert password not in owner.get(f"{SETTINGS}/staff").content.decode()
    before = written()
    assert "Somebody signs in by this name already" in said(owner, "/staff", username="mei", role="cashier")
    assert "Choose a role" in said(owner, "/staff", username="wang", role="boss")
    assert "without spaces" in said(owner, "/staff", username="a b", role="cashier")
    assert written() == before


def test_what_people_may_do_is_changed_and_written_down(owner: Client, teahouse: Published) -> None:
    mei = create_staff("mei", "a password of some length", "cashier", name="Mei")
    person = f"/staff/{mei.pk}"
    assert "Changed." in said(owner, person, do="role", role="service_desk")
    assert "Changed." in said(owner, person, do="shut_out")
    mei.refresh_from_db()
    assert (mei.role, mei.is_active, mei.permissions) == ("service_desk", False, frozenset())
    said(owner, person, do="let_in")
    shown = said(owner, person, do="password")
    assert "The password of mei" in shown
    log = text(owner.get(f"{SETTINGS}/log").content)
    assert "Another role Mei Cashier Service desk Owner" in log
    for what in ("Shut out Mei", "Let in again Mei", "New password Mei"):
        assert what in log


def test_what_other_programs_did_leaves_room_for_this_one(
    owner: Client, teahouse: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.console.log_lines.LISTED", 1)
    owner.post(SETTINGS, {"name": "our till", "scopes": ["orders:write"]})
    Change.objects.create(number=uuid4(), about="key:elsewhere", what="key.made", actor="staff:x")
    assert "our till" in text(owner.get(f"{SETTINGS}/log").content)


def test_whoever_is_shut_out_is_out_at_once(owner: Client, teahouse: Published) -> None:
    mei = signed_in("cashier", "mei")
    assert mei.get("/programs/tea-house/members").status_code == 200
    said(owner, f"/staff/{Staff.objects.get(username='mei').pk}", do="shut_out")
    assert mei.get("/programs/tea-house/members").status_code == 302


def test_nobody_changes_what_they_may_do_themselves(owner: Client, teahouse: Published) -> None:
    me, before = Staff.objects.get(username="owner").pk, written()
    for do in ("role", "shut_out", "password"):
        assert "Somebody else changes" in said(owner, f"/staff/{me}", do=do, role="cashier")
    assert "Nobody was found" in said(owner, "/staff/999999", do="shut_out")
    assert "Choose a role" in said(owner, "/staff/999999", do="role", role="boss")
    assert [one[:4] for one in written()] == [one[:4] for one in before]


def test_the_colour_of_the_pages_is_chosen_once_and_written_down(owner: Client, teahouse: Published) -> None:
    portal = "/m/tea-house/"
    assert 'data-accent="jade"' in owner.get(portal).content.decode()
    assert "Choose a colour." in said(owner, "/shop", accent="red; }")
    number = str(uuid4())
    assert "Changed." in said(owner, "/shop", accent="plum", number=number)
    assert "This was done already" in said(owner, "/shop", accent="teal", number=number)
    for page in (portal, f"{SETTINGS}/shop"):
        shown = Client().get(page) if page == portal else owner.get(page)
        assert 'data-accent="plum"' in shown.content.decode()
    assert "Colour of the pages Tea House Rewards Jade Plum Owner" in text(owner.get(f"{SETTINGS}/log").content)


def test_the_log_is_read_a_page_at_a_time_and_by_kind(owner: Client, teahouse: Published) -> None:
    """Of members of another program nothing."""
    me = Staff.objects.get(username="owner").pk
    for about, what, count, program in (
        (f"staff:{me}", "staff.role", 1, None),
        (f"member:{uuid4()}", "member.exported", 101, teahouse.id),
        (f"member:{uuid4()}", "member.erased", 1, teahouse.id + 1),
    ):
        for _ in range(count):
            changing.note(uuid4(), about, what, "staff:owner", program_id=program)
    first = owner.get(f"{SETTINGS}/log")
    assert text(first.content).count("Member’s data downloaded") == 100
    assert "Member erased" not in text(first.content)
    [earlier] = re.findall(r'href="(\?before=[^"]+)" rel="next"', first.content.decode())
    last = owner.get(f"{SETTINGS}/log{earlier}")
    assert [one.what for one in last.context["changes"]] == [
        "Member’s data downloaded",
        "Another role",
        "Version published",
    ]
    assert 'rel="next"' not in last.content.decode()
    staff = owner.get(f"{SETTINGS}/log?kind=staff")
    assert [one.what for one in staff.context["changes"]] == ["Another role"]
    members = owner.get(f"{SETTINGS}/log?kind=members")
    assert len(members.context["changes"]) == 100
    assert f'href="?kind=members&amp;before={earlier.rpartition("=")[2]}' in members.content.decode()
    for odd in ("kind=wizards", "before=" + "9" * 40, "before=-1", "before=²"):
        assert owner.get(f"{SETTINGS}/log?{odd}").status_code == 200
