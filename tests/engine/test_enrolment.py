"""Who becomes a member, when, and what it is called."""

import pytest

from regulars.engine.facts import Details, Enrolment, Fact
from regulars.engine.outcome import Announcement
from tests.builders import Tree, at, document, joined, line, order, programs, told

WELCOME = {"rule": "welcome", "on": "enrolment", "give": "10 points"}
ONLINE = {"rule": "online", "on": "enrolment", "when": {"channel": "web"}, "give": "1 point"}
PROFILE = {"rule": "profile", "on": "profile", "needs": ["country"], "give": "5 points"}


def test_joining_is_told_by_its_key_and_its_channel():
    facts = [Details("D", at("2026-01-01"), None, "TW"), Enrolment("lin", at("2026-01-02"), "web")]
    outcome = told(programs(document(earn=[WELCOME, ONLINE, PROFILE])), facts)
    assert [(entry.identity, entry.points) for entry in outcome.entries] == [
        ("enrolment:lin|welcome", 10),
        ("enrolment:lin|online", 1),
        ("profile|profile", 5),
    ]
    assert outcome.announcements == [Announcement("enrolment:lin", "member.enrolled", at("2026-01-02"), {})]
    elsewhere = told(programs(document(earn=[WELCOME, ONLINE])), [joined("2026-01-02")])
    assert [entry.identity for entry in elsewhere.entries] == ["enrolment:lin|welcome"]


@pytest.mark.parametrize(
    ("joining", "member_since"),
    [
        ({"spend": "400"}, "2026-01-05 13:30"),
        ({"spend": "400.01"}, "2026-01-06 12:00"),
        ({"spend": "1000"}, "2026-01-06 12:00"),
        ({"spend": "1000.01"}, None),
        ({"when": {"weekday": "tue"}}, "2026-01-06 12:00"),
        ({"when": {"weekday": "sun"}}, None),
        ({"when": {"hours": "13:00-14:00"}}, "2026-01-05 13:30"),
        ({"when": {"from": "2026-01-06"}}, "2026-01-06 12:00"),
        ({"when": {"country": "TW"}}, None),
    ],
    ids=str,
)
def test_with_which_order_a_customer_joins(joining: Tree, member_since: str | None):
    """Mondays 400, Tuesdays 600."""
    facts: list[Fact] = [
        order("A", "2026-01-05 13:30", line("tea", 400)),
        order("B", "2026-01-06 12:00", line("tea", 600)),
    ]
    account = told(programs(document(enrolment=joining)), facts).account
    assert account.enrolled_at == (member_since and at(member_since))
