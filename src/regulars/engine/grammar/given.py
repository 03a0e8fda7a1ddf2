"""Rules that give a reward of the catalogue instead of points: `give: reward scarf`."""

from regulars.engine.document import RawRule
from regulars.engine.grammar.desk import Desk

WORD = "reward "


def given_reward(desk: Desk, path: str, raw: RawRule) -> str:
    """The reward's name; "" for a rule that gives points. What is only said of points is refused."""
    name = raw.give.removeprefix(WORD)
    if name == raw.give or not name:
        return ""
    rewards = [one.reward for one in desk.raw.rewards]
    if name not in rewards:
        desk.blame(f"{path}.give", name, "not_in_program", *rewards, sort="reward")
    for word in ("pending", "expires", "funded_by", "campaign"):
        if said := getattr(raw, word):
            desk.blame(f"{path}.{word}", said, "only_of_points")
    return name
