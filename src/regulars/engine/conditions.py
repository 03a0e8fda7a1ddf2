"""Conditions compiled to plain closures: one test of the scene (asked once per order), one of each line.

A plain list of conditions means all of them. Conditions on product, category, brand and tag choose lines; the others
choose orders. Inside `any` and `not` the two kinds are asked line by line.
"""

from collections.abc import Callable, Iterable
from functools import reduce

from regulars.engine import phrases
from regulars.engine.calendar import minute_of
from regulars.engine.document import RawWhen, Words
from regulars.engine.facts import Line, Order
from regulars.engine.program import LineTest, Scene, SceneTest

Test = Callable[[Scene, Line], bool]
# Asked of a basket and its lines; an activity has none.
NO_LINE, NO_CURRENCY = Line("", "", 0, 0), ""
OF_ORDERS = (
    "product", "category", "brand", "tag", "payment", "code", "nth_order", "order_at_least", "order_at_most",
    "quantity_at_least",
)  # fmt: skip
# What the order's memo must remember of the member.
OF_MEMBERS = ("plan", "segment", "attribute", "country", "nth_order")


def listed(words: Words) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, list) else (words,) if words else ()


def uses(when: RawWhen | None, names: Iterable[str]) -> list[str]:
    """Which of these conditions are written anywhere in `when`."""
    if when is None:
        return []
    asked = tuple(names)
    found = [name for name in asked if getattr(when, name)]
    for nested in (*when.every, *when.some, when.none):
        found += uses(nested, asked)
    return found


def compiled(when: RawWhen | None, currency: str) -> tuple[SceneTest | None, LineTest | None]:
    """(scene test, line test); None where everything passes. Raises ValueError."""
    if when is None:
        return None, None
    lines = _line_tests(when)
    for nested in when.every:
        _, line = compiled(nested, currency)
        lines += [line] if line else []
    if when.some:
        lines.append(_any([_whole(nested, currency) for nested in when.some]))
    if when.none:
        lines.append(_not(_whole(when.none, currency)))
    return both_scenes(*parted(when, currency)), _all_lines(lines)


def parted(when: RawWhen | None, currency: str) -> tuple[SceneTest | None, SceneTest | None]:
    """The scene test in two: what the local day and the tiers decide, and what else is asked. Raises ValueError."""
    if when is None:
        return None, None
    of_days, others = _day_tests(when), _other_tests(when, currency)
    for nested in when.every:
        of_day, other = parted(nested, currency)
        of_days += [of_day] if of_day else []
        others += [other] if other else []
    return reduce(both_scenes, of_days, None), reduce(both_scenes, others, None)


def of_scene(when: RawWhen | None) -> SceneTest | None:
    """One test where there is no order: `any` and `not` look at the scene alone, and no amount is asked. Raises
    ValueError.
    """
    scene_test, line_test = compiled(when, NO_CURRENCY)
    if line_test is None:
        return scene_test
    return lambda scene: (scene_test is None or scene_test(scene)) and line_test(scene, NO_LINE)


def categories_alone(when: RawWhen | None) -> frozenset[str] | None:
    """The categories, where nothing else is asked of lines."""
    if when is None or not when.category or when.every or when.some or when.none:
        return None
    return None if uses(when, ("product", "brand", "tag")) else frozenset(listed(when.category))


def both(first: LineTest | None, second: LineTest | None) -> LineTest | None:
    return _all_lines([test for test in (first, second) if test is not None])


def _line_tests(when: RawWhen) -> list[LineTest]:
    tests: list[LineTest] = []
    if products := frozenset(listed(when.product)):
        tests.append(lambda _, line: line.sku in products)
    if categories := frozenset(listed(when.category)):
        tests.append(lambda _, line: line.category in categories)
    if brands := frozenset(listed(when.brand)):
        tests.append(lambda _, line: line.brand in brands)
    if tags := frozenset(listed(when.tag)):
        tests.append(lambda _, line: not tags.isdisjoint(line.tags))
    return tests


def _day_tests(when: RawWhen) -> list[SceneTest]:
    """The same for every order of a local day at the same tiers."""
    tests: list[SceneTest] = []
    if tiers := frozenset(listed(when.tier)):
        tests.append(lambda scene: not tiers.isdisjoint(scene.tiers))
    if weekdays := frozenset(phrases.weekday(text) for text in listed(when.weekday)):
        tests.append(lambda scene: scene.weekday in weekdays)
    if when.starts:
        first = phrases.local_day(when.starts)
        tests.append(lambda scene: scene.day >= first)
    if when.ends:
        last = phrases.local_day(when.ends)
        tests.append(lambda scene: scene.day <= last)
    return tests


