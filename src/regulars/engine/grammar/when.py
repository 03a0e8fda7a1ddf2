"""`when`, wherever it stands: it means the same on rules, goals and their steps, referral, enrolment and benefits.

What cannot be asked there is refused: an activity has no lines, and `quantity_at_least` counts the units of all lines
that match, so that it stands at the top alone.
"""

from collections.abc import Callable

from regulars.engine import phrases
from regulars.engine.conditions import OF_MEMBERS, OF_ORDERS, compiled, listed, of_scene, uses
from regulars.engine.document import RawDocument, RawWhen
from regulars.engine.grammar.desk import Desk
from regulars.engine.problems import Wrong
from regulars.engine.program import Conditions, LineTest, SceneTest

PHRASES: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("weekday", "weekday", phrases.weekday),
    ("hours", "hours", phrases.hours),
    ("starts", "from", phrases.local_day),
    ("ends", "until", phrases.local_day),
    ("nth_order", "nth_order", phrases.nth),
)


def of_order(desk: Desk, path: str, when: RawWhen | None) -> Conditions:
    """What is asked of an order and of its lines."""
    return Conditions(*_tests(desk, path, when), _quantity(desk, path, when))


def of_member(desk: Desk, path: str, when: RawWhen | None) -> Conditions:
    """What is asked where there is no order: of an activity, or of the member alone."""
    for name in uses(when, OF_ORDERS):
        desk.blame(path, name, "only_orders_have_this")
    return Conditions(*_tests(desk, path, when, of_orders=False))


def _tests(
    desk: Desk, path: str, when: RawWhen | None, of_orders: bool = True
) -> tuple[SceneTest | None, LineTest | None]:
    """What is asked of the scene, and of each line where orders are asked."""
    _tiers_exist(desk, path, when)
    try:
        return compiled(when, desk.raw.currency) if of_orders else (of_scene(when), None)
    except Wrong:
        _blame_phrases(desk, path, when)
        return None, None


def _blame_phrases(desk: Desk, path: str, when: RawWhen | None) -> None:
    """Each phrase that says nothing, by its own place."""
    if when is None:
        return
    for field, name, reader in PHRASES:
        list(desk.each(f"{path}.{name}", getattr(when, field), reader))
    for name in ("order_at_least", "order_at_most"):
        desk.take(f"{path}.{name}", getattr(when, name), lambda text: phrases.money(text, desk.raw.currency), None)
    below = [(f"{path}.all[{place}]", one) for place, one in enumerate(when.every)]
    below += [(f"{path}.any[{place}]", one) for place, one in enumerate(when.some)]
    for path_below, one in [*below, (f"{path}.not", when.none)]:
        _blame_phrases(desk, path_below, one)


def _tiers_exist(desk: Desk, path: str, when: RawWhen | None) -> None:
    if when is None:
        return
    known = [level.tier for tier_set in desk.raw.tiers for level in tier_set.levels]
    for tier in listed(when.tier):
        if tier not in known:
            desk.blame(f"{path}.tier", tier, "not_in_program", *known, sort="tier")
    for nested in (*when.every, *when.some, when.none):
        _tiers_exist(desk, path, nested)


def _quantity(desk: Desk, path: str, when: RawWhen | None) -> int:
    """Asked of all matching lines together, so it stands at the top of `when` alone."""
    if when is None:
        return 0
    if uses(when, ("quantity_at_least",)) != ["quantity_at_least"] * bool(when.quantity_at_least):
        desk.blame(path, "quantity_at_least", "inside_branches")
    return desk.take(f"{path}.quantity_at_least", when.quantity_at_least, phrases.whole, 0)


def asks_of_members(raw: RawDocument) -> bool:
    """Whether anything that an order is asked about, then or when it comes back, is known of the member alone."""
    asked = [rule.when for rule in raw.earn]
    asked += [step.when for rule in raw.earn if rule.goal for step in rule.goal.steps]
    asked += [raw.referral.when] if raw.referral else []
    return any(uses(when, OF_MEMBERS) for when in asked)
