"""Joining by buying, referral, benefits: which order makes a member, or counts for a friend; what members have."""

from regulars.engine import phrases
from regulars.engine.conditions import OF_ORDERS, uses
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.rules import conditions_of
from regulars.engine.program import Benefit, Joining, Referral

OF_KNOWN_MEMBERS = ("tier", "plan", "nth_order")


def joining(desk: Desk) -> Joining | None:
    """None where customers join by themselves alone."""
    raw = desk.raw.enrolment
    if isinstance(raw, str):
        return Joining(None, None, 0) if raw == "first order" else None
    for name in uses(raw.when, OF_KNOWN_MEMBERS):
        desk.blame("enrolment.when", name, "nobody is a member yet")
    spend = desk.take("enrolment.spend", raw.spend, lambda text: phrases.money(text, desk.raw.currency), 0)
    return Joining(*conditions_of(desk, "enrolment.when", raw.when, of_orders=True), spend)


def referral(desk: Desk) -> Referral | None:
    raw = desk.raw.referral
    asked = [place for place, rule in enumerate(desk.raw.earn) if rule.on in ("referral", "referred")]
    if raw is None:
        if asked:
            allowed = "say with `referral:` which order of a referred customer counts"
            desk.blame(f"earn[{asked[0]}].on", desk.raw.earn[asked[0]].on, allowed)
        return None
    within = desk.take("referral.within", raw.within, phrases.span, None)
    return Referral(*conditions_of(desk, "referral.when", raw.when), within)


def benefits(desk: Desk) -> tuple[Benefit, ...]:
    found = []
    for place, raw in enumerate(desk.raw.benefits):
        path = f"benefits[{place}]"
        for name in uses(raw.when, OF_ORDERS):
            desk.blame(f"{path}.when", name, "only an order has this")
        if raw.benefit in {other.benefit for other in desk.raw.benefits[:place]}:
            desk.blame(f"{path}.benefit", raw.benefit, "each benefit needs a name of its own")
        found.append(Benefit(raw.benefit, raw.name, conditions_of(desk, f"{path}.when", raw.when, of_orders=False)[0]))
    return tuple(found)
