"""The log: everything that people change stands in it, with what it was, and nobody is named to who may not know."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from regulars.console.log_lines import Said
from regulars.ledger.connect import raw, rows
from regulars.members.models import Member
from regulars.programs import drafting
from regulars.programs.models import ProgramDraft
from regulars.programs.queries import Published
from regulars.project.paging.questions import questions
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.rewarded import richest
from tests.teahouse import DOCUMENT

SHOP = "/programs/tea-house"
LOG = f"{SHOP}/settings/log"


def sent(client: Client, where: str, **fields: object) -> None:
    assert client.post(f"{SHOP}/{where}", {"number": str(uuid4()), **fields}).status_code == 302, where


def as_line(one: Said) -> str:
    return f"{one.what} | {one.about} | {one.before} | {one.after} | {one.who}"


def told(client: Client, kind: str = "") -> list[str]:
    shown = client.get(LOG, {"kind": kind}).context["changes"]
    return [as_line(one) for one in shown]


def published(owner: Client) -> None:
    number = drafting.begin_draft("tea-house", "staff:owner", document=DOCUMENT.replace("reach: 6000", "reach: 5500"))
    edition = ProgramDraft.objects.get(pk=number).edition
    sent(owner, f"program/drafts/{number}/publish", edition=edition, anyway="1")


def changed(owner: Client, member: Member, other: Member) -> None:
    """One of everything that people change at a desk."""
    often = {"g0.match": "all", "g0.c0.about": "orders", "g0.c0.was": "orders", "g0.c0.is": "at_least"}
    sent(owner, "program/two-people", required="yes")
    sent(owner, "program/two-people", required="no")
    published(owner)
    sent(owner, "segments/new", name="Often here", match="all", do="save", **often, **{"g0.c0.text": "3"})
    sent(owner, "segments/of/often-here/archive", do="archive")
    sent(owner, "rewards/of/tea-sampler/stock", quantity="5", reason="came by post")
    sent(owner, "rewards/codes/new", coupon="spring", quantity="3")
    sent(owner, f"members/{member.pk}/rewards/gift", reward="hundred-off", reason="their birthday")
    sent(owner, f"members/{member.pk}/notes", words="likes it dark")
    sent(owner, f"members/{member.pk}/adjust", wallet="points", way="give", points="7", reason="goodwill", do="keep")
    sent(owner, f"members/{member.pk}/merge", **{"with": str(other.pk), "words": "one telephone"})
    sent(owner, "settings/shop", accent="plum")


def test_the_auditor_reads_what_waits_and_what_was_done_to_codes_and_decides_nothing(
    owner: Client, rewarded: Published
) -> None:
    auditor = signed_in("auditor")
    sent(owner, "rewards/codes/new", coupon="spring", quantity="3")
    [(batch,)] = rows(raw(), "SELECT max(id) FROM rewards_batch")
    for page in (f"rewards/codes/{batch}", "rewards/approvals", "rewards/adjustments"):
        shown = auditor.get(f"{SHOP}/{page}")
        assert shown.status_code == 200, page
        main = shown.content.decode().partition("<main")[2].partition("</main")[0]
        assert "<form" not in main, page
    for deed in (f"rewards/codes/{batch}/end", f"rewards/codes/{batch}/file", f"rewards/codes/{batch}/make"):
        assert auditor.post(f"{SHOP}/{deed}", {"reason": "x"}).status_code == 403


@pytest.fixture
def pair(rewarded: Published) -> tuple[Member, Member]:
    first, second = (Member.objects.get(pk=one) for one in richest(rewarded, 2))
    Member.objects.filter(pk=first.pk).update(name="Lin Mei", external_id="1001-a")
    Member.objects.filter(pk=second.pk).update(name="Lin M.", external_id="1002-a")
    return first, second


def test_everything_that_people_change_stands_in_the_log(owner: Client, pair: tuple[Member, Member]) -> None:
    changed(owner, *pair)
    found = told(owner)
    for line in (
        "How many must agree to a version | Tea House Rewards | One person | Two people | Owner",
        "How many must agree to a version | Tea House Rewards | Two people | One person | Owner",
        "Version published | Tea House Rewards | Version 1 | Version 2 | Owner",
        "Segment archived | Often here |  |  | Owner",
        "Stock added | Tea sampler |  | 5 · “came by post” | Owner",
        "Reward given | Lin Mei |  | NT$100 off · “their birthday” | Owner",
        "Note written | Lin Mei |  | “likes it dark” | Owner",
        "Points by hand | Lin Mei |  | +7 points · Goodwill | Owner",
        "Two members made one | Lin Mei |  | with Lin M. · The same person | Owner",
        "Colour of the pages | Tea House Rewards | Jade | Plum | Owner",
    ):
        assert line in found, (line, found)
    assert any(re.fullmatch(r"Segment made \| Often here \|  \| Often here · .*3.* \| Owner", line) for line in found)
    assert any(line.startswith("Codes made | ") and line.endswith(" |  | 3 | Owner") for line in found)


def test_a_kind_is_read_by_itself(owner: Client, pair: tuple[Member, Member]) -> None:
    changed(owner, *pair)
    every = told(owner)
    by_kind = {kind: told(owner, kind) for kind in ("keys", "members", "program", "rewards", "segments", "staff")}
    assert sorted(line for found in by_kind.values() for line in found) == sorted(every)
    assert "Version published" in " ".join(by_kind["program"])
    assert "Points by hand" in " ".join(by_kind["members"])


def test_pages_of_the_log_leave_nothing_out(
    owner: Client, pair: tuple[Member, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(owner, *pair)
    every = told(owner)
    monkeypatch.setattr("regulars.console.log_lines.LISTED", 3)
    found, address = [], LOG
    while address:
        page = owner.get(address)
        found += [as_line(one) for one in page.context["changes"]]
        further = re.search(r'href="(\?before=[^"]+)" rel="next"', page.content.decode())
        address = f"{LOG}{further[1]}" if further else ""
    assert found == every


def test_whoever_may_not_know_names_reads_no_name_and_no_words(owner: Client, pair: tuple[Member, Member]) -> None:
    changed(owner, *pair)
    seen = text(signed_in("auditor").get(LOG).content)
    for what in ("Points by hand", "Note written", "Two members made one", "Reward given"):
        assert what in seen
    for hidden in ("Lin Mei", "Lin M.", "likes it dark", "one telephone", "their birthday"):
        assert hidden not in seen
    assert "1001-a" in seen


def test_the_log_of_a_busy_shop_asks_no_more(owner: Client, pair: tuple[Member, Member]) -> None:
    changed(owner, *pair)
    owner.get(LOG)
    with questions() as asked:
        owner.get(LOG)
    assert len(asked) <= 15


def test_who_was_erased_leaves_the_log_without_a_name(owner: Client, pair: tuple[Member, Member]) -> None:
    member = pair[0]
    sent(owner, f"members/{member.pk}/adjust", wallet="points", way="give", points="7", reason="goodwill", do="keep")
    sent(owner, f"members/{member.pk}/notes", words="likes it dark")
    raw().execute("DELETE FROM members_note")
    Member.objects.filter(pk=member.pk).delete()
    seen = told(owner)
    assert f"Points by hand | member {str(member.pk)[:8]} |  | +7 points · Goodwill | Owner" in seen
    assert rows(raw(), "SELECT count(*) FROM members_note") == [(0,)]
