"""Points that change hands, or are given and taken by hand: between which accounts they move, and whose they were."""

from regulars.engine.facts import Adjustment, HandedLot, Received, Transfer
from tests.builders import at, document, joined, programs, told

SHOP = programs(document())
ROASTED = HandedLot(1, None, at("2026-01-02"), "roaster")


def test_single_points_are_enough_to_move():
    given = Adjustment("G", "points", 1, at("2026-01-10"), "reason", "actor")
    received = Received("R", "points", (ROASTED,), at("2026-01-11"), "wang/R")
    handed = Transfer("T", "points", 1, at("2026-01-12"), "wang")
    taken = Adjustment("L", "points", -1, at("2026-01-13"), "reason", "actor")
    outcome = told(SHOP, [joined("2026-01-01"), given, received, handed, taken])
    assert [(one.identity, one.kind, one.source, one.target, one.points) for one in outcome.entries] == [
        ("adjust:G|", "adjust", "issued", "available", 1),
        ("receive:R|", "receive", "transferred", "available", 1),
        ("transfer:T|", "transfer", "available", "transferred", 1),
        ("adjust:L|", "adjust", "available", "issued", 1),
    ]
    assert outcome.handed == {"T": (ROASTED,)}


def test_no_points_do_not_move():
    nothing = [
        Adjustment("G", "points", 0, at("2026-01-10"), "reason", "actor"),
        Received("R", "points", (HandedLot(0, None, at("2026-01-02")),), at("2026-01-11"), "wang/R"),
        Transfer("T", "points", 0, at("2026-01-12"), "wang"),
    ]
    outcome = told(SHOP, [joined("2026-01-01"), *nothing])
    assert (outcome.entries, outcome.handed) == ([], {})
