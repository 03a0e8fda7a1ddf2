"""What members see, and what only they see."""

import json
import re
import struct
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from regulars.access.routes import Route, routes
from regulars.engine.calendar import instant_of
from regulars.engine.facts import Adjustment, Line
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn
from regulars.ledger.connect import raw, rows
from regulars.ledger.queries import account_at
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.members import consenting
from regulars.members.models import Member, Pass
from regulars.members.uniting import unite
from regulars.programs.queries import Published, now
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.portal.conftest import SHOP, comes_in, joined, rich
from tests.rewarded import richest
from tests.teahouse import TAIPEI

OPEN = {
    "",
    "code",
    "embed/balance",
    "embed/earn",
    "enter",
    "m/embed.js",
    "join",
    "link/<str:token>",
    "manifest.webmanifest",
    "sign-out",
    "worker.js",
}
NOBODY = "00000000-0000-4000-8000-000000000000"
PLACES = {"<uuid:issued_id>": NOBODY, "<str:name>": "tea-sampler", "<str:token>": "x"}


def portal() -> list[Route]:
    return [route for route in routes() if route.path.startswith("m/")]


def address(route: Route) -> str:
    path = route.path.replace("<slug:slug>", "tea-house")
    for place, value in PLACES.items():
        path = path.replace(place, value)
    return f"/{path}"


def available(member: Member, published: Published) -> int:
    account = account_at(raw(), published.programs, member.id, now(published))
    assert account is not None
    return account.wallets["points"].available


def test_only_members_open_what_is_theirs(rewarded: Published) -> None:
    staff = signed_in("owner")
    for route in portal():
        path = route.path.removeprefix("m/<slug:slug>/")
        if path in OPEN:
            continue
        for client in (Client(), staff):
            for ask in (client.get, client.post):
                answer = ask(address(route))
                if answer.status_code == 405:
                    assert ask == client.get, path
                    continue
                assert (answer.status_code, answer["Location"]) == (302, f"{SHOP}enter"), path


def test_members_open_nothing_of_the_staff(rewarded: Published) -> None:
    client = comes_in(rich())
    for place in ("/programs/tea-house/", "/programs/tea-house/members", "/programs/tea-house/till"):
        assert client.get(place)["Location"].startswith("/sign-in"), place


def test_the_card_says_what_a_member_has(rewarded: Published) -> None:
    member = rich()
    page = comes_in(member).get(f"{SHOP}card")
    said = text(page.content)
    assert f"{available(member, rewarded):,}" in said
    assert Member.objects.get(id=member.id).card in said
    assert "more to reach" in said or "highest tier" in said
    assert page["Cache-Control"] == "private, no-store"


def test_the_card_says_from_when_points_can_be_used(rewarded: Published) -> None:
    member = rich()
    paid = instant_of(datetime(2026, 3, 4, 12, tzinfo=TAIPEI))
    lines = (Line("1", "GRN-1", 1, 120_000, "green-tea"),)
    take_orders(rewarded, [OrderIn("till", "P-1", lines, member.external_id, paid_at=paid)], now(rewarded))
    assert "Usable from 11 March 2026 120" in text(comes_in(member).get(f"{SHOP}card").content)


def test_members_without_a_card_get_one_and_keep_it(rewarded: Published) -> None:
    member = rich()
    Member.objects.filter(id=member.id).update(card="")
    client = comes_in(member)
    client.get(f"{SHOP}card")
    card = Member.objects.get(id=member.id).card
    assert re.fullmatch(r"29\d{11}", card)
    client.get(f"{SHOP}card")
    assert Member.objects.get(id=member.id).card == card


