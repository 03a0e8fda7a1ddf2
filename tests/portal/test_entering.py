"""Coming in: by a code, by the shop's link, and again; nobody else does."""

import re
from datetime import timedelta
from secrets import token_hex
from smtplib import SMTPRecipientsRefused

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from regulars.ledger.connect import raw
from regulars.ledger.queries import account_at
from regulars.members import consenting, entering
from regulars.members.actions import Newcomer, enrol
from regulars.members.entering import make_link
from regulars.members.models import Consent, Member, Pass, SignInCode
from regulars.programs.queries import Published, now
from tests.console.pages import text
from tests.portal.conftest import MEI, SHOP, asks_for_code, comes_in, joined, rich
from tests.teahouse import open_teahouse


def test_somebody_new_joins_with_a_proven_address(rewarded: Published) -> None:
    before = Member.objects.count()
    client = joined(phone="0912 345 678")
    assert Member.objects.count() == before + 1
    mei = Member.objects.get(email=MEI)
    assert (mei.name, mei.phone, mei.language, len(mei.card)) == ("Lin Mei", "0912 345 678", "en", 13)
    page = text(client.get(f"{SHOP}card").content)
    assert "50 points" in page, "the welcome that the program gives"
    assert mei.card in page


def test_whoever_is_a_member_is_in_at_once(rewarded: Published) -> None:
    joined()
    client = Client()
    answer = client.post(f"{SHOP}code", {"code": asks_for_code(client, MEI.upper())})
    assert answer["Location"] == f"{SHOP}card"
    assert client.get(f"{SHOP}card").status_code == 200
    assert Member.objects.filter(email=MEI).count() == 1


def test_the_page_is_the_same_whether_anybody_is_known(rewarded: Published) -> None:
    joined()
    known, unknown = Client(), Client()
    pages = []
    for client, email in ((known, MEI), (unknown, "eve@example.com")):
        asks_for_code(client, email)
        page = text(client.get(f"{SHOP}code").content).replace(email, "")
        pages.append(page)
    assert pages[0] == pages[1]


def test_a_code_is_good_once_and_only_for_a_while(rewarded: Published) -> None:
    client = Client()
    code = asks_for_code(client)
    SignInCode.objects.update(until=timezone.now())
    assert client.post(f"{SHOP}code", {"code": code}).status_code == 422
    code = asks_for_code(client)
    assert client.post(f"{SHOP}code", {"code": code}).status_code == 302
    assert client.post(f"{SHOP}code", {"code": code}).status_code == 422


def test_guesses_are_not_heard_for_long_and_spoil_nobody_elses_code(rewarded: Published) -> None:
    client, stranger = Client(), Client()
    code = asks_for_code(client)
    asks_for_code(stranger)
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    for _ in range(entering.TRIES):
        assert stranger.post(f"{SHOP}code", {"code": wrong}).status_code == 422
    assert stranger.post(f"{SHOP}code", {"code": code}).status_code == 422, "the code of another browser"
    assert not Pass.objects.exists()
    assert client.post(f"{SHOP}code", {"code": code}).status_code == 302
    late = Client()
    code = asks_for_code(late)
    for _ in range(entering.TRIES):
        late.post(f"{SHOP}code", {"code": wrong})
    assert late.post(f"{SHOP}code", {"code": code}).status_code == 422, "also the right one, by now"


def asked(client: str, email: str = MEI) -> bool:
    """Whether a letter goes to this address because of a browser there."""
    return entering.ask(1, email, client, token_hex(), "123456", timezone.now())


def test_nobody_alone_keeps_a_member_from_coming_in(rewarded: Published) -> None:
    stranger, mei = Client(REMOTE_ADDR="203.0.113.9"), Client(REMOTE_ADDR="192.0.2.7")
    answers = [stranger.post(f"{SHOP}enter", {"email": MEI}).status_code for _ in range(30)]
    letters = entering.LETTERS_AN_HOUR["address", "client"]
    assert answers == [302] * letters + [429] * (30 - letters)
    assert len(mail.outbox) == letters
    mei.post(f"{SHOP}code", {"code": asks_for_code(mei)})
    assert mei.get(f"{SHOP}join").status_code == 200


def test_an_address_gets_few_letters_though_many_ask(db: None) -> None:
    most = entering.LETTERS_AN_HOUR["address",]
    assert [asked(f"192.0.2.{place}") for place in range(most + 1)] == [True] * most + [False]
    assert asked("198.51.100.1", "one-more@example.com")


def test_a_day_of_joining_fits_into_the_network_of_a_shop(db: None) -> None:
    most = entering.LETTERS_AN_HOUR["client",]
    assert most >= 200
    assert all(asked("192.0.2.7", f"{place}@example.com") for place in range(most))
    assert not asked("192.0.2.7", "one-more@example.com")
    assert asked("192.0.2.8", "one-more@example.com")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("::ffff:192.0.2.7", "192.0.2.8", False),
        ("", "", True),
    ],
)
def test_addresses_that_one_client_can_choose_from_are_one(db: None, one: str, other: str, same: bool) -> None:
    assert all(asked(one) for _ in range(entering.LETTERS_AN_HOUR["address", "client"]))
    assert asked(other) != same


