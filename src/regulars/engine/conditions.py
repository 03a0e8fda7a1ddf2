"""Conditions compiled to plain closures: one test of the scene (asked once per order), one of each line.

A plain list of conditions means all of them. Conditions on product, category and brand choose lines; the others choose
orders. Inside `any` and `not` the two kinds are asked line by line.
"""

from collections.abc import Callable, Iterable
from functools import reduce

from regulars.engine import phrases
from regulars.engine.document import RawWhen, Words
from regulars.engine.facts import Line
from regulars.engine.program import LineTest, Scene, SceneTest

Check = Callable[[str, Callable[[], object]], object]
Test = Callable[[Scene, Line], bool]


def listed(words: Words) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, list) else (words,) if words else ()


def compiled(when: RawWhen | None, currency: str) -> tuple[SceneTest | None, LineTest | None]:
    """(scene test, line test); None where everything passes. Raises ValueError."""
    if when is None:
        return None, None
    scenes = _scene_tests(when, currency)
    lines = _line_tests(when)
    for nested in when.every:
        scene, line = compiled(nested, currency)
        scenes += [scene] if scene else []
        lines += [line] if line else []
    if when.some:
        lines.append(_any([_whole(nested, currency) for nested in when.some]))
    if when.none:
        lines.append(_not(_whole(when.none, currency)))
    return _all_scenes(scenes), _all_lines(lines)


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
    return tests


def _scene_tests(when: RawWhen, currency: str) -> list[SceneTest]:
    tests: list[SceneTest] = []
    if channels := frozenset(listed(when.channel)):
        tests.append(lambda scene: scene.channel in channels)
    if stores := frozenset(listed(when.store)):
        tests.append(lambda scene: scene.store in stores)
    if tiers := frozenset(listed(when.tier)):
        tests.append(lambda scene: scene.tier in tiers)
    if codes := frozenset(listed(when.code)):
        tests.append(lambda scene: not codes.isdisjoint(scene.codes))
    if weekdays := frozenset(phrases.weekday(text) for text in listed(when.weekday)):
        tests.append(lambda scene: scene.weekday in weekdays)
    return tests + _date_tests(when) + _size_tests(when, currency)


def _date_tests(when: RawWhen) -> list[SceneTest]:
    tests: list[SceneTest] = []
    if when.starts:
        first = phrases.local_day(when.starts)
        tests.append(lambda scene: scene.day >= first)
    if when.ends:
        last = phrases.local_day(when.ends)
        tests.append(lambda scene: scene.day <= last)
    return tests


def _size_tests(when: RawWhen, currency: str) -> list[SceneTest]:
    if not when.order_at_least:
        return []
    least = phrases.money(when.order_at_least, currency)
    return [lambda scene: scene.net >= least]


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


def _all_scenes(tests: list[SceneTest]) -> SceneTest | None:
    if len(tests) < 2:
        return tests[0] if tests else None
    return lambda scene: all(test(scene) for test in tests)


def _all_lines(tests: Iterable[LineTest]) -> LineTest | None:
    asked = tuple(tests)
    return reduce(_both, asked) if asked else None


def _both(first: LineTest, second: LineTest) -> LineTest:
    """Asked for every line of every order, and half the price of a generator over the tests."""
    return lambda scene, line: first(scene, line) and second(scene, line)
