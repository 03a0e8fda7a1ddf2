"""How points come in, and who is told what is due."""

import pytest

from regulars.engine.account import Account, Lot, Wallet
from regulars.engine.calendar import FOREVER
from regulars.engine.tape import EXPIRE, MATURE, Due, Tape, is_same_for_all, put, repay
from tests.builders import document, programs

VERSIONS = programs(document())


def tape(agenda: list[Due] | None = None, owed: int = 0, *lots: Lot) -> Tape:
    wallet = Wallet(available=sum(lot.points for lot in lots), deficit=owed, lots=list(lots))
    return Tape(VERSIONS, Account(wallets={"points": wallet}), agenda=agenda)


def lot(points: int, expires: int | None = None, matures: int | None = None, funder: str = "") -> Lot:
    return Lot("order:A", points, expires, 1, matures, funder)


@pytest.mark.parametrize(
    ("coming", "expected"),
    [
        (lot(5, 90), [(90, EXPIRE, "points")]),
        (lot(5, 110), []),
        (lot(5), []),
        (lot(5, 110, 80), [(80, MATURE, "points")]),
        (lot(5, 110, FOREVER), []),
    ],
    ids=str,
)
def test_what_comes_in_is_due_when_it_is_next(coming: Lot, expected: list[Due]):
    found = tape([], 0, lot(3, 100))
    put(found, "points", coming, 2, 1, "order:A|")
    assert found.agenda == expected


def test_nothing_is_due_of_points_that_settle_what_is_owed():
    found = tape([], 7)
    put(found, "points", lot(5, 90, funder="leaf"), 2, 1, "order:A|")
    assert [(entry.identity, entry.points, entry.funder) for entry in found.entries] == [("repay:order:A|", 5, "leaf")]
    assert (found.agenda, found.account.wallets["points"].deficit) == ([], 2)


def test_what_one_cause_settles_is_one_entry_for_each_wallet_and_funder():
    found = tape()
    for points, wallet, funder in (
        (3, "points", ""), (5, "points", "leaf"), (7, "stars", ""), (4, "points", ""), (6, "points", "leaf"),
    ):  # fmt: skip
        if funder:
            repay(found, "order:A|", wallet, points, 2, 1, funder)
        else:
            repay(found, "order:A|", wallet, points, 2, 1)
    said = [(entry.points, entry.wallet, entry.funder) for entry in found.entries]
    assert said == [(7, "stars", ""), (7, "points", ""), (11, "points", "leaf")]


def test_what_is_settled_at_another_time_or_by_another_cause_is_an_entry_of_its_own():
    found = tape()
    for cause, at in (("order:A|", 2), ("order:A|", 3), ("order:B|", 3), ("order:A|", 3)):
        repay(found, cause, "points", 5, at, 1)
    assert [entry.points for entry in found.entries] == [5, 5, 5, 5]


@pytest.mark.parametrize(
    ("cause", "is_same"),
    [
        ("birthday:2026", True),
        ("birthday:2026@M", True),
        ("enrolment@M", True),
        ("order:A", False),
        ("order:A@M", False),
    ],
)
def test_what_is_given_once_is_called_the_same_for_everybody(cause: str, is_same: bool):
    assert is_same_for_all(cause) == is_same
