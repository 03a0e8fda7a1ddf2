"""What rules say about an order or an occasion, before any bound: conditions, bases, rounding, multipliers."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from math import floor
from typing import Any

from msgspec import Struct

from regulars.engine.facts import Line
from tests.engine.slow_reading import minor, wallet_named

Tree = dict[str, Any]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Scene(Struct):
    """When, who and what: `what` is an order, an activity, or None; `goods` is the money left in the order's goods."""

    day: date
    clock: str
    what: Any
    tiers: Sequence[str] = ()
    known: Tree = {}
    nth: int = 0
    goods: int = 0


class Gift(Struct):
    """`each` points of a wallet: once, for every `step` of money (minor units), or for every `step` units."""

    kind: str
    wallet: str
    each: int
    step: Fraction = Fraction(1)


def gift(tree: Tree, text: str) -> Gift:
    amount, word, *rest = text.split(" ")
    wallet = wallet_named(tree, word)
    if amount.endswith("%"):
        return Gift("money", wallet, 1, 100 / Fraction(amount.rstrip("%")))
    smallest = 100 if tree["wallets"][wallet].get("money") == "true" else 1
    each = int(Fraction(amount) * smallest)
    if not rest:
        return Gift("once", wallet, each)
    if rest[-1].startswith("unit"):
        return Gift("units", wallet, each, Fraction(rest[1] if len(rest) > 2 else 1))
    return Gift("money", wallet, each, minor(rest[1]))


def rules_on(tree: Tree, trigger: str) -> list[Tree]:
    return [rule for rule in tree["earn"] if rule.get("on", "order") == trigger and "goal" not in rule]


def multiplied(tree: Tree, rule: Tree) -> dict[str, Fraction]:
    """The rules that a multiplier multiplies, by how much."""
    said = rule.get("multiply", {})
    if isinstance(said, str):
        main = next(iter(tree["wallets"]))
        rates = [(one, gift(tree, one["give"])) for one in rules_on(tree, "order") if "give" in one]
        rates = [(one, gives) for one, gives in rates if gives.kind == "money" and not is_per_line(one)]
        said = {one["rule"]: said for one, gives in rates if gives.wallet == main}
    return {name: Fraction(factor) for name, factor in said.items()}


def model_of(tree: Tree, rule: Tree) -> Tree:
    """Where a rule's wallet, dates and funder come from, if it does not say: for a multiplier, what it multiplies."""
    names = multiplied(tree, rule)
    return next((one for one in tree["earn"] if one["rule"] in names), rule)


def wallet_of(tree: Tree, rule: Tree) -> str:
    return gift(tree, model_of(tree, rule)["give"]).wallet


def is_per_line(rule: Tree) -> bool:
    return str(rule.get("round", "")).endswith("per line")


# Conditions


def applies(when: Tree | None, scene: Scene, line: Line | None) -> bool:
    return all(
        holds(name, said if isinstance(said, list) else [said], scene, line) for name, said in (when or {}).items()
    )


def holds(name: str, said: list[Any], scene: Scene, line: Line | None) -> bool:
    what, known = scene.what, scene.known
    ofline = {"product": "sku", "category": "category", "brand": "brand"}
    if name in ofline:
        return getattr(line, ofline[name]) in said
    answers = {
        "tag": lambda: any(tag in said for tag in line.tags),
        "channel": lambda: getattr(what, "channel", "") in said,
        "store": lambda: getattr(what, "store", "") in said,
        "partner": lambda: getattr(what, "partner", "") in said,
        "country": lambda: (getattr(what, "country", "") or known["country"]) in said,
        "payment": lambda: any(payment.method in said for payment in what.payments),
        "code": lambda: any(code in said for code in what.codes),
        "tier": lambda: any(tier in said for tier in scene.tiers),
        "plan": lambda: any(plan in said for plan in known["plans"]),
        "segment": lambda: any(segment in said for segment in known["segments"]),
        "attribute": lambda: all(known["attributes"].get(key) in words for key, words in said[0].items()),
        "weekday": lambda: WEEKDAYS[scene.day.weekday()] in said,
        "hours": lambda: any(within(scene.clock, *span.split("-")) for span in said),
        "from": lambda: str(scene.day) >= said[0],
        "until": lambda: str(scene.day) <= said[0],
        "nth_order": lambda: any(is_nth(scene.nth, one) for one in said),
        "order_at_least": lambda: scene.goods >= minor(said[0].split(" ")[0]),
        "order_at_most": lambda: scene.goods <= minor(said[0].split(" ")[0]),
        "quantity_at_least": lambda: True,
        "all": lambda: all(applies(one, scene, line) for one in said),
        "any": lambda: any(applies(one, scene, line) for one in said),
        "not": lambda: not applies(said[0], scene, line),
    }
    return bool(answers[name]())


