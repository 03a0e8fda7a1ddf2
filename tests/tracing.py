"""Counting lines makes a test up to three times as slow, so it is done where it finds something.

Of properties the first examples are counted: the others are for finding faults. Doors and whole processes are not
counted: what decides about points has tests of its own.
"""

import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

COUNTED = 25
UNCOUNTED = frozenset(
    ("api", "browser", "cli", "console", "gateway", "insight", "journeys", "portal", "project", "storefront")
)
# Of a module elsewhere that is not counted.
MARK = "uncounted"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: its tests run long, and reach nothing that others do not")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    tracer = sys.gettrace()
    if tracer is None or not (item.get_closest_marker(MARK) or any(map(item.get_closest_marker, UNCOUNTED))):
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    tracer, property_ = sys.gettrace(), getattr(getattr(item, "obj", None), "hypothesis", None)
    if tracer is None or property_ is None:
        return (yield)
    whole = property_.inner_test
    property_.inner_test = _counted_at_first(whole)
    try:
        return (yield)
    finally:
        property_.inner_test = whole
        sys.settrace(tracer)


def _counted_at_first(whole: Callable[..., Any]) -> Callable[..., Any]:
    left = COUNTED

    @functools.wraps(whole)
    def example(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            sys.settrace(None)
        return whole(*given, **named)

    return example