def test_a_reward_is_taken_once_however_often_the_button_is_pressed(rewarded: Published) -> None:
    member = rich()
    client, had = comes_in(member), available(member, rewarded)
    page = client.get(f"{SHOP}rewards/tea-sampler").content.decode()
    number = re.search(r'name="number" value="([0-9a-f-]{36})"', page)
    assert number
    first, second = (client.post(f"{SHOP}rewards/tea-sampler", {"number": number[1]}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert available(member, rewarded) == had - 30
    voucher = client.get(first["Location"])
    assert "Ready to use" in text(voucher.content)
    assert "<svg" in voucher.content.decode().partition('class="qr"')[2]
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-", text(voucher.content))


def test_what_cannot_be_had_says_why_and_takes_nothing(rewarded: Published) -> None:
    client = joined()
    mei = Member.objects.get(name="Lin Mei")
    said = text(client.get(f"{SHOP}rewards/hundred-off").content)
    assert "30 points are missing." in said
    assert "Valid for 30 days" in said
    refused = client.post(f"{SHOP}rewards/hundred-off", {"number": NOBODY})
    assert refused.status_code == 409
    assert available(mei, rewarded) == 50
    assert rows(raw(), "SELECT count(*) FROM rewards_issued WHERE member_id = %s", [mei.id]) == [(0,)]
    assert client.post(f"{SHOP}rewards/hundred-off", {"number": "x"}).status_code == 404
    assert client.get(f"{SHOP}rewards/nothing").status_code == 404


def test_nobody_sees_the_reward_of_somebody_else(rewarded: Published) -> None:
    client = comes_in(rich())
    number = re.search(r'value="([0-9a-f-]{36})"', client.get(f"{SHOP}rewards/tea-sampler").content.decode())
    assert number
    mine = client.post(f"{SHOP}rewards/tea-sampler", {"number": number[1]})["Location"]
    assert joined().get(mine).status_code == 404


def test_every_line_of_the_history_says_why(rewarded: Published) -> None:
    said = text(comes_in(rich()).get(f"{SHOP}history").content)
    assert "Joined the program" in said or "Order" in said
    assert "every NT$10 gives" in said


def test_what_was_redeemed_is_named(rewarded: Published) -> None:
    said = text(comes_in(rich()).get(f"{SHOP}history").content)
    assert re.search(r"Redeemed: NT\$100 off 5 Mar store Dihua Street Used: 80 points −80", said)


def test_who_was_known_twice_reads_everything_of_both(rewarded: Published) -> None:
    first, second = (Member.objects.get(id=one) for one in richest(rewarded, 2))
    orders = set(re.findall(r"Order [\d-]+ · \S+", text(comes_in(second).get(f"{SHOP}history").content)))
    unite(rewarded.programs, first.id, second.id, now(rewarded), number=uuid4(), reason="same_person", actor="tests")
    for member in (first, second):
        client = comes_in(member)
        said = text(client.get(f"{SHOP}history").content)
        assert orders <= set(re.findall(r"Order [\d-]+ · \S+", said))
        assert "This order earned no points" not in said
        assert "Redeemed: Tea sampler" in said
        assert "Two memberships became one" in said
        held = json.loads(client.get(f"{SHOP}download").content)
        assert sum("Welcome" in one["why"] and one["from"] == "issued" for one in held["entries"]) == 2


def test_what_came_in_late_says_so(rewarded: Published) -> None:
    member, at = rich(), now(rewarded)
    lines = (Line("1", "GRN-1", 1, 28_000, "green-tea"),)
    paid = at - 20 * 86_400_000_000
    order = OrderIn("till", "LATE", lines, member_id=member.id, paid_at=paid, version_at=paid, channel="web")
    take_orders(rewarded, [order], at + 120_000_000)
    said = text(comes_in(member).get(f"{SHOP}history").content)
    assert "came in on 5 Mar 2026" in said
    assert said.index("Order 1006-9") < said.index("Order LATE") or said.index("Order LATE") > said.index("March 2026")
    client = comes_in(member)
    client.cookies["django_language"] = "zh-hans"
    assert "2026年3月5日才收到" in text(client.get(f"{SHOP}history").content)


def test_members_read_why_points_came_by_hand_and_not_what_staff_wrote(rewarded: Published) -> None:
    member, at = rich(), now(rewarded)
    for place, reason in enumerate(("complaint", "other")):
        given = Adjustment(f"A-{place}", "points", 5, at + place, reason, "staff:mei")
        record(raw(), rewarded.programs, [Incoming(member.id, given, note="shouted at me")], at + 2)
    said = text(comes_in(member).get(f"{SHOP}history").content)
    assert said.count("Given by hand") == 2
    assert said.count("Because something had gone wrong") == 1
    assert not {"shouted", "mei", "complaint", "other"} & set(re.findall(r"\w+", said))


def test_the_program_is_explained_to_everybody(rewarded: Published) -> None:
    page = Client().get(SHOP)
    said = text(page.content)
    for words in (
        "1 point for every NT$10", "on oolong", "2× points", "When you join", "NT$6,000",
        "What an order earns can be used after 7 days.", "100 points are worth NT$10",
        "What you can have", "Tea sampler", "80 points", "Gold: 60 points", "NT$100 off",
    ):  # fmt: skip
        assert words in said, words
    assert "TEA-SAMPLER" not in said
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.content.decode(), re.DOTALL)
    assert found
    markup = json.loads(found[1])
    assert (markup["@type"], markup["name"]) == ("MemberProgram", "Tea House Rewards")
    assert [tier["name"] for tier in markup["hasTiers"]] == ["Member", "Silver", "Gold"]


def test_members_change_what_is_theirs_and_nothing_else(rewarded: Published) -> None:
    client = joined()
    client.post(
        f"{SHOP}me", {"name": "Mei  Lin\0", "phone": "0987", "email": "eve@example.com", "card": "1", "news": "yes"}
    )
    mei = Member.objects.get(email="mei@example.com")
    assert (mei.name, mei.phone, len(mei.card)) == ("Mei Lin", "0987", 13)
    assert consenting.newest(mei.id)["news"].given
    client.post(f"{SHOP}me", {"name": "Mei Lin"})
    assert not consenting.newest(mei.id)["news"].given
    assert [one.given for one in consenting.every(mei.id) if one.kind == "news"] == [False, True, False]


def test_members_take_everything_with_them(rewarded: Published) -> None:
    member = rich()
    answer = comes_in(member).get(f"{SHOP}download")
    assert answer["Content-Disposition"] == 'attachment; filename="tea-house-2026-03-05.json"'
    found = json.loads(answer.content)
    counted = rows(raw(), "SELECT count(*) FROM ledger_entry WHERE member_id = %s", [member.id])
    assert [(len(found["entries"]),)] == counted
    assert found["member"]["id"] == str(member.id)
    assert found["balances"]["points"]["available"] == available(member, rewarded)
    assert all(entry["why"] for entry in found["entries"])
    assert re.fullmatch(r"\d+\.00", found["orders"][0]["lines"][0]["total"])


def test_leaving_is_asked_for_twice_and_is_final(rewarded: Published) -> None:
    client = joined()
    assert "50 points" in text(client.get(f"{SHOP}leave").content)
    assert client.post(f"{SHOP}leave").status_code == 409
    assert Member.objects.filter(email="mei@example.com").exists()
    assert client.post(f"{SHOP}leave", {"sure": "yes"})["Location"] == SHOP
    assert "You have left, and what named you is deleted." in text(client.get(SHOP).content)
    assert not Member.objects.filter(email="mei@example.com").exists()
    assert not Pass.objects.exists()
    assert client.get(f"{SHOP}card")["Location"] == f"{SHOP}enter"


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_pages_are_in_the_readers_language(rewarded: Published, language: str) -> None:
    client = comes_in(rich())
    client.cookies["django_language"] = language
    for place in ("", "card", "rewards", "rewards/hundred-off", "history", "me", "leave"):
        said = text(client.get(f"{SHOP}{place}").content)
        english = re.findall(r"\b(?:the|your|you|points?|for|after|until|order|reward|tier)\b", said, re.IGNORECASE)
        assert english == [], (place, said)


def test_the_phone_keeps_the_card(rewarded: Published) -> None:
    manifest = json.loads(Client().get(f"{SHOP}manifest.webmanifest").content)
    assert (manifest["start_url"], manifest["scope"]) == (f"{SHOP}card", SHOP)
    for icon in manifest["icons"]:
        kept = finders.find(icon["src"].removeprefix("/static/"))
        assert kept, icon
        if icon["type"] == "image/png":
            assert "{}x{}".format(*struct.unpack(">II", Path(kept).read_bytes()[16:24])) == icon["sizes"]
    worker = Client().get(f"{SHOP}worker.js")
    assert worker["Content-Type"] == "text/javascript"
    said = worker.content.decode()
    for words in (f'"{SHOP}card"', f'"{SHOP}sign-out"', f'"{SHOP}leave"', '"card-tea-house-"'):
        assert words in said, words


def test_a_card_is_one_screen_of_little_weight(rewarded: Published) -> None:
    assert len(comes_in(rich()).get(f"{SHOP}card").content) < 40_000
