"""Becoming a member: once, with the lowest tier and what the program gives for joining."""

from regulars.engine.account import Lot
from regulars.engine.facts import Enrolment
from regulars.engine.outcome import Announcement
from regulars.engine.program import Version
from regulars.engine.tape import Tape, expiry, put, write


def joined(tape: Tape, fact: Enrolment, at: int) -> None:
    enrol(tape, tape.programs.at(at), at, fact.key)


def enrol(tape: Tape, version: Version, at: int, key: str) -> None:
    account = tape.account
    if account.enrolled_at is not None:
        return
    account.enrolled_at = at
    if version.tiers is not None:
        account.standing.tier, account.standing.since = version.tiers.levels[0].tier, at
    tape.announcements.append(Announcement(f"enrolment:{key}", "member.enrolled", at, {}))
    for rule in version.enrolment_rules:
        lot = Lot(f"enrolment:{key}", rule.points, expiry(tape, version, rule.wallet, at), at)
        identity = f"{lot.cause}|{rule.name}"
        write(tape, identity, rule.wallet, lot.place, rule.points, at, version.number, ("fixed", rule.points))
        put(tape, rule.wallet, lot, at, version.number, identity)
