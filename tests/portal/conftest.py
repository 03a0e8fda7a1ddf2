"""A tea house with rewards, and browsers of its members."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from regulars.ledger.connect import raw, rows
from regulars.members.entering import make_link
from regulars.members.models import Member
from regulars.programs.queries import Published
from tests.rewarded import open_rewarded
from tests.rewards.guesses import forget_guesses

CUSTOMERS = 16
SHOP = "/m/tea-house/"
MEI = "mei@example.com"


@pytest.fixture
def rewarded(db: None) -> Published:
    forget_guesses()
    return open_rewarded(CUSTOMERS)


@pytest.fixture(autouse=True)
def _letters(settings: object) -> None:
    """Letters are kept where tests read them; nobody has tried a code yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    settings.SENDS_MAIL = True  # type: ignore[attr-defined]
    cache.clear()
    mail.outbox = []


def asks_for_code(client: Client, email: str = MEI) -> str:
    """The code that was sent to this address."""
    answer = client.post(f"{SHOP}enter", {"email": email})
    assert answer.status_code == 302, answer.content.decode()
    found = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    assert found
    assert mail.outbox[-1].to == [email]
    return found[0]


def joined(email: str = MEI, by: str = "", **said: str) -> Client:
    """A browser of somebody new who joined."""
    client = Client()
    if by:
        client.get(f"{SHOP}enter", {"by": by})
    client.post(f"{SHOP}code", {"code": asks_for_code(client, email)})
    answer = client.post(f"{SHOP}join", {"name": "Lin Mei", "terms": "yes", **said})
    assert answer["Location"] == f"{SHOP}card", answer.content.decode()
    return client


def comes_in(member: Member) -> Client:
    """A browser of this member, whom the shop sent."""
    client, token = Client(), f"token-{member.id}"
    make_link(member.id, token, timezone.now())
    if client.post(f"{SHOP}link/{token}")["Location"] == f"{SHOP}agree":
        assert client.post(f"{SHOP}agree", {"terms": "yes"})["Location"] == f"{SHOP}card"
    return client


def rich() -> Member:
    """The member with the most points."""
    [(member_id,)] = rows(raw(), "SELECT member_id FROM ledger_account ORDER BY available DESC LIMIT 1")
    return Member.objects.get(id=member_id)
