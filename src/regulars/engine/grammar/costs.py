"""Costs: so many points of a wallet, or of several."""

import re

from regulars.engine import phrases
from regulars.engine.catalogue import Cost
from regulars.engine.conditions import listed
from regulars.engine.document import Words
from regulars.engine.grammar.desk import Desk
from regulars.engine.problems import Wrong

FREE = "nothing"
NOTHING = Cost("", 0)
_COST = re.compile(r"(\d{1,9}(?:\.\d+)?) ([a-z][a-z_-]*)", re.ASCII)


def costs(desk: Desk, path: str, said: Words) -> tuple[Cost, ...]:
    """None where it costs nothing."""
    if said == FREE:
        return ()
    found = tuple(cost(desk, path, text) for text in listed(said) or ("",))
    wallets = [one.wallet for one in found]
    if len(set(wallets)) < len(wallets):
        desk.blame(path, ", ".join(listed(said)), "cost_said_twice")
    return found


def cost(desk: Desk, path: str, text: str) -> Cost:
    try:
        found = _cost(desk, text)
    except Wrong:
        found = NOTHING
    if not found.points:
        desk.blame(path, text, "not_a_cost", *(f"150 {name}" for name in desk.raw.wallets))
    return found


def _cost(desk: Desk, text: str) -> Cost:
    """In the wallet's smallest unit; nothing where no wallet is named. Raises Wrong."""
    found = _COST.fullmatch(text)
    named = [name for name in desk.raw.wallets if found and found[2] in (name, name.removesuffix("s"))]
    if found is None or not named:
        return NOTHING
    is_money = desk.raw.wallets[named[0]].money == "true"
    return Cost(named[0], phrases.money(found[1], desk.raw.currency) if is_money else phrases.whole(found[1]))
