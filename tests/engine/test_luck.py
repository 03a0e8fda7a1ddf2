"""Draws: the tables of docs/rules/draws.md, and that every number is as likely as any other."""

import hmac
from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.engine import luck
from regulars.engine.calendar import calendar
from regulars.engine.catalogue import Cost, Prize
from regulars.engine.luck import MILLION, digest_of, name_of, number_drawn, place_won
from tests.builders import at
from tests.engine.histories import thoroughly
from tests.engine.pages import PAGES, Table, tables

ALL = list(tables(PAGES / "draws.md"))
SEED = bytes(range(32))


@pytest.mark.parametrize("table", ALL, ids=str)
def test_a_seed_and_a_name_are_a_number_and_a_prize(table: Table):
    prizes = table.programs().versions[0].rewards["wheel"].gives.prizes
    for row in table.rows:
        number = number_drawn(bytes.fromhex(row["seed"]), row["draw"])
        place = place_won(prizes, number)
        assert (str(number), "" if place is None else prizes[place].name) == (row["number"], row["prize"])


def test_a_draw_is_called_by_its_local_day():
    day = calendar("Asia/Taipei").day(at("2026-03-01 00:30"))
    assert name_of(day, 17) == "2026-03-01/17"
    assert digest_of(SEED) == sha256(SEED).digest()


def test_a_number_is_the_first_group_of_five_digits_below_a_million():
    digits = hmac.new(SEED, b"2026-03-01/1", sha256).hexdigest()
    groups = [int(digits[place : place + 5], 16) for place in range(0, 60, 5)]
    assert number_drawn(SEED, "2026-03-01/1") == next(group for group in groups if group < MILLION)


def test_where_every_group_is_too_large_the_next_name_is_drawn():
    names = []

    def digest(_seed: bytes, name: bytes, _kind: object) -> bytes:
        names.append(name)
        return bytes.fromhex("f4240" * 12 + "0000") if name == b"a" else bytes.fromhex("f4240f423f" + "0" * 54)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(luck.hmac, "digest", digest)
        assert (number_drawn(SEED, "a"), names) == (MILLION - 1, [b"a", b"a'"])


def test_numbers_are_even():
    found = Counter(number_drawn(SEED, str(number)) * 10 // MILLION for number in range(20_000))
    assert set(found) == set(range(10))
    assert all(1_800 < count < 2_200 for count in found.values())


PRIZES = st.lists(st.integers(1, MILLION // 8), min_size=1, max_size=8).map(
    lambda odds: [Prize(str(place), {}, one) for place, one in enumerate(odds)]
)


@thoroughly
@given(PRIZES)
def test_each_prize_has_as_many_numbers_as_its_chance(prizes: list[Prize]):
    begin = 0
    for place, prize in enumerate(prizes):
        end = begin + prize.odds
        assert (place_won(prizes, begin), place_won(prizes, end - 1)) == (place, place)
        begin = end
    assert begin == MILLION or place_won(prizes, begin) is None
    assert place_won(prizes, MILLION - 1) is None or begin == MILLION


def test_a_prize_is_a_reward_or_points_or_a_blank():
    assert Prize("a", {}, 1).is_blank
    assert not Prize("a", {}, 1, "cup").is_blank
    assert not Prize("a", {}, 1, cost=Cost("points", 5)).is_blank
