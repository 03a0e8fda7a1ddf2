"""What is written so that the ledger says what the fold says, and in which order."""

import tracemalloc
from itertools import permutations

import pytest
from msgspec.structs import replace

from regulars.engine.difference import COLUMN, Balances, announced, difference, move, standing, without_dips
from regulars.engine.outcome import Announcement, Entry, Told

EARNED = Entry("order:A|base", "earn", "points", "issued", "pending", 13, 5, 1, ("fixed", 13), "roaster")


def entry(name: str, places: str, points: int, wallet: str = "points", at: int = 0, funder: str = "") -> Entry:
    source, target = places.split(" to ")
    return Entry(name, "earn", wallet, source, target, points, at, 1, (), funder)


def test_what_was_never_recorded_is_written_as_it_is():
    assert difference([EARNED], []) == [EARNED]
    out = replace(EARNED, kind="expire", source="pending", target="expired")
    assert difference([out], []) == [out]


def test_what_was_recorded_is_not_written_again_however_it_was_split():
    parts = [replace(EARNED, points=20), replace(EARNED, kind="correct", source="pending", target="issued", points=7)]
    assert difference([EARNED], parts) == []
    assert difference(parts, [EARNED]) == []


@pytest.mark.parametrize(
    ("recorded", "settled"),
    [
        (10, replace(EARNED, kind="correct", points=3, version=2, why=("correct", 10, 13, "fixed", 13))),
        (
            20,
            replace(EARNED, kind="correct", source="pending", target="issued", points=7, version=2,
                    why=("correct", 20, 13, "fixed", 13)),
        ),
    ],
)  # fmt: skip
def test_what_was_recorded_otherwise_is_corrected(recorded: int, settled: Entry):
    assert difference([replace(EARNED, version=2)], [replace(EARNED, points=recorded)]) == [settled]


def test_what_should_not_be_is_taken_back_under_the_version_that_said_it():
    settled = replace(EARNED, kind="correct", source="pending", target="issued", why=("correct", 13, 0))
    assert difference([], [EARNED]) == [settled]


@pytest.mark.parametrize(
    "other",
    [
        replace(EARNED, identity="order:A|more"),
        replace(EARNED, wallet="credit"),
        replace(EARNED, funder=""),
        replace(EARNED, target="available"),
        replace(EARNED, occurred_at=6),
    ],
)
def test_each_thing_is_settled_by_itself(other: Entry):
    assert {one.kind for one in difference([other], [EARNED])} == {"earn", "correct"}


def test_differences_are_told_in_order():
    entries = [
        entry("a", "issued to pending", 1, at=1),
        entry("a", "issued to available", 1, at=2),
        entry("a", "issued to available", 1, "stamps", at=2),
        entry("b", "issued to available", 1, at=2, funder="f"),
        entry("b", "issued to available", 1, at=2, funder="g"),
        entry("b", "pending to available", 1, at=2, funder="a"),
    ]
    assert difference(reversed(entries), []) == entries


FUNDED: Balances = {"points": (4, 5, 6)}


@pytest.mark.parametrize(
    ("places", "left"),
    [
        ("issued to available", [7, 5, 6]),
        ("issued to pending", [4, 8, 6]),
        ("available to held", [1, 5, 9]),
        ("held to redeemed", [4, 5, 3]),
        ("deficit to issued", [4, 5, 6]),
    ],
)
def test_what_an_entry_does_to_balances(places: str, left: list[int]):
    balances = list(FUNDED["points"])
    move(balances, entry("x", places, 3))
    assert balances == left


def test_what_comes_in_is_first_then_what_moves_then_what_leaves():
    out, within, into = (
        entry("out", "available to redeemed", 1),
        entry("within", "pending to available", 1),
        entry("into", "issued to available", 1),
    )
    owed = entry("owed", "deficit to redeemed", 1)
    assert without_dips([out, owed, within, into], FUNDED) == [owed, into, within, out]


def test_nothing_leaves_before_it_is_there():
    freeze, mature = entry("freeze", "available to held", 5), entry("mature", "pending to available", 1)
    assert without_dips([freeze, mature], FUNDED) == [mature, freeze]
    assert without_dips([replace(freeze, points=4), mature], FUNDED) == [replace(freeze, points=4), mature]
    other = replace(mature, wallet="stamps", points=4)
    assert without_dips([other, freeze, mature], FUNDED) == [other, mature, freeze]
    spend, more = entry("spend", "held to available", 6), entry("more", "held to available", 1)
    assert without_dips([more, spend], FUNDED) == [more, spend]


