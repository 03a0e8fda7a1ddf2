"""A shop with a lucky wheel, and seeds of which it is known what they bring."""

from itertools import count
from typing import Any
from uuid import UUID

from regulars.engine.grammar import read
from regulars.engine.luck import number_drawn
from regulars.engine.program import Programs
from regulars.rewards.actions import checkouts, drawing, owning
from regulars.rewards.draws import Draw
from regulars.rewards.parts import Kept
from tests.ledger.shop import member
from tests.rewards.counter import NOW, SHOP

PRIZES = [
    {"prize": "the cup", "odds": "1 in 4", "reward": "cup"},
    {"prize": "points", "odds": "1 in 4", "credit": "7 points"},
    {"prize": "a smile", "odds": "1 in 4"},
]
SURE = [{"prize": "gems", "odds": "100%", "reward": "gems"}]
DRAWING = SHOP | {
    "rewards": [
        {"reward": "cup", "costs": "10 points", "gives": {"product": "CUP-1"}, "stock": "1"},
        {"reward": "cake", "costs": "4 points", "gives": {"product": "CAKE-1"}},
        {"reward": "wheel", "costs": "5 points", "gives": {"draw": PRIZES}},
        {"reward": "gems", "costs": "nothing", "gives": {"credit": "9 points"}},
        {
            "reward": "sure",
            "costs": "5 points",
            "gives": {"draw": [{"prize": "gems", "odds": "100%", "reward": "gems"}]},
        },
    ],
}
PROGRAMS = Programs(1, [read(DRAWING)])
PLACES = ("the cup", "points", "a smile", "")


class Luck:
    """Seeds of which it is known what they bring."""

    seed = bytes(32)

    def __call__(self, *prizes: str, day: str = "2026-03-01") -> None:
        """The next draws of the day are to win these, one after the other."""
        names = [f"{day}/{number}" for number in range(1, len(prizes) + 1)]
        tried = (number.to_bytes(32) for number in count())
        self.seed = next(seed for seed in tried if [won_by(seed, name) for name in names] == [*prizes])


def won_by(seed: bytes, name: str) -> str:
    return PLACES[number_drawn(seed, name) // 250_000]


LUCK = Luck()


def bought(name: str = "wheel", who: str = "lin", now: int = NOW) -> Kept:
    return owning.claim(PROGRAMS, member(who), name, now, actor="till-1")


def ticket(kept: Kept) -> UUID:
    found = kept.parts[0].issued_id
    assert found is not None
    return found


def draw(kept: Kept | UUID, now: int = NOW, **more: Any) -> Draw:
    number = ticket(kept) if isinstance(kept, Kept) else kept
    return drawing.draw(PROGRAMS, number, now, actor="till-1", place="Dihua Street", fresh=lambda: LUCK.seed, **more)


def void(kept: Kept, now: int = NOW) -> Kept:
    return checkouts.void(PROGRAMS, kept.id, now)
