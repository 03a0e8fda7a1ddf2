"""Who is in a segment, as data: groups of conditions that hold together, one level deep.

All of it is text, as people and files write it; `read` makes sure of every word before anything is counted. Money is in
major units of the program's currency, ages are whole local days. Nothing here rounds.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from regulars.engine.money import parse_major
from regulars.engine.program import Programs
from regulars.segments.vocabulary import ABOUT, CLASSES, CONSENTS, LANGUAGES, MONTHS, NO_TIER, RFM, Asked

GROUPS_MOST = 5
CONDITIONS_MOST = 20
VALUES_MOST = 50
WORD_LONGEST = 200
DAYS_MOST = 3650
COUNT_MOST = 1_000_000_000_000
TOGETHER = ("all", "any")
IN_GROUP = ("all", "any", "none")
# What can be wrong with a segment. Stable for ever.
CODES = (
    "condition_unknown", "condition_without_value", "days_not_possible", "group_of_nothing", "key_not_possible",
    "name_missing", "not_a_segment", "number_not_possible", "one_of", "too_many", "word_not_needed", "word_too_long",
)  # fmt: skip


class Fault(Struct, frozen=True):
    """One thing that is wrong: where, what stands there, why by its code, and what may: all that may, or the bounds."""

    path: str
    value: str
    code: str
    allowed: tuple[str, ...] = ()


class Condition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"how": "is"}):
    """`about` and `how` are words of the vocabulary; `of` is the wallet, attribute or consent; `days` bounds it to the
    latest days, "" is ever."""

    about: str
    how: str
    values: tuple[str, ...] = ()
    of: str = ""
    days: str = ""

    @property
    def asked(self) -> Asked:
        return ABOUT[self.about]

    @property
    def value(self) -> str:
        return self.values[0]


class Group(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Conditions of which all, any or none hold."""

    conditions: tuple[Condition, ...]
    match: str = "all"


class Definition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Groups of which all or any hold."""

    groups: tuple[Group, ...]
    match: str = "all"

    @property
    def conditions(self) -> Iterator[Condition]:
        return (condition for group in self.groups for condition in group.conditions)


class Ground(Struct, frozen=True):
    """What a segment of this program may name. `growth_in_money`: its tiers grow by spend."""

    currency: str
    tiers: tuple[str, ...]
    wallets: tuple[str, ...]
    attributes: dict[str, tuple[str, ...]]
    growth_in_money: bool = False
    points_in_money: frozenset[str] = frozenset()


class Refused(Exception):
    """It is no segment; `faults` says all that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.code}" for fault in faults))
        self.faults = faults


def ground(programs: Programs) -> Ground:
    """Of all versions, so that a segment stays readable when the program moves on."""
    attributes: dict[str, set[str]] = {}
    for version in programs.versions:
        for name, values in version.attributes.items():
            attributes.setdefault(name, set()).update(values)
    newest = programs.versions[-1]
    levels = [one for version in reversed(programs.versions) if version.tiers for one in version.tiers.levels]
    wallets = list(dict.fromkeys(name for version in reversed(programs.versions) for name in version.wallets))
    money = {name for version in programs.versions for name, rules in version.wallets.items() if rules.is_money}
    return Ground(
        currency=programs.currency,
        tiers=tuple(dict.fromkeys(level.tier for level in levels)),
        wallets=(programs.main_wallet, *(name for name in wallets if name != programs.main_wallet)),
        attributes={name: tuple(sorted(values)) for name, values in sorted(attributes.items())},
        growth_in_money=newest.tiers is not None and newest.tiers.grows_by == "spend",
        points_in_money=frozenset(money),
    )


def read(tree: object, known: Ground) -> Definition:
    """A definition of which every word is known and every number possible. Raises Refused with all that is not."""
    try:
        found = tree if isinstance(tree, Definition) else msgspec.convert(tree, Definition)
    except msgspec.ValidationError as error:
        raise Refused([Fault("", str(error)[:WORD_LONGEST], "not_a_segment")]) from None
    faults = list(_faults(found, known))
    if faults:
        raise Refused(faults)
    return found


def is_whole(found: Definition, known: Ground) -> bool:
    """Whether it can be counted, or something is missing yet."""
    return next(_faults(found, known), None) is None


