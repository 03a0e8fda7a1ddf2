"""What is drawn from budgets: by a ruling as far as it goes, then from what is left; and what there is no room for."""

import pytest

from regulars.engine.purse import Event, Events, Key, Purse, as_granted, close, draw, give_back


def key(cause: str, budget: str = "spring") -> Key:
    return (budget, cause, "gift")


A, B, C, D = (key(cause) for cause in "abcd")


def drawn(purse: Purse, *wanted: int, size: int = 100, is_whole: bool = False) -> list[int]:
    return [draw(purse, A, size, is_whole, points, 9) for points in wanted]


def test_what_was_ruled_is_granted_first():
    """Of ten that were asked for four were granted, the first ones; beyond the ten the budget is asked."""
    purse = Purse(ruled={A: ((1, 10, 4), (2, 0, -1))})
    assert drawn(purse, 3, 3, 6) == [3, 1, 2]
    assert purse.used == {"spring": 2}


def test_rulings_are_used_up_one_after_the_other():
    assert drawn(Purse(ruled={A: ((1, 10, 4), (2, 5, 5))}), 3, 10) == [3, 4]


def test_nothing_is_granted_beyond_the_rulings_where_nobody_asks():
    purse = Purse(ruled={A: ((1, 10, 4),)}, asks=False)
    assert drawn(purse, 10, 10) == [4, 0]
    assert purse.unruled == [A]


def test_what_goes_back_gives_room_to_a_budget_whose_use_is_not_known():
    purse = Purse()
    give_back(purse, A, 5, 9)
    assert (purse.used, purse.events) == ({"spring": -5}, {A: [(9, 0, -5)]})


@pytest.mark.parametrize(
    ("answers", "before", "wanted", "granted"),
    [
        ([(1, 10, 4)], 0, 10, 4),
        ([(1, 10, 4)], 0, 3, 3),
        ([(1, 10, 4)], 0, 12, 6),
        ([(1, 10, 4)], 3, 7, 1),
        ([(1, 10, 4)], 3, 12, 6),
        ([(1, 10, 4)], 5, 5, 0),
        ([(1, 10, 10), (2, 5, 5)], 4, 8, 8),
        ([(1, 10, 10), (2, 5, 0)], 4, 8, 6),
        ([(1, 10, 10), (2, 0, -3), (3, 5, 5)], 10, 5, 5),
        ([], 0, 7, 7),
    ],
)
def test_what_others_were_granted_who_asked_the_same(answers: list[Event], before: int, wanted: int, granted: int):
    """Before were so many asked for; what nobody asked for is granted."""
    assert as_granted(answers, [(1, before, 0)], wanted) == granted


# When a fold is over: `before` are the rulings, `now` is what the fold asked

GRANTED: Events = ((1, 10, 10),)
RETURNED: Events = ((1, 10, 10), (2, 0, -10))


def closed(
    before: dict[Key, Events], now: dict[Key, Events], used: dict[str, int], is_whole: bool = False
) -> tuple[dict[Key, int], dict[str, int]]:
    """Under limits of a hundred: whom there is no room for, and how much is used."""
    events = {key: list(events) for key, events in now.items()}
    sizes = {budget: (100, is_whole) for budget, *_ in now}
    purse = Purse(dict(used), before, events=events, sizes=sizes)
    closing = close(purse)
    assert closing.changed == {key: now.get(key, ()) for key in before | now if before.get(key, ()) != now.get(key, ())}
    return closing.limits, purse.used


def test_what_is_ruled_already_changes_nothing():
    assert closed({A: GRANTED}, {A: GRANTED, B: ()}, {"spring": 10}) == ({}, {"spring": 10})


def test_what_gives_room_back_comes_first():
    before, now = {A: RETURNED, B: GRANTED}, {A: GRANTED, B: RETURNED}
    assert closed(before, now, {"spring": 100}) == ({}, {"spring": 100})
    assert closed({B: GRANTED}, {}, {"spring": 100}) == ({}, {"spring": 90})


def test_a_budget_of_which_nothing_is_known_is_whole():
    most: Events = ((1, 100, 100),)
    assert closed({A: (*most, (2, 0, -100))}, {A: most}, {}) == ({}, {"spring": 100})


@pytest.mark.parametrize(
    ("used", "is_whole", "limit"), [(90, False, None), (91, False, 9), (95, True, 0), (100, False, 0)]
)
def test_what_there_is_no_room_for_is_not_granted(used: int, is_whole: bool, limit: int | None):
    """Of those who asked the same budget, by whoever's points are new."""
    before, now = {A: RETURNED, B: GRANTED}, {A: GRANTED, B: GRANTED}
    limits, _ = closed(before, now, {"spring": used}, is_whole)
    assert limits == ({} if limit is None else {A: limit})


def test_each_budget_has_room_of_its_own():
    other = key("a", "autumn")
    limits, _ = closed({A: RETURNED, other: RETURNED}, {A: GRANTED, other: GRANTED}, {"spring": 95, "autumn": 97})
    assert limits == {A: 5, other: 3}


def test_not_even_one_point_is_drawn_that_is_not_there():
    before: Events = ((1, 1, 1), (2, 0, -1))
    assert closed({A: before}, {A: ((1, 1, 1),)}, {"spring": 100}) == ({A: 0}, {"spring": 101})


def test_a_budget_that_grants_no_part_has_no_room_for_one():
    now: dict[Key, Events] = {B: ((5, 20, 20),), C: ((7, 9, 9),)}
    assert closed({A: ((1, 0, -10),)} | now, now, {"spring": 95})[0] == {C: 4}
    assert closed({A: ((1, 0, -10),)} | now, now, {"spring": 95}, is_whole=True)[0] == {C: 0, B: 0}


@pytest.mark.parametrize(("is_whole", "limits"), [(False, {C: 0, B: 16}), (True, {C: 0, B: 0})])
def test_where_less_goes_back_those_who_asked_last_go_without(is_whole: bool, limits: dict[Key, int]):
    """Ten came back by A, and now do not: nothing was asked for them, and they stay with whoever has them."""
    now: dict[Key, Events] = {B: ((5, 20, 20),), C: ((7, 6, 6),), D: ((3, 4, 4),), key("e", "autumn"): ((9, 5, 5),)}
    assert closed({A: ((1, 0, -10),)} | now, now, {"spring": 100}, is_whole)[0] == limits