@pytest.mark.parametrize(
    ("typed", "known"),
    [("victim@gıthub.com", "victim@github.com"), ("ſue@a.com", "sue@a.com"), ("\u212aim@a.com", "kim@a.com")],
)
def test_letters_that_look_alike_are_not_the_same_mailbox(rewarded: Published, typed: str, known: str) -> None:
    joined(known)
    client = Client()
    answer = client.post(f"{SHOP}code", {"code": asks_for_code(client, typed)})
    assert answer["Location"] == f"{SHOP}join", "somebody new, not the member"


def test_of_two_with_an_address_the_one_who_proved_it_comes_in(rewarded: Published) -> None:
    joined()
    mine = Member.objects.get(email=MEI)
    other = enrol(rewarded.programs, Newcomer(email=MEI, name="typed at a till"), now(rewarded), "store", now(rewarded))
    assert entering.by_email(rewarded.id, MEI) == mine.id != other.member_id


def test_whoever_joins_twice_at_once_is_one_member(rewarded: Published) -> None:
    client = Client()
    client.post(f"{SHOP}code", {"code": asks_for_code(client)})
    again = Client()
    again.cookies = client.cookies.copy()
    said = {"name": "Mei", "terms": "yes"}
    assert client.post(f"{SHOP}join", said)["Location"] == f"{SHOP}card"
    assert again.post(f"{SHOP}join", said)["Location"] == f"{SHOP}enter"
    assert Member.objects.filter(email=MEI).count() == 1


def test_a_code_that_was_right_long_ago_lets_nobody_join(rewarded: Published) -> None:
    client, before = Client(), Member.objects.count()
    client.post(f"{SHOP}code", {"code": asks_for_code(client)})
    SignInCode.objects.update(proven_at=timezone.now() - entering.CODE_LASTS)
    assert client.post(f"{SHOP}join", {"name": "Mei", "terms": "yes"})["Location"] == f"{SHOP}enter"
    assert Member.objects.count() == before


def test_a_letter_that_cannot_be_sent_says_so_and_counts_for_nothing(
    rewarded: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> int:
        raise SMTPRecipientsRefused({})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuses)
    assert Client().post(f"{SHOP}enter", {"email": MEI}).status_code == 503
    assert not SignInCode.objects.exists()


def test_digits_of_a_chinese_keyboard_and_broken_names_are_read(rewarded: Published) -> None:
    client = Client()
    code = asks_for_code(client)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert client.post(f"{SHOP}code", {"code": wide}).status_code == 302
    client.post(f"{SHOP}join", {"name": "Mei\0 Lin", "phone": "09\0", "terms": "yes"})
    assert Member.objects.get(email=MEI).name == "Mei Lin"


def test_nothing_of_whoever_left_stays(rewarded: Published) -> None:
    elsewhere = Client()
    asks_for_code(elsewhere)
    client = joined()
    client.post(f"{SHOP}leave", {"sure": "yes"})
    assert not Session.objects.exists(), "the address lies in the browser alone"
    entering.forget_old(timezone.now() + timedelta(hours=1))
    assert not SignInCode.objects.exists()


@pytest.mark.parametrize("email", ["", "mei", "mei@", "a b@example.com", "mei@example.com\nBcc: x@example.com"])
def test_what_is_no_address_gets_no_letter(rewarded: Published, email: str) -> None:
    assert Client().post(f"{SHOP}enter", {"email": email}).status_code == 422
    assert mail.outbox == []
    assert not SignInCode.objects.exists()


def test_nothing_stored_says_a_code_or_an_address(rewarded: Published) -> None:
    client = Client()
    code = asks_for_code(client)
    [sent] = SignInCode.objects.all()
    assert code not in sent.code
    assert "mei" not in sent.address
    client.post(f"{SHOP}code", {"code": code})
    client.post(f"{SHOP}join", {"name": "Mei", "terms": "yes"})
    token = client.cookies["regulars_member"].value
    assert all(token not in found.mark for found in Pass.objects.all())


def test_nobody_joins_without_agreeing(rewarded: Published) -> None:
    client, before = Client(), Member.objects.count()
    client.post(f"{SHOP}code", {"code": asks_for_code(client)})
    refused = client.post(f"{SHOP}join", {"name": "Mei", "news": "yes"})
    assert refused.status_code == 422
    assert "agree to the terms" in text(refused.content)
    assert (Member.objects.count(), Consent.objects.count()) == (before, 0)


def test_nobody_joins_without_a_proven_address(rewarded: Published) -> None:
    client, before = Client(), Member.objects.count()
    asks_for_code(client)
    assert client.post(f"{SHOP}join", {"name": "Eve", "terms": "yes"})["Location"] == f"{SHOP}enter"
    assert Member.objects.count() == before


