"""Bounds: caps on points, limits on how often a rule gives, and the most that multipliers may come to together."""

from collections.abc import Callable, Sequence

from regulars.engine import phrases
from regulars.engine.conditions import listed
from regulars.engine.document import RawCap
from regulars.engine.grammar.desk import Desk
from regulars.engine.program import Cap, Rule, Version


def caps(desk: Desk, earn: Sequence[Rule]) -> tuple[Cap, ...]:
    """A rule's own limit before the caps of the document: what was not given counts towards none.

    A profile is complete once, and a tier welcomed once, unless the rule says otherwise.
    """
    limits = [
        _limit(desk, place, rule)
        for place, rule in enumerate(earn)
        if desk.raw.earn[place].limit or rule.trigger == "profile" or rule.trigger.startswith("tier:")
    ]
    found = [_cap(desk, f"caps[{place}]", raw, earn) for place, raw in enumerate(desk.raw.caps)]
    for place, cap in enumerate(found):
        if cap.name in [other.name for other in found[:place]]:
            desk.blame(f"caps[{place}]", cap.name, "cap_taken")
    return (*limits, *found)


def _limit(desk: Desk, place: int, rule: Rule) -> Cap:
    path = f"earn[{place}].limit"
    most, per = desk.take(path, desk.raw.earn[place].limit, phrases.times, (1, "lifetime"))
    if per == "order":
        desk.blame(path, desk.raw.earn[place].limit, "limit_per_order")
    return Cap(f"limit:{rule.name}/{per}", frozenset((rule.name,)), most, per, rejects=True, counts_times=True)


def _cap(desk: Desk, path: str, raw: RawCap, earn: Sequence[Rule]) -> Cap:
    known = {rule.name: rule for rule in earn if not rule.reward}
    chosen = [known[name] for name in listed(raw.rules) if name in known]
    for name in listed(raw.rules):
        if name not in known:
            desk.blame(f"{path}.rules", name, "not_in_program", *known, sort="rule")
    if raw.wallet and raw.wallet not in desk.raw.wallets:
        desk.blame(f"{path}.wallet", raw.wallet, "not_in_program", *desk.raw.wallets, sort="wallet")
    wallet = raw.wallet or desk.main_wallet
    if not raw.rules:
        chosen = [rule for rule in earn if rule.wallet == wallet]
    wallets = {rule.wallet for rule in chosen} or {wallet} & desk.raw.wallets.keys()
    if len(wallets) > 1 or (raw.wallet and wallets - {raw.wallet}):
        desk.blame(f"{path}.rules", ", ".join(sorted(wallets)), "cap_of_several")
    is_money = bool(wallets) and desk.raw.wallets[min(wallets)].money == "true"
    most = desk.take(f"{path}.at_most", raw.at_most, _reader(desk, is_money), 0)
    if raw.per == "order":
        chosen = [rule for rule in chosen if rule.trigger == "order"]
    for rule in chosen:
        if rule.kind == "fixed" and rule.points > most:
            desk.blame(f"{path}.at_most", raw.at_most, "cap_below_gift", rule=rule.name)
    name = raw.cap or f"cap:{min(wallets, default='')}/{raw.per}" + "".join(f"/{name}" for name in listed(raw.rules))
    return Cap(name, frozenset(rule.name for rule in chosen), most, raw.per, raw.over == "reject")


def bounded(desk: Desk, version: Version) -> None:
    """Caps that let nothing through. Asked of caps that are right in their parts."""
    rules = {rule.name: rule for rule in version.rules}
    found = version.caps[len(version.caps) - len(desk.raw.caps) :]
    for place, (raw, cap) in enumerate(zip(desk.raw.caps, found, strict=True)):
        path = f"caps[{place}].at_most"
        if not cap.at_most:
            desk.blame(path, raw.at_most, "cap_of_nothing")
        elif cap.rejects:
            for name in sorted(name for name in cap.rules if rules[name].step and rules[name].points > cap.at_most):
                desk.blame(path, raw.at_most, "cap_below_gift", rule=name)


def _reader(desk: Desk, is_money: bool) -> Callable[[str], int]:
    return (lambda text: phrases.money(text, desk.raw.currency)) if is_money else phrases.whole


def bound(desk: Desk) -> int:
    """The most that multipliers may come to together, in thousandths; 0 for none."""
    return desk.take("multiply_at_most", desk.raw.multiply_at_most, _factor, 0)


def _factor(text: str) -> int:
    return phrases.beyond_one(text)[0] + 1000