def _other_tests(when: RawWhen, currency: str) -> list[SceneTest]:
    return [
        *_place_tests(when),
        *_order_tests(when),
        *_member_tests(when),
        *_time_tests(when),
        *_size_tests(when, currency),
    ]


def _place_tests(when: RawWhen) -> list[SceneTest]:
    tests: list[SceneTest] = []
    if channels := frozenset(listed(when.channel)):
        tests.append(lambda scene: scene.what.channel in channels)
    if stores := frozenset(listed(when.store)):
        tests.append(lambda scene: scene.what.store in stores)
    if partners := frozenset(listed(when.partner)):
        tests.append(lambda scene: scene.what.partner in partners)
    if countries := frozenset(listed(when.country)):
        tests.append(lambda scene: (scene.what.country or scene.known.country) in countries)
    return tests


def _order_tests(when: RawWhen) -> list[SceneTest]:
    tests: list[SceneTest] = []
    if codes := frozenset(listed(when.code)):
        tests.append(lambda scene: isinstance(scene.what, Order) and not codes.isdisjoint(scene.what.codes))
    if methods := frozenset(listed(when.payment)):
        tests.append(
            lambda scene: isinstance(scene.what, Order) and any(p.method in methods for p in scene.what.payments)
        )
    if numbers := [phrases.nth(text) for text in listed(when.nth_order)]:
        tests.append(lambda scene: any(_is_nth(scene.known.nth, number, every) for number, every in numbers))
    return tests


def _is_nth(nth: int, number: int, every: int) -> bool:
    return nth > 0 and nth % every == 0 if every else nth == number


def _member_tests(when: RawWhen) -> list[SceneTest]:
    tests: list[SceneTest] = []
    if plans := frozenset(listed(when.plan)):
        tests.append(lambda scene: not plans.isdisjoint(scene.known.plans))
    if segments := frozenset(listed(when.segment)):
        tests.append(lambda scene: not segments.isdisjoint(scene.known.segments))
    for name, words in when.attribute.items():
        tests.append(_attribute(name, frozenset(listed(words))))
    return tests


def _attribute(name: str, values: frozenset[str]) -> SceneTest:
    return lambda scene: scene.known.attributes.get(name) in values


def _time_tests(when: RawWhen) -> list[SceneTest]:
    spans = [phrases.hours(text) for text in listed(when.hours)]
    return [lambda scene: _is_within(minute_of(scene.clock), spans)] if spans else []


def _is_within(minute: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(_is_between(minute, since, until) for since, until in spans)


def _is_between(minute: int, since: int, until: int) -> bool:
    return since <= minute < until if since < until else minute >= since or minute < until


def _size_tests(when: RawWhen, currency: str) -> list[SceneTest]:
    tests: list[SceneTest] = []
    if when.order_at_least:
        least = phrases.money(when.order_at_least, currency)
        tests.append(lambda scene: scene.net >= least)
    if when.order_at_most:
        most = phrases.money(when.order_at_most, currency)
        tests.append(lambda scene: scene.net <= most)
    return tests


def _whole(when: RawWhen, currency: str) -> Test:
    scene_test, line_test = compiled(when, currency)
    if scene_test is None:
        return line_test or (lambda _scene, _line: True)

    def test(scene: Scene, line: Line) -> bool:
        return scene_test(scene) and (line_test is None or line_test(scene, line))

    return test


def _any(tests: list[Test]) -> LineTest:
    return lambda scene, line: any(test(scene, line) for test in tests)


def _not(test: Test) -> LineTest:
    return lambda scene, line: not test(scene, line)


def both_scenes(first: SceneTest | None, second: SceneTest | None) -> SceneTest | None:
    """Asked by every order: no generator is made for it."""
    if first is None or second is None:
        return first or second
    return lambda scene: first(scene) and second(scene)


def _all_lines(tests: Iterable[LineTest]) -> LineTest | None:
    asked = tuple(tests)
    return reduce(_both, asked) if asked else None


def _both(first: LineTest, second: LineTest) -> LineTest:
    """Asked for every line of every order, and half the price of a generator over the tests."""
    return lambda scene, line: first(scene, line) and second(scene, line)
