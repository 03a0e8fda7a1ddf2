"""Goes on until the time is over: probes, short walks, random walks. Of each gain the cheapest sequence is kept.

What is found with a seed and so many walks is found again with them, on any machine.
"""

from collections.abc import Callable, Iterator
from itertools import chain, count
from time import monotonic

from msgspec import Struct, field

from regulars.engine.explain import rule_of
from regulars.engine.granting import GRANTED
from regulars.engine.program import Version
from regulars.programs.attack.draws import draws, lucrative
from regulars.programs.attack.enacting import Stage
from regulars.programs.attack.ground import Ground, ground
from regulars.programs.attack.probes import Remains, Split, probes
from regulars.programs.attack.shrinking import Key, shrunk
from regulars.programs.attack.story import holds, told
from regulars.programs.attack.walks import Walk, random_walk, short
from regulars.programs.attack.weighing import Gain, worth

Attempt = Walk | Split | Remains
# As often is another sequence with the same gain made as short as it can be.
TRIES = 3
TOLD_EVERY = 100
Tell = Callable[[int, int, float], None]


class Found(Struct, frozen=True):
    """A gain, what it is worth in minor units (None: nobody says), and the cheapest story that was found.

    `attempt` counts what was tried before; `holds`: the story was folded again, from nothing, and is true. Where it is
    not, the search was wrong, or the fold is, and the program has no part in it. What a draw gives has no story.
    """

    kind: str
    wallet: str
    name: str
    is_policy: bool
    points: int
    worth: int | None
    attempt: int
    steps: int
    holds: bool
    story: str


class Report(Struct, frozen=True):
    """`tried` sequences in `seconds`; policies first come from the document, flaws from nowhere.

    `unreached` are the rules that gave nothing in any of them, and the rewards that put something into accounts and
    that nobody had: nothing is known of these. `untried` are draws: what they give on average is reckoned, no more.
    """

    program: str
    currency: str
    seed: int
    seconds: float
    tried: int
    found: list[Found]
    unreached: list[str]
    untried: list[str]

    @property
    def flaws(self) -> list[Found]:
        return [one for one in self.found if one.holds and not one.is_policy]

    @property
    def policies(self) -> list[Found]:
        return [one for one in self.found if one.holds and one.is_policy]

    @property
    def errors(self) -> list[Found]:
        """Of Regulars."""
        return [one for one in self.found if not one.holds]


class Kept(Struct):
    """The cheapest sequence of a gain so far."""

    gain: Gain
    stage: Stage
    attempt: int
    tries: int = 1


class Search(Struct):
    """`tell` hears how many sequences were tried, how many gains found, and how many seconds that took."""

    ground: Ground
    seed: int
    tell: Tell
    kept: dict[Key, Kept] = field(default_factory=dict)
    tried: int = 0
    reached: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def attempts(self) -> Iterator[Attempt]:
        systematic = chain(probes(self.ground), short(self.ground))
        return chain(systematic, (random_walk(self.ground, self.seed, number) for number in count()))

    def run(self, seconds: float, most: int | None) -> float:
        """The seconds it took."""
        begun = monotonic()
        for attempt in self.attempts():
            taken = monotonic() - begun
            if taken >= seconds or (most is not None and self.tried >= most):
                break
            self.take(attempt)
            self.tried += 1
            if self.tried % TOLD_EVERY == 0:
                self.tell(self.tried, len(self.kept), taken)
        return monotonic() - begun

    def take(self, attempt: Attempt) -> None:
        stage, gains = attempt.play(self.ground)
        for tape in stage.tapes:
            self.reached.update(rule_of(entry.identity) for entry in tape.entries)
            granted = [told.payload for told in tape.announcements if told.kind == GRANTED]
            self.reached.update(payload["rule"] for payload in granted)
            self.taken.update(payload["reward"] for payload in granted)
            self.taken.update(spent.reward for spent in tape.spent.values())
        for gain in gains:
            known = self.kept.get(gain.key)
            if known is None or (known.tries < TRIES and isinstance(attempt, Walk)):
                self.keep(attempt, gain, stage)

    def keep(self, attempt: Attempt, gain: Gain, stage: Stage) -> None:
        if isinstance(attempt, Walk):
            stage, gains = shrunk(self.ground, attempt, gain.key).play(self.ground)
            gain = next(one for one in gains if one.key == gain.key)
        known = self.kept.get(gain.key)
        tries = known.tries + 1 if known else 1
        if known is None or price(stage) < price(known.stage):
            self.kept[gain.key] = known = Kept(gain, stage, self.tried)
        known.tries = tries


def price(stage: Stage) -> tuple[int, int]:
    """Steps, then money that must be laid out."""
    return len(stage.steps), sum(line.total for bought in stage.orders.values() for line in bought.order.lines)


def attack(
    text: str,
    path: str,
    seed: int = 1,
    seconds: float = 20,
    most: int | None = None,
    tell: Tell = lambda _tried, _found, _taken: None,
) -> Report:
    """Of a program's document; stories will name it by its path. Raises DocumentRefused."""
    search = Search(ground(text), seed, tell)
    taken = round(search.run(seconds, most), 1)
    found = [reported(search, kept, text, path) for _, kept in sorted(search.kept.items())]
    unreached = [rule.rule for rule in search.ground.raw.earn if rule.rule not in search.reached]
    unreached += [name for name in search.ground.rewards if name not in search.taken]
    version = search.ground.version
    found += [drawn(gain, version) for gain in lucrative(version)]
    return Report(path, search.ground.raw.currency, seed, taken, search.tried, found, unreached, draws(version))


def drawn(gain: Gain, version: Version) -> Found:
    """Of one draw. What it gives on average has no story."""
    value = worth(version, gain.wallet, gain.points)
    return Found(gain.kind, gain.wallet, gain.name, gain.is_policy, gain.points, value, 0, 1, True, "")


def reported(search: Search, kept: Kept, text: str, path: str) -> Found:
    gain = kept.gain
    points = kept.stage.written(gain.points, gain.wallet)
    head = f"{gain.kind} {gain.name}: {points} {gain.wallet}; seed {search.seed}, attempt {kept.attempt}"
    story = told(kept.stage, path, head)
    return Found(
        gain.kind,
        gain.wallet,
        gain.name,
        gain.is_policy,
        gain.points,
        worth(search.ground.version, gain.wallet, gain.points),
        kept.attempt,
        len(kept.stage.steps),
        holds(story, text),
        story,
    )