def test_what_goes_there_and_back_does_so_while_it_is_covered():
    """Goods came back while their points were pending, learned after a hold of them had lapsed."""
    mature, freeze, lapse = (
        entry("mature", "available to pending", 18),
        entry("freeze", "held to available", 5),
        entry("lapse", "available to held", 5),
    )
    back = entry("back", "pending to issued", 18)
    had = {"points": (18, 0, 0)}
    assert without_dips([mature, back, freeze, lapse], had) == [lapse, freeze, mature, back]


def test_small_ones_go_first_where_there_are_too_many_to_try_all_orders():
    there = [entry(f"there-{n}", "available to held", 2) for n in range(30)]
    again = [entry(f"back-{n}", "held to available", 2) for n in range(30)]
    last = entry("last", "available to pending", 3)
    ordered = without_dips([last, *again, *there], {"points": (3, 0, 0)})
    balances = [3, 0, 0]
    for one in ordered:
        move(balances, one)
        assert min(balances) >= 0
    assert ordered[-1] == last


@pytest.mark.parametrize(("many", "is_too_many"), [(125, False), (126, True)])
def test_two_thousand_dead_ends_are_enough(many: int, is_too_many: bool):
    """Each of the many could go at once and leads nowhere: 16 times, with each choice of the four small ones."""
    small = [entry(f"small-{points}", "held to pending", points) for points in (4, 3, 2, 1)]
    alone = [entry(f"alone-{n}", "available to held", 20) for n in range(many)]
    opens = [entry("opens", "available to pending", 20), entry("all", "pending to available", 20 * many)]
    ordered = without_dips([*alone, *small, *opens], {"points": (20, 20 * many - 20, 10)})
    assert ordered == [*(reversed(small) if is_too_many else small), *opens, *alone]


@pytest.mark.parametrize("short", [0, 1])
def test_thousands_of_corrections_of_one_wallet_take_little_memory(short: int):
    """With a point too little no order is without a dip, and they stay as they are."""
    matured = [entry(f"mature-{number}", "pending to available", 10) for number in range(2_000)]
    tracemalloc.start()
    try:
        assert without_dips(matured, {"points": (0, 20_000 - short, 0)}) == matured
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_what_led_nowhere_is_undone():
    """One point that is held could be pending at once; then the others are never covered."""
    names = ["pending to available", "held to pending", "held to available", "available to held"]
    needs, early, there, again = [entry(name, name, 1 + n // 2) for n, name in enumerate(names)]
    ordered = without_dips([needs, early, there, again], {"points": (0, 0, 2)})
    assert ordered == [there, again, early, needs]


def test_where_every_order_dips_they_stay_as_they_are():
    over = [entry("a", "available to held", 6), entry("b", "held to available", 6)]
    assert without_dips(over, {"points": (5, 0, 5)}) == over


@pytest.mark.parametrize(
    "moving", [["available to pending", "held to available"], ["available to held", "pending to available"],
               ["pending to held", "available to pending"]],
)  # fmt: skip
def test_a_new_wallet_holds_nothing(moving: list[str]):
    entries = [entry(name, name, 1) for name in moving]
    assert without_dips(entries, {}) == entries


@pytest.mark.parametrize(("there", "other"), [*permutations(COLUMN, 2)])
def test_a_new_wallet_holds_what_comes_in_and_no_more(there: str, other: str):
    places = [f"{other} to {there}", f"{there} to {other}", f"issued to {there}"]
    back, on, into = [entry(name, name, 1) for name in places]
    assert without_dips([back, on, into], {}) == [into, on, back]


def test_what_is_nowhere_is_told_all_the_same():
    nowhere = [entry("a", "available to redeemed", 1), entry("b", "pending to expired", 1)]
    assert without_dips(nowhere, {}) == nowhere
    assert without_dips([*nowhere, entry("c", "held to redeemed", 1)], FUNDED) == [
        *nowhere,
        entry("c", "held to redeemed", 1),
    ]


def test_what_no_longer_holds_is_withdrawn_in_its_order():
    """By instant, then by name, in whatever order it was told."""
    told = [Announcement(name, name, when, {}) for name, when in (("c", 1), ("b", 2), ("d", 1), ("a", 2))]
    withdrawn = announced([], [Told(one) for one in told])
    assert [(one.announcement.identity, one.withdrawn) for one in withdrawn] == [
        (name, True) for name in ("c", "d", "a", "b")
    ]


def test_what_was_withdrawn_stands_no_more_if_it_ever_did():
    one = Announcement("a", "tier.changed", 1, {})
    assert standing([Told(one), Told(one, withdrawn=True)]) == {}
    assert standing([Told(one, withdrawn=True)]) == {}
