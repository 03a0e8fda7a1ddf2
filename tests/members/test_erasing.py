"""Whoever asks to be forgotten is: the ledger stays exact, and leads to nobody."""

from uuid import uuid4

import pytest
from django.db import transaction

from regulars.engine.facts import Adjustment, Merge
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger import notes
from regulars.ledger.connect import raw, rows
from regulars.ledger.queries import account_at
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.ledger.uniting import merge
from regulars.ledger.verify import verify
from regulars.members.actions import Newcomer, enrol, resolve
from regulars.members.erasing import REFUSALS, Erased, ErasureRefused, erase
from regulars.members.models import Member, Trace
from regulars.members.referring import trace
from tests.ledger.shop import DOCUMENT, NOW, at, ledger, order, refund

pytestmark = pytest.mark.django_db(transaction=True)

WALLETS = {"points": {"pending": "7 days", "worth": "10 TWD per 100", "on_closing": "pay_out"}}
PROGRAMS = Programs(1, [read(DOCUMENT | {"wallets": WALLETS})])
LIN = Newcomer("A-1", "9001-CARD", "Lin Mei", "lin@example.com", "0912345678")
JOINED = at("2026-05-01 10:00")


def take(member_id, *facts, note=""):
    with transaction.atomic():
        return record(raw(), PROGRAMS, [Incoming(member_id, fact, note=note) for fact in facts], NOW)


def erased(member_id, reason="asked", now=NOW) -> Erased:
    return erase(PROGRAMS, member_id, reason, "staff-7", now)


def test_nothing_names_who_was_erased():
    lin = enrol(PROGRAMS, LIN, JOINED, "web", NOW).member_id
    trace(lin, "device", "a phone")
    take(lin, order("A", "2026-05-02 10:00", 998))
    take(lin, Adjustment("till/1", "points", 5, at("2026-05-03 10:00"), "goodwill", "staff-7"), note="Lin Mei was sad")
    assert erased(lin).payout == {"points": (10 + 18 + 5) * 10}
    assert not Member.objects.filter(id=lin).exists()
    assert not Trace.objects.exists()
    assert notes.of_member(raw(), 1, lin) == {}
    everything = "".join(str(rows(raw(), f"SELECT t::text FROM {table} AS t")) for table in ledger())  # type: ignore[arg-type]  # our own names
    for word in ("Lin", "lin@example.com", "0912345678", "sad", "9001-CARD"):
        assert word not in everything
        assert word.encode().hex() not in everything
    assert verify(raw(), PROGRAMS).findings == []


def test_whoever_buys_again_is_somebody_new():
    lin = enrol(PROGRAMS, LIN, JOINED, "web", NOW).member_id
    take(lin, order("A", "2026-05-02 10:00", 998))
    erased(lin)
    [late] = take(lin, refund("A", "2026-06-10 10:00"))
    assert (late.outcome, late.entries) == ("recorded", ())
    again = enrol(PROGRAMS, LIN, NOW, "web", NOW).member_id
    assert again not in (lin, None)
    account = account_at(raw(), PROGRAMS, again, NOW)
    assert account is not None
    assert (account.orders, account.wallets["points"].available) == (0, 10)
    assert verify(raw(), PROGRAMS).findings == []


def test_a_customer_known_from_orders_is_erased_as_well():
    guest = resolve(1, ["A-9"])["A-9"]
    assert erased(guest).payout == {}
    assert not Member.objects.exists()


def test_with_a_member_go_those_who_are_part_of_them():
    lin, wang = (enrol(PROGRAMS, newcomer, JOINED, "web", NOW).member_id for newcomer in (LIN, Newcomer("B-1")))
    take(wang, Adjustment("till/2", "points", 5, at("2026-05-03 10:00"), "goodwill", "staff-7"), note="a note")
    with transaction.atomic():
        merge(raw(), PROGRAMS, lin, wang, Merge("console/M-1", "", "", 0, "", "same-person", "staff-7"), NOW)
    with pytest.raises(ErasureRefused, match="already_one"):
        erased(wang)
    assert erased(lin, now=NOW + 10**6).payout["points"] > 0
    assert not Member.objects.exists()
    assert notes.of_member(raw(), 1, wang) == {}
    take(wang, order("W", "2026-06-02 10:00", 998))
    assert verify(raw(), PROGRAMS).findings == []


def test_a_refusal_changes_nothing():
    lin = enrol(PROGRAMS, LIN, JOINED, "web", NOW).member_id
    take(lin, order("A", "2026-05-02 10:00", 998))
    before = ledger(), list(Member.objects.values_list())
    for member_id, reason, code in [(uuid4(), "asked", "member_unknown"), (lin, "She was sad", "words_in_fact")]:
        with pytest.raises(ErasureRefused) as refused:
            erased(member_id, reason)
        assert refused.value.code == code
        assert code in (*REFUSALS, "words_in_fact")
        assert (ledger(), list(Member.objects.values_list())) == before
