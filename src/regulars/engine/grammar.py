"""Reads a document into a version of a program, and collects everything that is wrong with it at once."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import TypeVar

from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.calendar import Span, Term, calendar
from regulars.engine.conditions import both, compiled, listed
from regulars.engine.document import (
    DocumentErrors,
    Problem,
    RawDocument,
    RawLevel,
    RawRule,
    RawTierSet,
    RawWallet,
    RawWhen,
    shape,
)
from regulars.engine.money import is_currency
from regulars.engine.program import Factor, Level, LineTest, Rule, SceneTest, TierRules, Version, WalletRules

T = TypeVar("T")
_NAME = re.compile(r"[a-z][a-z_-]*")
DEFAULT_VALIDITY = Term(Span(12, "month"))


def read(tree: object, number: int = 1, starts_at: int = 0) -> Version:
    """The version that a tree of text says. Raises DocumentErrors with every problem found."""
    raw = shape(tree)
    reading = Reading(raw)
    version = reading.version(number, starts_at)
    if reading.problems:
        raise DocumentErrors(reading.problems)
    return version


class Reading:
    """One pass over a document; `problems` grows as it goes."""

    def __init__(self, raw: RawDocument) -> None:
        self.raw = raw
        self.problems: list[Problem] = []

    def version(self, number: int, starts_at: int) -> Version:
        raw = self.raw
        self._head()
        rules = tuple(self.rule(f"earn[{place}]", rule) for place, rule in enumerate(raw.earn))
        self._names_once()
        rules = self._multipliers(rules)
        return Version(
            number=number,
            starts_at=starts_at,
            slug=raw.program,
            currency=raw.currency,
            zone=raw.timezone,
            name=raw.name or {"en": raw.program},
            enrols_on_first_order=raw.enrolment == "first order",
            wallets={name: self.wallet(name, wallet) for name, wallet in raw.wallets.items()},
            tiers=self.tier_set(raw.tiers[0]) if raw.tiers else None,
            order_rules=tuple(rule for rule in rules if rule.trigger == "order"),
            enrolment_rules=tuple(rule for rule in rules if rule.trigger == "enrolment"),
        )

    def take(self, path: str, text: str, reader: Callable[[str], T], default: T) -> T:
        """What the phrase says; an empty phrase or one that is wrong gives the default."""
        if not text:
            return default
        try:
            return reader(text)
        except ValueError as error:
            self.blame(path, text, str(error))
            return default

    def blame(self, path: str, found: str, allowed: str) -> None:
        self.problems.append(Problem(path, found, allowed))

    def wallet(self, name: str, raw: RawWallet) -> WalletRules:
        path = f"wallets.{name}"
        if not _NAME.fullmatch(name):
            self.blame(path, name, "a wallet's name has small letters, '-' and '_'")
        pending = self.take(f"{path}.pending", raw.pending, phrases.span, None)
        expires = self.take(f"{path}.expires", raw.expires, phrases.term, None)
        if pending and expires and _length(pending) >= _length(expires.span):
            self.blame(f"{path}.expires", raw.expires, "points must not expire before they mature")
        worth = self.take(f"{path}.worth", raw.worth, lambda text: phrases.worth(text, self.raw.currency), None)
        unit = {language: list(listed(words)) for language, words in raw.unit.items()}
        return WalletRules(name, unit, worth, pending, expires, raw.when_short)

    def tier_set(self, raw: RawTierSet) -> TierRules:
        window = self.take("tiers[0].window", raw.window, phrases.rolling, Span(12, "month"))
        levels = tuple(self.level(f"tiers[0].levels[{place}]", level) for place, level in enumerate(raw.levels))
        if levels and levels[0].reach:
            self.blame("tiers[0].levels[0].reach", raw.levels[0].reach, "the lowest tier is for everyone")
        names = [level.tier for level in levels]
        for place, name in enumerate(names):
            if name in names[:place]:
                self.blame(f"tiers[0].levels[{place}].tier", name, "each tier needs a name of its own")
        for place, (lower, upper) in enumerate(pairwise(levels), start=1):
            if upper.reach <= lower.reach:
                self.blame(
                    f"tiers[0].levels[{place}].reach", str(upper.reach), "each tier must reach above the one before"
                )
        return TierRules(raw.set, window, levels, {name: place for place, name in enumerate(names)})

    def level(self, path: str, raw: RawLevel) -> Level:
        def amount(text: str) -> int:
            return phrases.money(text, self.raw.currency)

        reach = self.take(f"{path}.reach", raw.reach, amount, 0)
        retain = self.take(f"{path}.retain", raw.retain, amount, reach)
        if retain > reach:
            self.blame(f"{path}.retain", raw.retain, "staying must not need more than reaching")
        valid = self.take(f"{path}.valid", raw.valid, phrases.term, DEFAULT_VALIDITY)
        grace = self.take(f"{path}.grace", raw.grace, phrases.term, None)
        return Level(raw.tier, raw.name, reach, retain, valid, grace)

    def rule(self, path: str, raw: RawRule) -> Rule:
        tests = self._tests(f"{path}.when", raw.when)
        points, wallet, step = self._gift(path, raw)
        if bool(raw.give) == bool(raw.multiply):
            self.blame(path, raw.rule, "a rule either gives or multiplies, and exactly one of the two")
        if raw.on == "enrolment" and (step or raw.multiply or raw.when):
            self.blame(path, raw.rule, "a rule on enrolment gives a fixed number of points, without conditions")
        half_up = raw.round == "half up per order"
        return Rule(raw.rule, raw.on, raw.name, wallet, points, step, half_up, *tests)

    def _gift(self, path: str, raw: RawRule) -> tuple[int, str, int]:
        default = next(iter(self.raw.wallets), "points")
        if not raw.give:
            return 0, default, 0
        nothing = (0, default, 0)
        points, word, step = self.take(
            f"{path}.give", raw.give, lambda text: phrases.give(text, self.raw.currency), nothing
        )
        named = [name for name in self.raw.wallets if word in (name, name.removesuffix("s"))]
        if not named:
            self.blame(f"{path}.give", raw.give, "the unit must be a wallet: " + ", ".join(self.raw.wallets))
        return points, named[0] if named else default, step

    def _tests(self, path: str, when: RawWhen | None) -> tuple[SceneTest | None, LineTest | None]:
        self._tiers_exist(path, when)
        try:
            return compiled(when, self.raw.currency)
        except ValueError as error:
            self.blame(path, "", str(error))
            return None, None

    def _tiers_exist(self, path: str, when: RawWhen | None) -> None:
        if when is None:
            return
        known = [level.tier for tier_set in self.raw.tiers for level in tier_set.levels]
        for tier in listed(when.tier):
            if tier not in known:
                self.blame(f"{path}.tier", tier, "a tier of this program: " + ", ".join(known))
        for nested in (*when.every, *when.some, when.none):
            self._tiers_exist(path, nested)

    def _head(self) -> None:
        raw = self.raw
        if not is_currency(raw.currency):
            self.blame("currency", raw.currency, "an ISO 4217 code such as TWD is needed")
        try:
            calendar(raw.timezone)
        except (KeyError, ValueError):
            self.blame("timezone", raw.timezone, "an IANA time zone such as Asia/Taipei is needed")
        if not raw.wallets:
            self.blame("wallets", "", "a program needs at least one wallet")
        if len(raw.tiers) > 1:
            self.blame("tiers", raw.tiers[1].set, "one tier set is possible in this version of the grammar")
        if raw.tiers and not raw.tiers[0].levels:
            self.blame("tiers[0].levels", "", "a tier set needs at least one level")

    def _names_once(self) -> None:
        seen: set[str] = set()
        for place, rule in enumerate(self.raw.earn):
            if rule.rule in seen:
                self.blame(f"earn[{place}].rule", rule.rule, "each rule needs a name of its own")
            if not rule.rule or "|" in rule.rule:
                self.blame(f"earn[{place}].rule", rule.rule, "a rule's name is not empty and has no '|'")
            seen.add(rule.rule)

    def _multipliers(self, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """Multipliers know the rules they multiply, and give to the same wallet."""
        bases = {rule.name: rule for rule in rules if rule.step}
        found = []
        for place, (rule, raw) in enumerate(zip(rules, self.raw.earn, strict=True)):
            path = f"earn[{place}].multiply"
            factors = tuple(
                self._factor(path, rule, bases[base], text) for base, text in raw.multiply.items() if base in bases
            )
            for base in raw.multiply.keys() - bases.keys():
                self.blame(path, base, "only a rule that gives points per money can be multiplied")
            wallets = sorted({factor.base.wallet for factor in factors})
            if len(wallets) > 1:
                self.blame(path, ", ".join(wallets), "one multiplier multiplies rules of one wallet")
            found.append(replace(rule, factors=factors, wallet=wallets[0]) if factors else rule)
        return tuple(found)

    def _factor(self, path: str, rule: Rule, base: Rule, text: str) -> Factor:
        numerator, denominator = self.take(f"{path}.{base.name}", text, phrases.extra, (0, 1))
        return Factor(base, numerator, denominator, both(rule.line_test, base.line_test))


def _length(span: Span) -> timedelta:
    """Short enough to compare: a month counts as 28 days."""
    hours = {"hour": 1, "day": 24, "month": 24 * 28}[span.unit]
    return timedelta(hours=hours * span.count)