def test_what_was_agreed_is_kept_word_by_word(rewarded: Published) -> None:
    joined(news="yes")
    mei = Member.objects.get(email=MEI)
    agreed = consenting.newest(mei.id)
    assert (agreed["terms"].given, agreed["terms"].version) == (True, 1)
    assert agreed["news"].words.startswith("Tea House Rewards may send me news")


def test_the_shops_link_lets_in_once(rewarded: Published) -> None:
    member = rich()
    entering.make_link(member.id, "from-the-shop", timezone.now())
    assert Client().get(f"{SHOP}link/from-the-shop").status_code == 200, "a preview uses nothing up"
    first, second = Client(), Client()
    assert first.post(f"{SHOP}link/from-the-shop")["Location"] == f"{SHOP}agree"
    assert first.get(f"{SHOP}card").status_code == 200
    assert second.post(f"{SHOP}link/from-the-shop")["Location"] == f"{SHOP}enter"
    assert "That link was used before" in text(second.get(f"{SHOP}enter").content)
    entering.make_link(member.id, "too-late", timezone.now() - entering.LINK_LASTS)
    assert second.post(f"{SHOP}link/too-late")["Location"] == f"{SHOP}enter"


@pytest.mark.parametrize("way", ["link", "code"])
def test_whoever_joined_elsewhere_is_asked_once_what_they_agree_to(rewarded: Published, way: str) -> None:
    member = rich()
    Member.objects.filter(id=member.id).update(email=MEI)

    def comes(client: Client) -> str:
        if way == "code":
            return str(client.post(f"{SHOP}code", {"code": asks_for_code(client)})["Location"])
        token = f"sent-{client!r}"
        entering.make_link(member.id, token, timezone.now())
        return str(client.post(f"{SHOP}link/{token}")["Location"])

    client = Client()
    assert comes(client) == f"{SHOP}agree"
    refused = client.post(f"{SHOP}agree", {"news": "yes"})
    assert (refused.status_code, Consent.objects.count()) == (422, 0)
    assert "agree to the terms" in text(refused.content)
    assert client.post(f"{SHOP}agree", {"terms": "yes"})["Location"] == f"{SHOP}card"
    agreed = consenting.newest(member.id)
    assert {kind: one.given for kind, one in agreed.items()} == {"terms": True, "news": False}
    assert comes(Client()) == f"{SHOP}card"


def test_whoever_signs_out_is_out(rewarded: Published) -> None:
    client = comes_in(rich())
    token = client.cookies["regulars_member"].value
    answer = client.post(f"{SHOP}sign-out")
    assert answer["Clear-Site-Data"] == '"cache"'
    client.cookies["regulars_member"] = token
    assert client.get(f"{SHOP}card")["Location"] == f"{SHOP}enter", "the cookie alone is worth nothing"


def test_whoever_signs_out_on_all_devices_is_out_on_each(rewarded: Published) -> None:
    mine = rich()
    here, lost = comes_in(mine), comes_in(mine)
    other = comes_in(Member.objects.exclude(id=mine.id).filter(joined_at__isnull=False)[0])
    make_link(mine.id, "unused", timezone.now())
    assert "Sign out on all devices" in text(here.get(f"{SHOP}me").content)
    answer = here.post(f"{SHOP}sign-out", {"everywhere": "yes"})
    assert (answer["Location"], answer["Clear-Site-Data"]) == (SHOP, '"cache"')
    for client in (here, lost):
        assert client.get(f"{SHOP}card")["Location"] == f"{SHOP}enter"
    assert Client().post(f"{SHOP}link/unused")["Location"] == f"{SHOP}enter"
    assert other.get(f"{SHOP}card").status_code == 200
    assert Client().post(f"{SHOP}sign-out", {"everywhere": "yes"})["Location"] == SHOP


def test_a_visit_ends_by_itself(rewarded: Published) -> None:
    client = comes_in(rich())
    Pass.objects.update(until=timezone.now())
    assert client.get(f"{SHOP}card")["Location"] == f"{SHOP}enter"
    assert entering.forget_old(timezone.now()) == 1


def test_the_cookie_is_for_the_portal_alone(rewarded: Published) -> None:
    cookie = comes_in(rich()).cookies["regulars_member"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (SHOP, True, "Lax")


def test_a_friend_is_brought_by_a_members_link(db: None) -> None:
    shop = open_teahouse(2, "referral: {}\n")
    page = joined().get(f"{SHOP}me").content.decode()
    invited = re.search(r'value="http://testserver/m/tea-house/enter\?by=([\w-]{16})"', page)
    assert invited
    mei = Member.objects.get(email=MEI)
    assert str(mei.id) not in page
    joined("bo@example.com", by=invited[1])
    bo = Member.objects.get(email="bo@example.com")
    account = account_at(raw(), shop.programs, bo.id, now(shop))
    assert account is not None
    assert account.brought is not None
    assert account.brought.by == str(mei.id)
