"""Rewards: what they cost, give and ask; and what rewards and coupons have in common."""

from typing import Any

from regulars.engine import phrases
from regulars.engine.catalogue import Ask, Cost, Gives, Reward, Supply
from regulars.engine.conditions import listed, of_scene
from regulars.engine.document import RawCoupon, RawReward, RawWhen, Words
from regulars.engine.grammar.costs import costs
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.gives import gives
from regulars.engine.grammar.others import days
from regulars.engine.grammar.when import of_member
from regulars.engine.program import Cap

# What is asked first, so that the answer can name it.
ASKED = (("tier", "wrong_tier"), ("plan", "wrong_plan"), ("segment", "wrong_segment"))


def rewards(desk: Desk) -> dict[str, Reward]:
    found: dict[str, Reward] = {}
    for place, raw in enumerate(desk.raw.rewards):
        path = f"rewards[{place}]"
        named(desk, f"{path}.reward", raw.reward, "reward")
        if raw.reward in found:
            desk.blame(f"{path}.reward", raw.reward, "name_taken", sort="reward")
        found[raw.reward] = _reward(desk, path, raw)
    return found


def _reward(desk: Desk, path: str, raw: RawReward) -> Reward:
    asked = costs(desk, f"{path}.costs", raw.costs)
    given = gives(desk, f"{path}.gives", raw.gives)
    cash = desk.take(f"{path}.cash", raw.cash, lambda text: phrases.money(text, desk.raw.currency), 0)
    least = desk.take(f"{path}.points_at_least", raw.points_at_least, phrases.whole, 0)
    if raw.points_at_least and not cash:
        desk.blame(f"{path}.points_at_least", raw.points_at_least, "rest_not_paid")
    if raw.cash and len(asked) != 1:
        desk.blame(f"{path}.cash", raw.cash, "cash_of_several")
    elif least and least > asked[0].points:
        desk.blame(f"{path}.points_at_least", raw.points_at_least, "more_than_it_costs")
    if raw.approval == "true" and given.changes_cart:
        desk.blame(f"{path}.approval", raw.approval, "approval_at_till")
    return Reward(
        costs=asked,
        costs_for=_costs_for(desk, f"{path}.costs_for", raw, asked),
        main_wallet=desk.main_wallet,
        cash=cash,
        points_at_least=least,
        picture=raw.picture,
        category=raw.category,
        shown_since=desk.take(f"{path}.shown_from", raw.shown_from, phrases.local_day, None),
        shown_until=desk.take(f"{path}.shown_until", raw.shown_until, phrases.local_day, None),
        needs_approval=raw.approval == "true",
        limits=limits(desk, f"{path}.limit", f"reward:{raw.reward}", raw.limit),
        **offered(desk, path, raw, raw.reward, given),
    )


def _costs_for(desk: Desk, path: str, raw: RawReward, asked: tuple[Cost, ...]) -> dict[str, tuple[Cost, ...]]:
    """At a tier; of the wallet of the first cost that is `asked` of everybody."""
    tiers = [level.tier for tier_set in desk.raw.tiers for level in tier_set.levels]
    usual, found = [one.wallet for one in asked], {}
    for tier, said in raw.costs_for.items():
        if tier not in tiers:
            desk.blame(f"{path}.{tier}", tier, "not_in_program", *tiers, sort="tier")
        found[tier] = costs(desk, f"{path}.{tier}", said)
        if found[tier] and usual and found[tier][0].wallet != usual[0] != "":
            desk.blame(f"{path}.{tier}", ", ".join(listed(said)), "cost_of_other_wallet", usual[0])
    return found


def named(desk: Desk, path: str, name: str, sort: str) -> None:
    if not name or "/" in name:
        desk.blame(path, name, "name_not_possible", sort=sort, signs="/")


def limits(desk: Desk, path: str, name: str, said: Words) -> tuple[Cap, ...]:
    """How often a member may have it."""
    found = []
    for text, (most, per) in desk.each(path, said, phrases.times):
        if per == "order":
            desk.blame(path, text, "taken_once_per_order")
        found.append(Cap(f"{name}/{per}", frozenset(), most, per, rejects=True, counts_times=True))
    return tuple(found)


def offered(desk: Desk, path: str, raw: RawReward | RawCoupon, name: str, given: Gives) -> dict[str, Any]:
    """What rewards and coupons have in common."""
    since = desk.take(f"{path}.from", raw.since, phrases.local_day, None)
    until = desk.take(f"{path}.until", raw.until, phrases.local_day, None)
    if since is not None and until is not None and since > until:
        desk.blame(f"{path}.until", raw.until, "dates_backwards")
    groups = ("alone", *desk.raw.stacking.groups)
    if raw.group and raw.group not in groups:
        desk.blame(f"{path}.group", raw.group, "not_in_program", *groups, sort="group")
    if raw.group and not given.changes_cart:
        desk.blame(f"{path}.group", raw.group, "group_off_cart")
    return {
        "name": name,
        "title": raw.name,
        "gives": given,
        "terms": raw.terms,
        "asks": asks(desk, f"{path}.when", raw.when),
        "member_for": desk.take(f"{path}.member_for", raw.member_for, days, None),
        "since": since,
        "until": until,
        "valid": desk.take(f"{path}.valid", raw.valid, phrases.term, None),
        "supply": supply(desk, path, raw, name),
        "group": raw.group,
    }


def asks(desk: Desk, path: str, when: RawWhen | None) -> tuple[Ask, ...]:
    """What is asked of whoever wants it: tier, plan and segment by themselves, then everything."""
    whole = of_member(desk, path, when).scene_test
    if when is None or whole is None:
        return ()
    found = []
    for word, code in ASKED:
        if said := getattr(when, word):
            alone = of_scene(RawWhen(**{word: said}))
            assert alone is not None
            found.append(Ask(code, ", ".join(listed(said)), alone))
    return (*found, Ask("not_for_member", "", whole))


def supply(desk: Desk, path: str, raw: RawReward | RawCoupon, name: str) -> tuple[Supply, ...]:
    """What all members share of it."""
    found = []
    stock = raw.stock if isinstance(raw, RawReward) else ""
    for _, pieces in desk.each(f"{path}.stock", stock, phrases.whole):
        found.append(Supply(f"stock:{name}", pieces))
    for _, (most, per) in desk.each(f"{path}.limit_of_all", raw.limit_of_all, phrases.times):
        key = f"uses:{name}" if per == "lifetime" else f"uses:{name}/{per}"
        found.append(Supply(key, most, per))
    for _, money in desk.each(f"{path}.budget", raw.budget, lambda text: phrases.money(text, desk.raw.currency)):
        found.append(Supply(f"budget:{name}", money))
    return tuple(found)
