"""Segments in the console: written by a form that counts meanwhile, looked at, taken away, archived."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from regulars.ledger.connect import raw, rows
from regulars.members.models import Member
from regulars.programs.queries import Published, now
from regulars.segments import actions, queries, standings, traits
from regulars.segments.models import SegmentChange
from tests.console.conftest import signed_in
from tests.console.pages import text

HOME = "/programs/tea-house/segments"
ROW = {"g0.match": "all", "g0.c0.about": "orders", "g0.c0.was": "orders", "g0.c0.is": "at_least", "g0.c0.text": "3"}
THREE = {"groups": [{"conditions": [{"about": "orders", "is": "at_least", "values": ["3"]}]}]}


@pytest.fixture
def house(teahouse: Published) -> Published:
    while traits.catch_up(teahouse.programs, now(teahouse)):
        pass
    return teahouse


@pytest.fixture
def manager(db: None) -> Client:
    return signed_in("program_manager")


def count(page: bytes) -> int:
    found = re.search(r'segment-figure"><b>([\d,]+)</b>', page.decode())
    assert found, text(page)
    return int(found[1].replace(",", ""))


def made(house: Published, **more: object) -> str:
    return actions.make(house, "Often here", THREE, "staff:owner", uuid4(), **more)


def expected(house: Published) -> int:
    return len(queries.members_of(house, queries.get(house.id, "often-here").definition, now(house)))


def test_a_segment_is_written_counted_and_saved(house: Published, manager: Client) -> None:
    page = manager.post(f"{HOME}/new", {**ROW, "do": "count"}).content
    shown = count(page)
    assert "Orders: 3 or more" in text(page)
    answer = manager.post(f"{HOME}/new", {**ROW, "name": "Often here", "tells": "1", "do": "save", "number": uuid4()})
    assert answer["Location"] == f"{HOME}/of/often-here"
    assert 0 < shown == expected(house)
    assert queries.told(house.id) == {"often-here"}
    assert "Counting" in text(manager.get(answer["Location"]).content)
    page = manager.get(answer["Location"], {"count": "1"}).content
    assert count(page) == shown
    assert "when: {segment: often-here}" in text(page)
    assert SegmentChange.objects.get().actor == "staff:program_manager"


def test_there_is_one_way_to_count_without_javascript(house: Published, manager: Client) -> None:
    """And nothing says that it counts: "Counting…" is what scripts replace."""
    page = manager.get(f"{HOME}/new").content.decode()
    assert re.findall(r'script-hides"[^>]*>([^<]+)<', page).count("Count") == 1
    assert '<p class="muted script-hides">Not counted yet.</p>' in page
    assert '<p class="muted script-shows" hx-get' in page


def test_the_list_counts_what_was_just_saved(house: Published, manager: Client) -> None:
    made(house, tells=True)
    other = actions.make(house, "熟客", THREE, "staff:owner", uuid4())
    page = manager.get(HOME).content.decode()
    assert "Counting" in page
    assert page.count('hx-trigger="load"') == 2
    page = manager.get(HOME, {"count": "often-here"}).content.decode()
    assert f"<strong>{expected(house)}</strong>" in page
    assert page.count('hx-trigger="load"') == 1
    # Nobody waits for what is known.
    assert queries.get(house.id, "often-here").size == expected(house)
    assert not rows(raw(), "SELECT 1 FROM segments_trait WHERE kind = %s", [traits.TOLD])
    # Programs are told by the next round all the same.
    assert standings.keep_up(house) == expected(house)
    for _time in range(2):
        assert manager.get(HOME, {"count": other}).status_code == 200
    assert "Counting" not in text(manager.get(HOME).content)
    assert manager.get(HOME, {"count": "nothing"}).status_code == 200


def test_a_list_that_is_asked_to_count_what_is_no_name_counts_nothing(house: Published, manager: Client) -> None:
    for name in ("\0", "nothing", "x" * 5000):
        assert manager.get(HOME, {"count": name}).status_code == 200


def test_a_count_that_was_seen_stands_in_the_list(house: Published, manager: Client) -> None:
    key = made(house)
    shown = count(manager.get(f"{HOME}/of/{key}", {"count": "1"}).content)
    assert f"<strong>{shown}</strong>" in manager.get(HOME).content.decode()


def test_what_takes_too_long_is_left_to_the_next_round(
    house: Published, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = made(house)

    def too_long(*_asked: object) -> int:
        raise queries.TooLong

    monkeypatch.setattr("regulars.segments.queries.number", too_long)
    page = manager.get(HOME, {"count": key}).content
    assert "takes longer: counted within minutes" in text(page)
    assert 'hx-trigger="load"' not in page.decode()


def test_fields_follow_what_a_condition_is_about(house: Published, manager: Client) -> None:
    changed = manager.post(f"{HOME}/new", {**ROW, "g0.c0.about": "tier"}).content.decode()
    assert 'name="g0.c0.value" value="silver"' in changed
    assert "g0.c0.days" not in changed
    bought = manager.post(f"{HOME}/new", {**ROW, "g0.c0.about": "category"}).content.decode()
    assert 'name="g0.c0.value" value="oolong"' in bought


def test_conditions_and_groups_come_and_go(house: Published, manager: Client) -> None:
    more = manager.post(f"{HOME}/new", {**ROW, "do": "add:0"}).content.decode()
    assert 'name="g0.c1.about"' in more
    apart = manager.post(f"{HOME}/new", {**ROW, "do": "group"}).content.decode()
    assert 'name="g1.c0.about"' in apart
    assert 'name="match"' in apart
    second = {"g0.c1.about": "spend", "g0.c1.was": "spend", "g0.c1.is": "at_most", "g0.c1.text": "1200"}
    less = manager.post(f"{HOME}/new", {**ROW, **second, "do": "drop:0.0"}).content.decode()
    assert 'value="1200"' in less
    assert 'name="g0.c1.about"' not in less


def test_what_is_missing_is_said_at_its_field(house: Published, manager: Client) -> None:
    page = manager.post(f"{HOME}/new", {**ROW, "g0.c0.text": "", "do": "count"}).content
    assert "Fill in what is missing" in text(page)
    page = manager.post(f"{HOME}/new", {**ROW, "g0.c0.text": "many", "name": "x", "do": "save"}).content
    assert "A number from 0 to 1000000000000 is needed" in text(page)
    assert 'aria-invalid="true"' in page.decode()
    assert not SegmentChange.objects.exists()


def test_two_people_do_not_overwrite_each_other(house: Published, manager: Client) -> None:
    key = made(house)
    form = {**ROW, "name": "Mine", "edition": "1", "do": "save"}
    assert manager.post(f"{HOME}/of/{key}/edit", {**form, "number": uuid4()}).status_code == 302
    page = manager.post(f"{HOME}/of/{key}/edit", {**form, "name": "Theirs", "number": uuid4()}).content
    assert "Somebody else saved it meanwhile" in text(page)
    assert queries.get(house.id, key).name == "Mine"


def test_names_are_for_who_may_see_them(house: Published, manager: Client) -> None:
    key = made(house)
    names = set(Member.objects.exclude(name="").values_list("name", flat=True))
    seen = text(manager.get(f"{HOME}/of/{key}?count=1").content)
    assert any(name in seen for name in names)
    analyst = signed_in("analyst")
    page = analyst.get(f"{HOME}/of/{key}?count=1")
    assert count(page.content) == expected(house)
    assert not any(name in text(page.content) for name in names)
    assert analyst.get(f"{HOME}/of/{key}.csv").status_code == 403
    assert analyst.get(f"{HOME}/of/{key}/edit").status_code == 403


def test_a_file_has_everybody_and_no_formula(house: Published, manager: Client) -> None:
    key = made(house)
    inside = queries.members_of(house, queries.get(house.id, key).definition, now(house))
    Member.objects.filter(id=inside[0]).update(name="=1+1")
    answer = manager.get(f"{HOME}/of/{key}.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 1 + len(inside)
    assert "'=1+1" in lines[1]


def test_archived_and_brought_back(house: Published, manager: Client) -> None:
    key = made(house)
    manager.post(f"{HOME}/of/{key}/archive", {"do": "archive", "number": uuid4()})
    assert "Often here" not in text(manager.get(HOME).content)
    assert "Often here" in text(manager.get(f"{HOME}?archived=1").content)
    manager.post(f"{HOME}/of/{key}/archive", {"do": "bring_back", "number": uuid4()})
    assert "Often here" in text(manager.get(HOME).content)


def test_every_beginning_can_be_counted(house: Published, manager: Client) -> None:
    for starter in ("quiet", "new", "best", "birthday", "expiring", "nothing of ours"):
        page = manager.get(f"{HOME}/new?from={starter}").content.decode()
        [later] = re.findall(r'hx-get="([^"]+)"', page)
        assert count(manager.get(unescape(later)).content) >= 0


def test_pages_ask_little(house: Published, manager: Client, django_assert_max_num_queries) -> None:
    made(house)
    for path in (
        "?count=often-here",
        "",
        "/new",
        "/new?count=1",
        "/of/often-here?count=1",
        "/of/often-here/edit?count=1",
    ):
        with django_assert_max_num_queries(15):
            manager.get(f"{HOME}{path}")
