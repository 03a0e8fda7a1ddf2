"""Becoming a member: once, with the lowest tier and what the program gives for joining."""

from collections.abc import Sequence

from msgspec.structs import replace

from regulars.engine import growing
from regulars.engine.earning import goods_of
from regulars.engine.facts import Enrolment, Line, Order
from regulars.engine.occasions import NOWHERE, award, expect_anniversary, expect_birthday
from regulars.engine.outcome import Announcement
from regulars.engine.program import Joining, Scene, Version
from regulars.engine.tape import Tape


def joined(tape: Tape, fact: Enrolment, at: int) -> None:
    enrol(tape, tape.programs.at(at), at, fact.key, fact.channel)


def joins(tape: Tape, joining: Joining, order: Order, lines: Sequence[Line]) -> bool:
    """Whether a customer becomes a member with this order. Somebody whom nobody knows never does."""
    account = tape.account
    net = sum([line.total for line in lines])
    if account.guest or not lines or (joining.spend and account.spend + net < joining.spend):
        return False
    assert order.paid_at is not None
    day, clock = tape.programs.calendar.local(order.paid_at)
    goods = goods_of(lines)
    worth = sum([line.total for line in goods])
    scene = Scene(day, clock, (), worth, order, account.known)
    return joining.asks.are_met(scene, goods)


def enrol(tape: Tape, version: Version, at: int, key: str, channel: str = "") -> None:
    account = tape.account
    if account.enrolled_at is not None:
        return
    account.enrolled_at = at
    if version.tier_sets:
        growing.begin(account, version, at)
    tape.announcements.append(Announcement(f"enrolment:{key}", "member.enrolled", at, {}))
    award(tape, "enrolment", f"enrolment:{key}", at, replace(NOWHERE, channel=channel))
    expect_birthday(tape, at)
    award(tape, "profile", "profile", at)
    expect_anniversary(account, tape.programs.calendar)
