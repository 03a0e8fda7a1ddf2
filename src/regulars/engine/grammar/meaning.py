"""What a goal means, as a short name: two versions that count and give the same have the same one.

The name is kept in accounts and entries for ever, so it depends on nothing but what is written: not on how often values
are listed, in which order, or with which currency.
"""

from hashlib import blake2s
from typing import Any

import msgspec
from msgspec import to_builtins

from regulars.engine import phrases
from regulars.engine.conditions import listed
from regulars.engine.document import RawRule, RawWhen, Words
from regulars.engine.program import Rule

AMOUNTS = ("order_at_least", "order_at_most")
BRANCHES = ("all", "any")


def meaning(raw: RawRule, rule: Rule, currency: str) -> str:
    """Of a goal: what is counted, in which windows, how often it is met, what is given and who pays for it."""
    goal, said = rule.goal, raw.goal
    assert goal is not None
    assert said is not None
    asked = [step.when for step in said.steps] or [None]
    steps = [
        [step.measure, step.amount, step.activity, conditions(when, currency)]
        for step, when in zip(goal.steps, asked, strict=True)
    ]
    counted = [goal.per, goal.repeats, goal.streak, conditions(raw.when, currency), steps]
    counted += ["paid"] if raw.paid_only == "true" else []
    given = [rule.wallet, rule.points, raw.funded_by, *filter(None, [raw.campaign])]
    return blake2s(msgspec.json.encode([counted, given]), digest_size=5).hexdigest()


def conditions(when: RawWhen | None, currency: str) -> list[Any]:
    """In one form: sorted, each value in a list, money in minor units."""
    return _plain(to_builtins(when), currency) if when else []


def _plain(said: dict[str, Any], currency: str) -> list[Any]:
    found: list[Any] = []
    for name, value in sorted(said.items()):
        if name in AMOUNTS:
            found.append([name, phrases.money(value, currency)])
        elif name in BRANCHES:
            found.append([name, sorted(_plain(one, currency) for one in value)])
        elif name == "not":
            found.append([name, _plain(value, currency)])
        elif name == "attribute":
            found.append([name, [[key, _listed(words)] for key, words in sorted(value.items())]])
        else:
            found.append([name, _listed(value)])
    return found


def _listed(words: Words) -> list[str]:
    return sorted(set(listed(words)))
