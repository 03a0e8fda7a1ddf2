"""Becoming a member: once, with the lowest tier and what the program gives for joining."""

from regulars.engine import growing
from regulars.engine.facts import Activity, Enrolment
from regulars.engine.occasions import award, expect_anniversary, expect_birthday
from regulars.engine.outcome import Announcement
from regulars.engine.program import Version
from regulars.engine.tape import Tape


def joined(tape: Tape, fact: Enrolment, at: int) -> None:
    enrol(tape, tape.programs.at(at), at, fact.key, fact.channel)


def enrol(tape: Tape, version: Version, at: int, key: str, channel: str = "") -> None:
    account = tape.account
    if account.enrolled_at is not None:
        return
    account.enrolled_at = at
    if version.tier_sets:
        growing.begin(account, version, at)
    tape.announcements.append(Announcement(f"enrolment:{key}", "member.enrolled", at, {}))
    award(tape, "enrolment", f"enrolment:{key}", at, Activity("", "", at, channel))
    expect_birthday(tape, at)
    expect_anniversary(account, tape.programs.calendar)
