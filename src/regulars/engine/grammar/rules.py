"""Earning rules: what triggers them, their conditions, what they give or multiply."""

from msgspec.structs import replace

from regulars.engine import phrases
from regulars.engine.conditions import both, compiled, listed
from regulars.engine.document import RawRule, RawWhen
from regulars.engine.grammar.desk import Desk
from regulars.engine.program import Factor, LineTest, Rule, SceneTest


def rules(desk: Desk) -> tuple[Rule, ...]:
    """All of them, in document order; multipliers know what they multiply."""
    found = tuple(_rule(desk, f"earn[{place}]", rule) for place, rule in enumerate(desk.raw.earn))
    _names_once(desk)
    return _multipliers(desk, found)


def _rule(desk: Desk, path: str, raw: RawRule) -> Rule:
    tests = _tests(desk, f"{path}.when", raw.when)
    points, wallet, step = _gift(desk, path, raw)
    if bool(raw.give) == bool(raw.multiply):
        desk.blame(path, raw.rule, "a rule either gives or multiplies, and exactly one of the two")
    if raw.on == "enrolment" and (step or raw.multiply or raw.when):
        desk.blame(path, raw.rule, "a rule on enrolment gives a fixed number of points, without conditions")
    half_up = raw.round == "half up per order"
    return Rule(raw.rule, raw.on, raw.name, wallet, points, step, half_up, *tests)


def _gift(desk: Desk, path: str, raw: RawRule) -> tuple[int, str, int]:
    default = next(iter(desk.raw.wallets), "points")
    if not raw.give:
        return 0, default, 0
    nothing = (0, default, 0)
    points, word, step = desk.take(
        f"{path}.give", raw.give, lambda text: phrases.give(text, desk.raw.currency), nothing
    )
    named = [name for name in desk.raw.wallets if word in (name, name.removesuffix("s"))]
    if not named:
        desk.blame(f"{path}.give", raw.give, "the unit must be a wallet: " + ", ".join(desk.raw.wallets))
    return points, named[0] if named else default, step


def _tests(desk: Desk, path: str, when: RawWhen | None) -> tuple[SceneTest | None, LineTest | None]:
    _tiers_exist(desk, path, when)
    try:
        return compiled(when, desk.raw.currency)
    except ValueError as error:
        desk.blame(path, "", str(error))
        return None, None


def _tiers_exist(desk: Desk, path: str, when: RawWhen | None) -> None:
    if when is None:
        return
    known = [level.tier for tier_set in desk.raw.tiers for level in tier_set.levels]
    for tier in listed(when.tier):
        if tier not in known:
            desk.blame(f"{path}.tier", tier, "a tier of this program: " + ", ".join(known))
    for nested in (*when.every, *when.some, when.none):
        _tiers_exist(desk, path, nested)


def _names_once(desk: Desk) -> None:
    seen: set[str] = set()
    for place, rule in enumerate(desk.raw.earn):
        if rule.rule in seen:
            desk.blame(f"earn[{place}].rule", rule.rule, "each rule needs a name of its own")
        if not rule.rule or "|" in rule.rule:
            desk.blame(f"earn[{place}].rule", rule.rule, "a rule's name is not empty and has no '|'")
        seen.add(rule.rule)


def _multipliers(desk: Desk, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Multipliers know the rules they multiply, and give to the same wallet."""
    bases = {rule.name: rule for rule in rules if rule.step}
    found = []
    for place, (rule, raw) in enumerate(zip(rules, desk.raw.earn, strict=True)):
        path = f"earn[{place}].multiply"
        factors = tuple(
            _factor(desk, path, rule, bases[base], text) for base, text in raw.multiply.items() if base in bases
        )
        for base in raw.multiply.keys() - bases.keys():
            desk.blame(path, base, "only a rule that gives points per money can be multiplied")
        wallets = sorted({factor.base.wallet for factor in factors})
        if len(wallets) > 1:
            desk.blame(path, ", ".join(wallets), "one multiplier multiplies rules of one wallet")
        found.append(replace(rule, factors=factors, wallet=wallets[0]) if factors else rule)
    return tuple(found)


def _factor(desk: Desk, path: str, rule: Rule, base: Rule, text: str) -> Factor:
    numerator, denominator = desk.take(f"{path}.{base.name}", text, phrases.extra, (0, 1))
    return Factor(base, numerator, denominator, both(rule.line_test, base.line_test))
