"""Facts hold codes and ids; what somebody writes about them stays beside them and can be deleted."""

import pytest
from django.db import transaction

from regulars.engine.facts import Adjustment, Closing, Details, Referred, TierGrant
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.ledger import codec, notes
from regulars.ledger.connect import raw, rows
from regulars.ledger.receipt import REFUSALS, Incoming
from regulars.ledger.record import record
from regulars.ledger.verify import verify
from tests.ledger.shop import DOCUMENT, NOW, at, enrolment, ledger, member

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAMS = Programs(1, [read(DOCUMENT | {"attributes": {"skin": ["dry", "oily"]}})])
LIN, WHEN = member("lin"), at("2026-03-01 10:00")
WORDS = "Mrs. Lin, 0912 345 678, was angry about the rain"


def take(fact, note=""):
    with transaction.atomic():
        [receipt] = record(raw(), PROGRAMS, [Incoming(LIN, fact, note=note)], NOW)
    return receipt


def adjusted(reason="goodwill", actor="staff-7", approver=""):
    return Adjustment("till/1", "points", 5, WHEN, reason, actor, approver)


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (adjusted(reason=WORDS), "words_in_fact"),
        (adjusted(reason=""), "words_in_fact"),
        (adjusted(actor="lin@example.org"), "words_in_fact"),
        (adjusted(approver="Wang Mei"), "words_in_fact"),
        (TierGrant("till/1", "status", "silver", WHEN, None, "a complaint", "staff-7"), "words_in_fact"),
        (TierGrant("till/1", "status", "silver", WHEN, None, "complaint", "林"), "words_in_fact"),
        (Details("web/1", WHEN, None, "TW", {"skin": "like my mother's"}), "attribute_undeclared"),
        (Details("web/1", WHEN, None, "TW", {"name": "dry"}), "attribute_undeclared"),
        (Closing("web/1", WHEN, "she was sad", "staff-7"), "words_in_fact"),
        (Referred("web/1", str(LIN), WHEN), "self_referral"),
    ],
)
def test_what_is_no_fact_is_refused(fact, code):
    take(enrolment("lin", "2026-01-01 09:00"))
    before = ledger()
    receipt = take(fact, WORDS)
    assert (receipt.outcome, receipt.code, code in REFUSALS) == ("refused", code, True)
    assert (ledger(), notes.of_member(raw(), 1, LIN)) == (before, {})


def test_what_is_declared_is_kept():
    take(enrolment("lin", "2026-01-01 09:00"))
    kept = [Details("web/1", WHEN, (3, 2), "TW", {"skin": "dry"}), adjusted(approver="c0ffee-12")]
    assert [take(fact).outcome for fact in kept] == ["recorded", "recorded"]


def test_a_note_is_beside_its_fact_and_can_be_deleted():
    take(enrolment("lin", "2026-01-01 09:00"))
    take(adjusted(), WORDS)
    assert take(adjusted(), "something else").outcome == "repeated"
    assert notes.of_member(raw(), 1, LIN) == {(codec.kind_of(adjusted()), "till/1"): WORDS}
    bodies = b"".join(body for (body,) in rows(raw(), "SELECT body FROM ledger_fact"))
    assert WORDS.encode() not in bodies
    before = ledger()
    notes.forget(raw(), 1, LIN)
    assert (notes.of_member(raw(), 1, LIN), ledger(), verify(raw(), PROGRAMS).findings) == ({}, before, [])
