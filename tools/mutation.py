"""A pytest plugin for mutants.py: collects the tests once, then lets every mutant meet them in a process of its own.

A mutant meets only the tests that call the function it changes: those that lately noticed something in it first, then
the quick ones. The first that fails ends it. A test that takes much longer than it should is ended too: some mutants
never stop.
"""

import math
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any, TypeVar

import msgspec
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings
from msgspec import Struct

from tools.mutants import NAMES, Found, Mutant, kept, read, stamp_for
from tools.mutations import mutations

T = TypeVar("T")
SPARE_SECONDS, MOST_BYTES = 2, 8 * 2**30
NEVER_ENDED = "(did not come to an end)"


class Measured(Struct):
    """Of each test the seconds that it takes while it is watched, some three times the usual, and the functions that it
    calls, as (file, name)."""

    seconds: dict[str, float]
    calls: dict[str, set[tuple[str, str]]]


class Tests(Struct):
    items: dict[str, pytest.Item]
    measured: Measured

    def order(self, file: str, where: str, first: Iterable[str]) -> list[str]:
        quick = sorted(self.items, key=lambda test: self.measured.seconds[test])
        return [test for test in dict.fromkeys([*first, *quick]) if (file, where) in self.measured.calls.get(test, ())]


def pytest_collection() -> None:
    """Few examples, the same ones for every mutant, and no search for smaller ones."""
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile("mutants", settings(), max_examples=15, derandomize=True, database=None, phases=phases)
    settings.load_profile("mutants")


def pytest_runtestloop(session: pytest.Session) -> bool:
    layer, *names = os.environ[NAMES].split()
    stamps = {name: stamp_for(layer, name) for name in names}
    measured = None if session.testsfailed else _apart(lambda: _measured(session.items), Measured)
    if measured is None:
        raise session.Failed("The tests must pass before mutants can meet them.")
    tests = Tests({item.nodeid: item for item in session.items}, measured)
    for name, stamp in stamps.items():
        begun = time.monotonic()
        _meet(layer, name, stamp, tests)
        print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    return True


def _meet(layer: str, name: str, stamp: str, tests: Tests) -> None:
    """All mutants of a module that have not met these tests before."""
    module = sys.modules[f"regulars.{layer}.{name.replace('/', '.').removesuffix('.__init__')}"]
    before = read(layer, name)
    killers = {found.mutant: found.killer for found in before.found}
    known = before.found if before.stamp == stamp else []
    lately: dict[str, list[str]] = defaultdict(list)
    with kept(layer, name, stamp, known) as keep:
        for mutant, source in islice(mutations(Path(str(module.__file__))), len(known), None):
            first = [killers.get(mutant, ""), *reversed(lately[mutant.where])]
            order = tests.order(str(module.__file__), mutant.where, first)
            killer = _apart(lambda: _killer(module, mutant, source, order, tests), str)  # noqa: B023 — called at once
            killer = NEVER_ENDED if killer is None else killer
            lately[mutant.where].append(killer)
            keep(Found(mutant, killer))


def _killer(module: ModuleType, mutant: Mutant, source: str, order: list[str], tests: Tests) -> str:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    _graft(module, mutant.where, source)
    for test, following in zip(order, [*order[1:], ""], strict=True):
        until = time.process_time() + SPARE_SECONDS + tests.measured.seconds[test]
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(until), resource.RLIM_INFINITY))
        if not _passes(tests.items[test], tests.items.get(following)):
            return test
    return ""


def _graft(module: ModuleType, where: str, source: str) -> None:
    """Makes the function that everybody has imported already into the one of the mutant."""
    fresh: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    exec(compile(source, str(module.__file__), "exec"), fresh)  # noqa: S102 — this is what mutants are
    old, new = _function(vars(module), where), _function(fresh, where)
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _function(names: dict[str, Any], where: str) -> FunctionType:
    owner, _, name = where.rpartition(".")
    found = vars(names[owner])[name] if owner else names[name]
    function: FunctionType = getattr(found, "__func__", found)
    return function


def _measured(items: list[pytest.Item]) -> Measured:
    measured = Measured({}, {})
    for item, following in zip(items, [*items[1:], None], strict=True):
        called: set[tuple[str, str]] = set()
        begun = time.process_time()
        sys.setprofile(lambda frame, event, _: _note(called, frame) if event == "call" else None)  # noqa: B023 — ends with the round
        passed = _passes(item, following)
        sys.setprofile(None)
        assert passed, item.nodeid
        measured.seconds[item.nodeid], measured.calls[item.nodeid] = time.process_time() - begun, called
    return measured


def _note(called: set[tuple[str, str]], frame: FrameType) -> None:
    called.add((frame.f_code.co_filename, frame.f_code.co_qualname.partition(".<locals>")[0]))


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    return all(report.passed for report in runtestprotocol(item, log=False, nextitem=following))


def _apart(work: Callable[[], T], kind: type[T]) -> T | None:
    """What this work returns in a process of its own; None if that ended before it could say so."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            with os.fdopen(writing, "wb") as told:
                told.write(msgspec.msgpack.encode(work()))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as telling:
        said = telling.read()
    os.waitpid(child, 0)
    return msgspec.msgpack.decode(said, type=kind) if said else None
