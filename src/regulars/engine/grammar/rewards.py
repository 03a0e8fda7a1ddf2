"""Rewards: what they cost. What they give is the catalogue's business."""

import re

from regulars.engine.document import RawReward
from regulars.engine.grammar.desk import Desk
from regulars.engine.program import Reward

_COST = re.compile(r"([1-9]\d{0,8}) ([a-z][a-z_-]*)", re.ASCII)


def rewards(desk: Desk) -> dict[str, Reward]:
    found: dict[str, Reward] = {}
    for place, raw in enumerate(desk.raw.rewards):
        path = f"rewards[{place}]"
        if not raw.reward or raw.reward in found:
            desk.blame(f"{path}.reward", raw.reward, "each reward needs a name of its own")
        points, wallet = _cost(desk, f"{path}.costs", raw)
        found[raw.reward] = Reward(raw.reward, raw.name, wallet, points)
    return found


def _cost(desk: Desk, path: str, raw: RawReward) -> tuple[int, str]:
    cost = _COST.fullmatch(raw.costs)
    named = [name for name in desk.raw.wallets if cost and cost[2] in (name, name.removesuffix("s"))]
    if not cost or not named:
        desk.blame(path, raw.costs, "a cost such as '150 points' is needed; wallets are " + ", ".join(desk.raw.wallets))
        return 0, ""
    return int(cost[1]), named[0]
