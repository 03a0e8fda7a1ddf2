"""May this member have a guest's order: every no, and the instant at which it is granted."""

import pytest
from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.decide import Refusal
from regulars.engine.earlier import decide_claim
from regulars.engine.facts import Claimed
from tests.builders import at, document, programs

VERSIONS = programs(document(), document(earlier_orders={"claim": "30 days"}), starts=["2026-01-08"])
PAID, NOW = at("2026-01-05"), at("2026-01-10")
ASKED = Claimed("C", "visitor", "lin", 0, "lin")


def decided(member: Account | None = None, guest: Account | None = None, now: int = NOW) -> Claimed | Refusal:
    member, guest = member or Account(enrolled_at=0), guest or Account(guest=True)
    return decide_claim(VERSIONS, member, guest, ASKED, PAID, now)


@pytest.mark.parametrize(("members", "guests", "when"), [(-9, -9, 0), (5, -9, 6), (-9, 5, 6), (0, 7, 8), (-1, -1, 0)])
def test_it_comes_after_everything_that_happened_to_either(members: int, guests: int, when: int):
    member = Account(enrolled_at=0, last=(NOW + members, 3, ""))
    guest = Account(guest=True, last=(NOW + guests, 3, ""))
    assert decided(member, guest) == replace(ASKED, at=NOW + when)


@pytest.mark.parametrize(
    ("member", "guest", "code"),
    [
        (Account(enrolled_at=0), Account(), "not_a_guest"),
        (Account(enrolled_at=0), Account(guest=True, into="mei"), "already_claimed"),
        (Account(enrolled_at=0, closed_at=5), Account(guest=True), "account_closed"),
        (Account(enrolled_at=0, into="mei"), Account(guest=True), "not_a_member"),
        (Account(enrolled_at=0, guest=True), Account(guest=True), "not_a_member"),
    ],
)
def test_who_may_not_have_it(member: Account, guest: Account, code: str):
    assert decided(member, guest) == Refusal(code, {})


@pytest.mark.parametrize(("now", "late"), [("2026-01-07", True), ("2026-01-08", False), ("2026-02-04", True)])
def test_it_may_be_claimed_for_as_long_as_the_version_in_force_says(now: str, late: bool):
    assert (decided(now=at(now)) == Refusal("claim_too_late", {})) == late
    assert decided(now=at("2026-02-04") - 1) == replace(ASKED, at=at("2026-02-04") - 1)
