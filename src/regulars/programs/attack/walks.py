"""Sequences of moves: short ones one after the other, then random ones. The same seed and number give the same one."""

from collections.abc import Iterator
from itertools import product
from random import Random

from msgspec import Struct

from regulars.programs.attack.deeds import make, return_all
from regulars.programs.attack.enacting import Stage, opened
from regulars.programs.attack.ground import Ground
from regulars.programs.attack.moves import (
    Act,
    Back,
    Buy,
    Cancel,
    Edit,
    Enrol,
    Give,
    Good,
    Move,
    Refer,
    Settle,
    Spend,
    Stand,
    Take,
    Unite,
    Wait,
)
from regulars.programs.attack.weighing import Gain, gains

LONGEST = 14
ORDERS = ("A-1", "A-2", "A-3", "A-4")
SPENT = ("S-1", "S-2")
TAKEN = ("T-1", "T-2", "T-3")
SHARES = ("all", "all", "half", "one")
LASTS = ("15 minutes", "2 days", "12 months")


class Walk(Struct, frozen=True):
    """Moves from one of the ground's beginnings; afterwards everything that money paid for comes back."""

    moves: tuple[Move, ...]
    start: int = 0

    def play(self, ground: Ground) -> tuple[Stage, list[Gain]]:
        stage = walked(ground, self)
        return stage, gains(stage)


def walked(ground: Ground, walk: Walk) -> Stage:
    stage = opened(ground, walk.start)
    for move in walk.moves:
        make(stage, move)
    return_all(stage)
    stage.pass_time()
    return stage


def short(ground: Ground) -> Iterator[Walk]:
    """One of each deed, then what usually goes wrong: every order of a few deeds around a purchase."""
    for reward in ground.rewards:
        yield Walk((Enrol(0), Take(0, "S-1", reward)))
    for place, (bait, amount) in enumerate(product(range(len(ground.baits)), ground.amounts[::-1])):
        start = ground.start(bait, place)
        bought = [*standing(ground, 0, bait), Wait("bait", bait=bait), Buy(0, "A-1", (Good(bait, 2, amount),), bait)]
        for after in turns(ground):
            yield Walk((Enrol(0), Enrol(1), *bought, *after), start)
    for activity in ground.activities:
        yield Walk((Enrol(0), Act(0, activity)))
    for name in ground.plans:
        yield Walk((Enrol(0), Stand(0, "plan", name, True)))
    yield Walk((Enrol(0), *[Wait("due")] * 8))
    bought = [Buy(member, ORDERS[member], (Good(0, 1, ground.amounts[-1]),)) for member in (0, 1)]
    yield Walk((Enrol(0), Enrol(1), *bought, Unite(0), Wait("due"), Back("A-1")))


def standing(ground: Ground, member: int, bait: int) -> Iterator[Move]:
    """What a bait's rule asks of the member begins: a plan, a segment."""
    for sort in ("plan", "segment"):
        if name := getattr(ground.baits[bait], sort):
            yield Stand(member, sort, name, True)