def written(definition: Definition) -> dict[str, Any]:
    """As it is stored and sent."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(definition))
    return found


def choices(asked: Asked, about: str, known: Ground, of: str) -> tuple[str, ...]:
    """Which values may be chosen; nothing where words are free."""
    if about == "attribute":
        return known.attributes.get(of, ())
    fixed: Mapping[str, tuple[str, ...]] = {
        "birthday": MONTHS,
        "language": LANGUAGES,
        "rfm": RFM,
        "tier": (*known.tiers, NO_TIER),
    }
    return CLASSES if asked.values == "class" else fixed.get(about, ())


def possible_of(asked: Asked, known: Ground) -> tuple[str, ...]:
    return {"attribute": tuple(known.attributes), "consent": CONSENTS, "wallet": known.wallets}.get(asked.of, ())


def amount(text: str, condition: Condition, known: Ground) -> int:
    """A number of a condition: money in minor units, all else as it stands. Raises ValueError."""
    of = condition.of or known.wallets[0]
    in_money = {"money": True, "growth": known.growth_in_money, "points": of in known.points_in_money}
    if in_money.get(condition.asked.values):
        return parse_major(text, known.currency)
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def _faults(found: Definition, known: Ground) -> Iterator[Fault]:
    if found.match not in TOGETHER:
        yield Fault("match", found.match, "one_of", TOGETHER)
    if not found.groups:
        yield Fault("groups", "", "group_of_nothing")
    if len(found.groups) > GROUPS_MOST:
        yield Fault("groups", str(len(found.groups)), "too_many", (str(GROUPS_MOST),))
    count = sum(1 for _ in found.conditions)
    if count > CONDITIONS_MOST:
        yield Fault("groups", str(count), "too_many", (str(CONDITIONS_MOST),))
    for place, group in enumerate(found.groups):
        path = f"groups[{place}]"
        if group.match not in IN_GROUP:
            yield Fault(f"{path}.match", group.match, "one_of", IN_GROUP)
        if not group.conditions:
            yield Fault(f"{path}.conditions", "", "group_of_nothing")
        for number, condition in enumerate(group.conditions):
            yield from _of_condition(f"{path}.conditions[{number}]", condition, known)


def _of_condition(path: str, condition: Condition, known: Ground) -> Iterator[Fault]:
    asked = ABOUT.get(condition.about)
    if asked is None:
        yield Fault(f"{path}.about", condition.about[:WORD_LONGEST], "condition_unknown", tuple(ABOUT))
        return
    if condition.how not in asked.hows:
        yield Fault(f"{path}.is", condition.how[:WORD_LONGEST], "one_of", asked.hows)
    yield from _of_of(path, condition, asked, known)
    yield from _of_days(f"{path}.days", condition.days, asked.in_days)
    yield from _of_values(f"{path}.values", condition, asked, known)


def _of_of(path: str, condition: Condition, asked: Asked, known: Ground) -> Iterator[Fault]:
    if not asked.of:
        if condition.of:
            yield Fault(f"{path}.of", condition.of[:WORD_LONGEST], "word_not_needed")
        return
    possible = possible_of(asked, known)
    if condition.of not in possible and not (asked.of == "wallet" and not condition.of):
        yield Fault(f"{path}.of", condition.of[:WORD_LONGEST], "one_of", possible)


def _of_days(path: str, days: str, is_asked: bool) -> Iterator[Fault]:
    if days and not is_asked:
        yield Fault(path, days[:WORD_LONGEST], "word_not_needed")
    elif days and not _is_whole(days, 1, DAYS_MOST):
        yield Fault(path, days[:WORD_LONGEST], "days_not_possible", ("1", str(DAYS_MOST)))


def _of_values(path: str, condition: Condition, asked: Asked, known: Ground) -> Iterator[Fault]:
    values = condition.values
    if not asked.values:
        if values:
            yield Fault(path, values[0][:WORD_LONGEST], "word_not_needed")
        return
    if not values or not all(values):
        yield Fault(path, "", "condition_without_value")
        return
    several = asked.values in ("choice", "words")
    if len(values) > (VALUES_MOST if several else 1):
        yield Fault(path, str(len(values)), "too_many", (str(VALUES_MOST if several else 1),))
        return
    for value in values:
        yield from _of_value(path, value, condition, asked, known)


def _of_value(path: str, value: str, condition: Condition, asked: Asked, known: Ground) -> Iterator[Fault]:
    if len(value) > WORD_LONGEST or "\0" in value:
        yield Fault(path, value[:40].replace("\0", ""), "word_too_long", (str(WORD_LONGEST),))
    elif asked.values in ("choice", "class"):
        possible = choices(asked, condition.about, known, condition.of)
        if value not in possible:
            yield Fault(path, value, "one_of", possible)
    elif asked.values == "days":
        yield from _of_days(path, value, True)
    elif asked.values != "words" and not _is_amount(value, condition, known):
        yield Fault(path, value, "number_not_possible", ("0", str(COUNT_MOST)))


def _is_amount(value: str, condition: Condition, known: Ground) -> bool:
    try:
        return 0 <= amount(value, condition, known) <= COUNT_MOST
    except ValueError:
        return False


def _is_whole(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most
