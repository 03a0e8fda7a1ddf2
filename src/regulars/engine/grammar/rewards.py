"""Rewards: what they cost. What they give, to whom and how often is read, and not acted on yet."""

import re

from regulars.engine import phrases
from regulars.engine.document import RawReward
from regulars.engine.grammar.desk import Desk
from regulars.engine.grammar.when import of_order
from regulars.engine.program import Reward

GIVES = frozenset({"product", "product_from", "quantity", "discount", "order_at_least", "event"})
_COST = re.compile(r"([1-9]\d{0,8}) ([a-z][a-z_-]*)", re.ASCII)


def rewards(desk: Desk) -> dict[str, Reward]:
    found: dict[str, Reward] = {}
    for place, raw in enumerate(desk.raw.rewards):
        path = f"rewards[{place}]"
        if not raw.reward or raw.reward in found:
            desk.blame(f"{path}.reward", raw.reward, "name_taken", sort="reward")
        points, wallet = _cost(desk, f"{path}.costs", raw)
        found[raw.reward] = Reward(raw.reward, raw.name, wallet, points)
        _of_the_catalogue(desk, path, raw)
    return found


def _of_the_catalogue(desk: Desk, path: str, raw: RawReward) -> None:
    """What is not acted on yet is read all the same, and said not to be."""
    of_order(desk, f"{path}.when", raw.when)
    desk.take(f"{path}.limit", raw.limit, phrases.times, None)
    desk.take(f"{path}.valid", raw.valid, phrases.term, None)
    for name in raw.gives.keys() - GIVES:
        desk.blame(f"{path}.gives.{name}", name, "word_unknown", *sorted(GIVES))
    for name in ("discount", "order_at_least"):
        said = raw.gives.get(name, "")
        desk.take(f"{path}.gives.{name}", said, lambda text: phrases.money(text, desk.raw.currency), 0)
    desk.take(f"{path}.gives.quantity", raw.gives.get("quantity", ""), phrases.whole, 0)
    for name in ("when", "limit", "valid"):
        if said := getattr(raw, name):
            text = said if isinstance(said, str) else ""
            desk.warn(f"{path}.{name}", text, "not_held_to_yet")


def _cost(desk: Desk, path: str, raw: RawReward) -> tuple[int, str]:
    cost = _COST.fullmatch(raw.costs)
    named = [name for name in desk.raw.wallets if cost and cost[2] in (name, name.removesuffix("s"))]
    if not cost or not named:
        desk.blame(path, raw.costs, "not_a_cost", *(f"150 {name}" for name in desk.raw.wallets))
        return 0, ""
    return int(cost[1]), named[0]
