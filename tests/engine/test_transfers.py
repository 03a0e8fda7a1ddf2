"""Points that change hands, or are given and taken by hand: between which accounts they move, and whose they were."""

from msgspec.structs import replace

from regulars.engine.facts import Activity, Adjustment, HandedLot, Opening, OpeningLot, Received, Redemption, Transfer
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


def test_what_was_received_is_told_when_it_is_spent():
    received = Received("R", "points", (ROASTED,), at("2026-01-11"), "wang/R")
    spent = told(SHOP, [joined("2026-01-01"), received, Redemption("D", "points", 1, at("2026-01-12"))]).entries[-1]
    assert (spent.identity, spent.why) == ("redeem:D|", ("redeem", ("receive:R", 1)))


def test_what_is_taken_and_not_there_is_written_off_where_that_is_the_policy():
    letting = programs(document(wallets={"points": {"when_short": "write_off"}}))
    given = Adjustment("G", "points", 4, at("2026-01-10"), "reason", "actor")
    taken = Adjustment("L", "points", -10, at("2026-01-11"), "reason", "actor")
    outcome = told(
        letting, [joined("2026-01-01"), given, taken, Adjustment("N", "points", 0, at("2026-01-12"), "r", "a")]
    )
    why = ("adjust", ("adjust:G", 4), ("", 6))
    assert [(one.identity, one.source, one.target, one.points, one.why) for one in outcome.entries[1:]] == [
        ("adjust:L|", "available", "issued", 4, why),
        ("adjust:L|", "written_off", "issued", 6, why),
    ]
    whole = told(letting, [joined("2026-01-01"), given, replace(taken, points=-3)])
    assert [one.points for one in whole.entries] == [4, 3]


def test_a_single_point_is_brought_along_and_none_is_not():
    brought = Opening("O", "points", tuple(OpeningLot(points, at("2025-01-01")) for points in (0, 1)), at("2026-01-01"))
    outcome = told(SHOP, [joined("2026-01-01"), brought])
    assert [(one.identity, one.points, one.why) for one in outcome.entries] == [("open:O|", 1, ("open", ("open:O", 1)))]
    assert [lot.points for lot in outcome.account.wallets["points"].lots] == [1]


def test_what_was_brought_along_without_an_end_is_renewed_as_other_points_are():
    lasting = {"expires": "3 months after the last activity", "renewed_by": ["activity visit"]}
    brought = Opening("O", "points", (OpeningLot(5, at("2026-01-01")),), at("2026-01-10"))
    facts = [joined("2026-01-01"), brought, Activity("V", "visit", at("2026-02-01"))]
    (lot,) = told(programs(document(wallets={"points": lasting})), facts).account.wallets["points"].lots
    assert lot.expires_at == at("2026-05-02")
