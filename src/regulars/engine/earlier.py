"""Orders from before somebody was known: a guest's that is claimed later, and those from before a member joined.

Whoever can be identified claims a guest's order within a time that the program says, from its payment on. From then on
it is theirs, counted at its own date, once. Orders from before joining are kept and earn nothing, unless the program
says within how many days before; then membership begins with the first of them. Nothing rounds. Worked examples:
docs/rules/guests.md.
"""

from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.calendar import Calendar
from regulars.engine.decide import Refusal
from regulars.engine.facts import Claimed, Enrolment
from regulars.engine.program import Programs, Version
from regulars.engine.tape import Tape


def enrolment(version: Version, calendar: Calendar, asked: Enrolment) -> Enrolment:
    """As it is recorded: with the instant from which on earlier orders count."""
    span = version.before_joining
    if span is None:
        return asked
    return replace(asked, since=calendar.midnight(calendar.back(calendar.day(asked.at), span)))


def decide_claim(
    programs: Programs, member: Account, guest: Account, asked: Claimed, paid_at: int, now: int
) -> Claimed | Refusal:
    """The guest's order is the member's, unless it is too late, or somebody's already."""
    at = max(now, member.last[0] + 1, guest.last[0] + 1)
    span = programs.at(at).claim_within
    if not guest.guest or guest.into:
        return Refusal("already_claimed" if guest.into else "not_a_guest", {})
    if member.closed_at is not None:
        return Refusal("account_closed", {})
    if member.into or member.guest:
        return Refusal("not_a_member", {})
    if span is None or at >= programs.calendar.after(paid_at, span):
        return Refusal("claim_too_late", {})
    return replace(asked, at=at)


def claimed(tape: Tape, fact: Claimed, _at: int) -> None:
    """Of a guest whose order is somebody's nothing is left here."""
    if fact.me == fact.guest:
        tape.account.into = fact.by
