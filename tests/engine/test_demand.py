"""What is said to exclude itself is met by nothing, whatever conditions stand together, whoever buys and whatever."""

from random import Random
from typing import Any

import msgspec
import pytest

from regulars.engine.account import Known
from regulars.engine.calendar import MINUTE
from regulars.engine.conditions import compiled
from regulars.engine.document import RawWhen
from regulars.engine.facts import Line, Order, Payment
from regulars.engine.grammar.demand import demanded
from regulars.engine.phrases import local_day
from regulars.engine.program import Scene

DAYS = ["2026-05-01", "2026-05-02", "2026-05-03"]
AMOUNTS = ["0.01", "0.02", "0.03"]
NAMES = ["product", "tag", "store", "payment", "code", "tier", "plan", "segment"]
LISTS = {name: ["a", "b"] for name in NAMES} | {
    "weekday": ["fri", "sat", "sun"],
    "hours": ["00:00-00:02", "00:01-00:03", "23:59-00:01"],
    "nth_order": ["1", "2", "4", "every 2", "every 3"],
}
PLAIN = {"from": DAYS, "until": DAYS, "order_at_least": AMOUNTS, "order_at_most": AMOUNTS}


def conditions(chance: Random, depth: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(chance.randint(1, 3)):
        word = chance.choice([*LISTS, *PLAIN, "attribute"] + ["all", "any", "not", "not"] * (depth < 3) * 4)
        if word in LISTS:
            found[word] = chance.sample(LISTS[word], chance.randint(1, 2))
        elif word in PLAIN:
            found[word] = chance.choice(PLAIN[word])
        elif word == "attribute":
            found[word] = {chance.choice(["hair", "skin"]): chance.choice(["dry", "oily"])}
        elif word == "not":
            found[word] = conditions(chance, depth + 1)
        else:
            found[word] = [conditions(chance, depth + 1) for _ in range(2)]
    return found


def bought(chance: Random) -> tuple[Scene, Line]:
    def some() -> tuple[str, ...]:
        return tuple(chance.sample(["a", "b"], chance.randint(0, 2)))

    order = Order("A", 0, (), store=chance.choice("ab"), codes=some(), payments=tuple(Payment(m, 1) for m in some()))
    told = {name: chance.choice(["dry", "oily"]) for name in ["hair", "skin"] if chance.random() < 0.8}
    known = Known(chance.randint(1, 7), some(), some(), "", told)
    day, minute = local_day(chance.choice(DAYS)), chance.choice([0, 1, 2, 3, 1439])
    scene = Scene(day, minute * MINUTE, some()[:1], chance.randint(0, 4), order, known)
    return scene, Line("1", chance.choice("ab"), 1, 1, tags=some())


@pytest.mark.parametrize("seed", range(10))
def test_what_excludes_itself_is_met_by_nothing(seed: int):
    chance, found = Random(seed), 0
    for _ in range(400):
        when = msgspec.convert(conditions(chance), RawWhen)
        if demanded(when, "TWD").contradiction is None:
            continue
        found += 1
        scene_test, line_test = compiled(when, "TWD")
        for scene, line in [bought(chance) for _ in range(100)]:
            passes = (scene_test is None or scene_test(scene)) and (line_test is None or line_test(scene, line))
            assert not passes, when
    assert found > 5
