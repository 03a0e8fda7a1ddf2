"""Joining by buying, referral, benefits: which order makes a member, or counts for a friend; what members have."""

from regulars.engine import phrases
from regulars.engine.calendar import Span
from regulars.engine.conditions import uses
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.when import of_member, of_order
from regulars.engine.problems import Wrong
from regulars.engine.program import Benefit, Conditions, Joining, Referral

OF_KNOWN_MEMBERS = ("tier", "plan", "nth_order")


def joining(desk: Desk) -> Joining | None:
    """None where customers join by themselves alone."""
    raw = desk.raw.enrolment
    if isinstance(raw, str):
        return Joining(Conditions(), 0) if raw == "first order" else None
    for name in uses(raw.when, OF_KNOWN_MEMBERS):
        desk.blame("enrolment.when", name, "nobody_known_yet")
    spend = desk.take("enrolment.spend", raw.spend, lambda text: phrases.money(text, desk.raw.currency), 0)
    return Joining(of_order(desk, "enrolment.when", raw.when), spend)


def days(text: str) -> Span:
    """A length of local days: hours would end in the middle of one."""
    found = phrases.span(text)
    if found.unit == "hour":
        raise Wrong("not_a_length_of_days", "30 days", "6 months")
    return found


def referral(desk: Desk) -> Referral | None:
    raw = desk.raw.referral
    asked = [place for place, rule in enumerate(desk.raw.earn) if rule.on in ("referral", "referred")]
    if raw is None:
        if asked:
            desk.blame(f"earn[{asked[0]}].on", desk.raw.earn[asked[0]].on, "referral_missing")
        return None
    within = desk.take("referral.within", raw.within, phrases.span, None)
    return Referral(of_order(desk, "referral.when", raw.when), within)


def benefits(desk: Desk) -> tuple[Benefit, ...]:
    found = []
    for place, raw in enumerate(desk.raw.benefits):
        path = f"benefits[{place}]"
        if raw.benefit in {other.benefit for other in desk.raw.benefits[:place]}:
            desk.blame(f"{path}.benefit", raw.benefit, "name_taken", sort="benefit")
        found.append(Benefit(raw.benefit, raw.name, of_member(desk, f"{path}.when", raw.when).scene_test, raw.when))
    return tuple(found)
