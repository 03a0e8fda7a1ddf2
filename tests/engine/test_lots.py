"""Lots by themselves: what joins, what runs out together, how long the expired part is remembered."""

from regulars.engine import lots
from regulars.engine.account import Claim, Held, Lot, Wallet

YEAR = lots.EXPIRED_KEPT


def test_lots_of_one_cause_that_run_out_together_are_remembered_together():
    wallet = Wallet()
    lots.put_available(wallet, Lot("order:a", 5, 100, 1))
    lots.put_available(wallet, Lot("order:a", 7, 90, 1))
    assert [lot.points for lot in lots.run_out(wallet, 100)] == [7, 5]
    assert lots.take_back(wallet, "order:a", 13, "deficit", 100) == [
        ("expired", "issued", 12, ""),
        ("deficit", "issued", 1, ""),
    ]


def test_waiting_points_join_only_what_runs_out_with_them():
    wallet = Wallet()
    for points, expires_at in [(5, 100), (7, 90), (1, 100)]:
        lots.put_waiting(wallet, Lot("order:a", points, expires_at, 1, 50))
    assert sorted((lot.expires_at, lot.points) for lot in wallet.waiting) == [(90, 7), (100, 6)]
    assert wallet.pending == 13


def test_the_expired_part_is_remembered_to_the_instant():
    for late, taken in [(0, "expired"), (1, "deficit")]:
        wallet = Wallet()
        lots.put_available(wallet, Lot("order:a", 5, 100, 1))
        lots.run_out(wallet, 100)
        assert lots.take_back(wallet, "order:a", 5, "deficit", 100 + YEAR + late) == [(taken, "issued", 5, "")]


def test_others_give_in_the_order_of_spending():
    wallet = Wallet()
    for cause, expires_at, earned_at in [("d", None, 0), ("c", 100, 2), ("b", 100, 1), ("a", 50, 9)]:
        lots.put_available(wallet, Lot(cause, 10, expires_at, earned_at))
    assert [lot.cause for lot in wallet.lots] == ["a", "b", "c", "d"]
    assert lots.take_back(wallet, "c", 25, "write_off", 40) == [("available", "issued", 25, "")]
    assert [(lot.cause, lot.points) for lot in wallet.lots] == [("b", 5), ("d", 10)]
    assert lots.take_back(wallet, "c", 20, "write_off", 40)[1:] == [("written_off", "issued", 5, "")]
    assert (wallet.available, wallet.deficit) == (0, 0)


def test_what_had_run_out_when_activity_began_is_not_put_off():
    """At one instant points run out before anything happens."""
    for ends, expected in [(99, 99), (100, 100), (101, 500), (500, 500), (501, 501)]:
        wallet = Wallet(renewals=[(500, 1)], renewed_since=100)
        lot = Lot("order:a", 5, ends, 1)
        lots.prolong(wallet, lot)
        assert lot.expires_at == expected, ends


def test_lots_with_the_dates_that_are_asked_for_come_before_others_of_their_cause():
    """And those before other causes, also where these run out sooner."""
    wallet = Wallet()
    for cause, points, expires_at, matures_at in [
        ("a", 1, 200, 50), ("a", 2, 300, 60), ("a", 4, 200, None), ("a", 8, 300, None), ("b", 16, 100, None),
    ]:  # fmt: skip
        put = lots.put_available if matures_at is None else lots.put_waiting
        put(wallet, Lot(cause, points, expires_at, 1, matures_at))
    later = (300, lots.ANY)
    taken = lots.take_back(wallet, "a", 3, "deficit", 10, dates=later)
    assert taken == [("pending", "issued", 2, ""), ("available", "issued", 1, "")]
    taken = lots.take_back(wallet, "a", 12, "deficit", 10, dates=later)
    assert taken == [("available", "issued", 11, ""), ("pending", "issued", 1, "")]
    assert (wallet.pending, [(lot.cause, lot.points) for lot in wallet.lots]) == (0, [("b", 16)])


def test_what_waits_goes_back_in_one_move_whatever_its_dates():
    wallet = Wallet()
    for points, matures_at in [(1, 50), (2, 60)]:
        lots.put_waiting(wallet, Lot("a", points, None, 1, matures_at))
    assert lots.take_back(wallet, "a", 3, "deficit", 10, dates=(None, 60)) == [("pending", "issued", 3, "")]


def test_a_claim_on_a_hold_counts_for_its_own_cause_and_funder():
    held = Held("H", 100, 1, 12, [Lot("a", 5, None, 1), Lot("b", 7, None, 1)], [Claim("b", 3)])
    wallet = Wallet(holds=[held], held=12)
    assert lots.take_back(wallet, "a", 5, "deficit", 10) == [("claimed", "issued", 5, "")]
    assert held.claims == [Claim("b", 3), Claim("a", 5)]
    assert lots.take_back(wallet, "b", 6, "deficit", 10) == [("claimed", "issued", 4, ""), ("deficit", "issued", 2, "")]
    assert held.claims == [Claim("b", 7), Claim("a", 5)]
