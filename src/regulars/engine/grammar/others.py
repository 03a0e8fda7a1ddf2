"""Referral and benefits: which order of a friend counts, what members have without buying it."""

from regulars.engine import phrases
from regulars.engine.conditions import OF_ORDERS, uses
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.rules import conditions_of
from regulars.engine.program import Benefit, Referral


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