def within(clock: str, start: str, end: str) -> bool:
    return start <= clock < end if start < end else clock >= start or clock < end


def is_nth(number: int, said: str) -> bool:
    return number % int(said.removeprefix("every ")) == 0 if said.startswith("every") else number == int(said)


# Orders


def order_gifts(tree: Tree, scene: Scene, lines: list[Line]) -> list[tuple[Tree, int]]:
    """Each rule on orders and what it gives, in document order."""
    extra = extras(tree, scene, lines)
    return [
        (rule, extra[rule["rule"]] if "multiply" in rule else own_gift(tree, rule, scene, lines))
        for rule in rules_on(tree, "order")
    ]


def own_gift(tree: Tree, rule: Tree, scene: Scene, lines: list[Line]) -> int:
    gives, match = gift(tree, rule["give"]), matching(rule, scene, lines)
    how = rule.get("round", "down per order")
    if gives.kind == "once":
        return gives.each if any(line.total > 0 or (line.total == 0 and line.quantity > 0) for line in match) else 0
    measure = units if gives.kind == "units" else partial(money, rule)
    amounts = [Fraction(measure(line)) / gives.step for line in match]
    if is_per_line(rule):
        steps = sum(rounded(amount, how) if amount >= 0 else -rounded(-amount, how) for amount in amounts)
        return max(steps, 0) * gives.each
    return rounded(sum(amounts, Fraction(0)), how) * gives.each


def matching(rule: Tree, scene: Scene, lines: list[Line]) -> list[Line]:
    """Goods, unless the basis is everything that was paid; none where there are not enough units."""
    services = rule.get("basis") == "with shipping"
    match = [line for line in lines if services or line.kind == "goods"]
    match = [line for line in match if applies(rule.get("when"), scene, line)]
    return match if sum(units(line) for line in match) >= least_units(rule) else []


def is_enough(rule: Tree, scene: Scene, lines: list[Line]) -> bool:
    """Whether a multiplier finds as many units as it asks for."""
    return not least_units(rule) or bool(matching(rule, scene, lines))


def least_units(rule: Tree) -> int:
    return int((rule.get("when") or {}).get("quantity_at_least", 0))


def units(line: Line) -> int:
    """A discount is no unit of anything."""
    return max(line.quantity, 0) if line.total >= 0 else 0


def money(rule: Tree, line: Line) -> int:
    return {"gross": max(line.total, 0) + line.discount, "without tax": line.total - line.tax}.get(
        rule.get("basis", "net"), line.total
    )


def rounded(steps: Fraction, how: str) -> int:
    if steps <= 0:
        return 0
    return floor(steps + Fraction(1, 2)) if how.startswith("half up") else floor(steps)


# Multipliers


def extras(tree: Tree, scene: Scene, lines: list[Line]) -> Counter[str]:
    """What each multiplier gives on all rules that it multiplies; the extra of each rounds by itself."""
    found: Counter[str] = Counter()
    multipliers = [rule for rule in rules_on(tree, "order") if "multiply" in rule]
    for base in [rule for rule in rules_on(tree, "order") if "give" in rule]:
        gives = gift(tree, base["give"])
        mine = [(rule, multiplied(tree, rule).get(base["rule"])) for rule in multipliers]
        mine = [(rule, factor) for rule, factor in mine if factor and is_enough(rule, scene, lines)]
        amounts: dict[str, Fraction] = {}
        for line in matching(base, scene, lines):
            here = [(rule, factor) for rule, factor in mine if applies(rule.get("when"), scene, line)]
            for name, weight in weights(tree, here):
                amounts[name] = amounts.get(name, Fraction(0)) + weight * money(base, line)
        for rule, _ in mine:
            steps = amounts.get(rule["rule"], Fraction(0)) / gives.step
            found[rule["rule"]] += rounded(steps, rule.get("round", "down per order")) * gives.each
    return found


def weights(tree: Tree, here: list[tuple[Tree, Fraction]]) -> list[tuple[str, Fraction]]:
    """What each of the multipliers on a line adds to one time."""
    how = tree.get("multipliers", "add")
    if how == "best" and here:
        best = max(factor for _, factor in here)
        here = [(rule, factor) for rule, factor in here if factor == best][:1]
    bound = Fraction(tree["multiply_at_most"]) if tree.get("multiply_at_most") else None
    found, so_far = [], Fraction(1)
    for rule, factor in here:
        then = so_far * factor if how == "multiply" else so_far + factor - 1
        then = then if bound is None else min(then, bound)
        found.append((rule["rule"], then - so_far))
        so_far = then
    return found