def turns(ground: Ground) -> Iterator[tuple[Move, ...]]:
    """What may follow a purchase: each wallet is spent, held, passed on, or pays, before or after a return."""
    mature = Wait("due")
    yield ()
    yield (mature,)
    yield (Back("A-1", 0), mature, Back("A-1", 0))
    for reward in ground.rewards:
        yield (mature, Take(0, "S-1", reward))
    for wallet in ground.wallets:
        yield (mature, Spend(0, "S-1", wallet, "all"))
        yield (mature, Spend(0, "S-1", wallet, "all", "2 days"), Back("A-1"), Settle("capture", "S-1"))
        yield (mature, Spend(0, "S-1", wallet, "all", "2 years"), Wait("span", "12 months"), Settle("release", "S-1"))
        yield (mature, Wait("span", "1 month"), Give(0, wallet, "all"), Give(1, wallet, "all"))
        yield (mature, Buy(0, "A-2", (Good(0, 1, ground.amounts[-1] // 1000),), paid_with=wallet))
    yield (Refer(1, 0), Buy(1, "A-2", (Good(0, 1, ground.amounts[-1]),)), mature, mature, Back("A-2"))


def random_walk(ground: Ground, seed: int, number: int) -> Walk:
    """A random one; mostly of few different deeds, so that each comes in several orders."""
    random = Random(f"{seed}/{number}")  # noqa: S311 (a search, not a secret)
    first: list[Move] = [Enrol(0)]
    if random.random() < 0.6:
        first.append(Enrol(1))
    if random.random() < 0.2:
        first.insert(random.randrange(len(first) + 1), Refer(random.randrange(2), random.randrange(2)))
    makers = [*random.choices(MAKERS, k=3), _buy, _buy, _wait, *([_take] * bool(ground.rewards))]
    moves = [random.choice(makers)(ground, random) for _ in range(random.randrange(2, LONGEST))]
    start = random.randrange(len(ground.starts))
    # Seldom: what comes after is about one member alone.
    if random.random() < 0.1:
        moves.insert(random.randrange(len(moves) + 1), Unite(_member(random)))
    return Walk((*first, *moves), start)


def _member(random: Random) -> int:
    return int(random.random() < 0.25)


def _goods(ground: Ground, random: Random) -> tuple[Good, ...]:
    lines = random.choice((1, 1, 1, 2, 3))
    return tuple(
        Good(
            random.randrange(len(ground.baits)),
            random.choice((1, 1, 2, 3, 10)),
            random.choice(ground.amounts),
            random.choice((0, 0, 1, 2)),
        )
        for _ in range(lines)
    )


def _buy(ground: Ground, random: Random) -> Move:
    paid_with = random.choice(ground.wallets) if random.random() < 0.25 else ""
    goods = _goods(ground, random)
    return Buy(_member(random), random.choice(ORDERS), goods, random.choice((0, goods[0].bait)), paid_with)


def _back(_ground: Ground, random: Random) -> Move:
    line = random.choice((None, 0, 0, 1, 2))
    return Back(random.choice(ORDERS), line, random.choice((1, 1, 2, 5)))


def _edit(ground: Ground, random: Random) -> Move:
    return Edit(random.choice(ORDERS), _goods(ground, random))


def _cancel(_ground: Ground, random: Random) -> Move:
    return Cancel(random.choice(ORDERS))


def _wait(ground: Ground, random: Random) -> Move:
    until = random.choice(("due", "due", "due", "span", "bait"))
    return Wait(until, random.choice(ground.spans), random.randrange(len(ground.baits)))


def _spend(ground: Ground, random: Random) -> Move:
    lasts = random.choice(("", *LASTS))
    share = random.choice(SHARES)
    return Spend(_member(random), random.choice(SPENT), random.choice(ground.wallets), share, lasts)


def _take(ground: Ground, random: Random) -> Move:
    lasts = random.choice(("", "", *LASTS))
    return Take(_member(random), random.choice((*SPENT, *TAKEN)), random.choice(ground.rewards), lasts)


def _settle(_ground: Ground, random: Random) -> Move:
    return Settle(random.choice(("capture", "release", "restore")), random.choice(SPENT))


def _give(ground: Ground, random: Random) -> Move:
    return Give(random.randrange(2), random.choice(ground.wallets), random.choice(SHARES))


def _refer(_ground: Ground, random: Random) -> Move:
    return Refer(random.randrange(2), random.randrange(2))


def _act(ground: Ground, random: Random) -> Move:
    if not ground.activities:
        return _wait(ground, random)
    return Act(_member(random), random.choice(ground.activities), random.randrange(len(ground.baits)))


def _stand(ground: Ground, random: Random) -> Move:
    sorts = [("plan", name) for name in ground.plans] + [("segment", name) for name in ground.segments]
    if not sorts:
        return _back(ground, random)
    return Stand(_member(random), *random.choice(sorts), random.random() < 0.7)


MAKERS = (_back, _back, _cancel, _edit, _spend, _spend, _settle, _settle, _give, _refer, _act, _stand)
