"""What holds of a member from an instant on: details, plans, segments.

Conditions see it as it was when they were asked. A paid membership ends by itself when its time is over; half-open, as
every interval.
"""

from msgspec.structs import replace

from regulars.engine.facts import Details, PlanStanding, SegmentStanding
from regulars.engine.occasions import award, expect_birthday
from regulars.engine.outcome import Announcement
from regulars.engine.tape import Tape


def know(tape: Tape, fact: Details, at: int) -> None:
    """Replaces all that was known before. Attributes that the program does not declare are not known."""
    account, declared = tape.account, tape.programs.at(at).attributes
    before = account.known.birthday
    told = {name: value for name, value in fact.attributes.items() if value in declared.get(name, ())}
    account.known = replace(account.known, country=fact.country, attributes=told, birthday=fact.birthday)
    if fact.birthday != before:
        expect_birthday(tape, at)
    award(tape, "profile", "profile", at)


def plan(tape: Tape, fact: PlanStanding, at: int) -> None:
    """A later fact about a plan replaces the one before; one that ends before it begins ends the plan.

    One that follows at the very instant at which the plan ended renews it.
    """
    account = tape.account
    account.plan_ends = [(until, name) for until, name in account.plan_ends if name != fact.plan]
    ended_at, ended = account.plans_ended
    is_new = fact.plan not in account.known.plans and (ended_at != at or fact.plan not in ended)
    plans = [name for name in account.known.plans if name != fact.plan]
    if fact.until is None or fact.until > at:
        plans.append(fact.plan)
        if fact.until is not None:
            account.plan_ends = sorted([*account.plan_ends, (fact.until, fact.plan)])
    account.known = replace(account.known, plans=tuple(sorted(plans)))
    if is_new and fact.plan in plans:
        award(tape, f"plan:{fact.plan}", f"plan:{fact.key}", at)


def end_plans(tape: Tape, at: int) -> None:
    account = tape.account
    while account.plan_ends and account.plan_ends[0][0] <= at:
        until, ended = account.plan_ends.pop(0)
        account.known = replace(account.known, plans=tuple(name for name in account.known.plans if name != ended))
        with_it = account.plans_ended[1] if account.plans_ended[0] == until else ()
        account.plans_ended = (until, (*with_it, ended))
        tape.announcements.append(Announcement(f"plan:{ended}/{until}", "plan.ended", until, {"plan": ended}))


def belong(tape: Tape, fact: SegmentStanding, _at: int) -> None:
    known = tape.account.known
    others = [name for name in known.segments if name != fact.segment]
    segments = [*others, fact.segment] if fact.belongs else others
    tape.account.known = replace(known, segments=tuple(sorted(segments)))
