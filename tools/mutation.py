"""A pytest plugin for mutants.py: collects the tests once, then lets every mutant meet them in a process of its own.

A mutant meets the test that noticed it before; then, of the tests that come by the lines it changes, those that lately
noticed something in the same function, those of the file of the module's name and the quick ones, as many as end within
four seconds. The first that fails ends it. A test that takes much longer than it should is ended too: some mutants
never stop. The tests are called as plain functions; those that ask for fixtures are left out.
"""

import gc
import os
import resource
import signal
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from importlib import import_module
from inspect import signature
from pathlib import Path
from textwrap import indent
from types import FunctionType, ModuleType
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import Phase, settings

from tools.mutants import NAMES, Found, kept, read, stamp_of_tests
from tools.mutations import Changed, mutations
from tools.reached import Reach, Reached, reach

T = TypeVar("T")
MOST_SECONDS, SPARE_SECONDS, MOST_BYTES = 4.0, 1.0, 8 * 2**30
NEVER_ENDED = "(did not come to an end)"


def pytest_collection() -> None:
    """Few examples, the same ones for every mutant, and no search for smaller ones."""
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile("mutants", settings(), max_examples=15, derandomize=True, database=None, phases=phases)
    settings.load_profile("mutants")


def pytest_runtestloop(session: pytest.Session) -> bool:
    if session.testsfailed:
        raise session.Failed("The tests must be there before mutants can meet them.")
    layer, *names = os.environ[NAMES].split()
    stamp = stamp_of_tests(layer)
    found = [item for item in session.items if isinstance(item, pytest.Function)]
    tests = {
        item.nodeid: _called(item) for item in found if _parameters(item).keys() >= {*signature(item.obj).parameters}
    }
    gc.collect()
    gc.freeze()
    for name in names:
        begun = time.monotonic()
        Meeting(layer, name, tests).hold(stamp)
        print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    return True


def _parameters(item: pytest.Function) -> dict[str, object]:
    return item.callspec.params if hasattr(item, "callspec") else {}


def _called(item: pytest.Function) -> Callable[[], object]:
    return lambda: item.obj(**_parameters(item))


class Meeting:
    """Of the mutants of one module with the tests of its layer."""

    def __init__(self, layer: str, name: str, tests: dict[str, Callable[[], object]]) -> None:
        self.layer, self.name, self.tests = layer, name, tests
        self.module = import_module(f"regulars.{layer}.{name.replace('/', '.').removesuffix('.__init__')}")
        self.lately: dict[str, list[str]] = defaultdict(list)

    def hold(self, stamp: str) -> None:
        """With all mutants of which nothing is known for these tests."""
        before = read(self.layer, self.name)
        killers = {found.mutant: found.killer for found in before.found}
        known = before.holding(self.layer, self.name, {*self.tests, NEVER_ENDED})
        for found in known:
            self._remember(found)
        skipped = Counter(found.mutant for found in known)
        with kept(self.layer, self.name, stamp, known) as keep:
            for changed in mutations(Path(str(self.module.__file__))):
                if skipped[changed.mutant]:
                    skipped[changed.mutant] -= 1
                    continue
                found = Found(changed.mutant, self._killer(changed, killers.get(changed.mutant, "")))
                self._remember(found)
                keep(found)

    def _remember(self, found: Found) -> None:
        if found.killer:
            self.lately[found.mutant.where].append(found.killer)

    def _killer(self, changed: Changed, before: str) -> str:
        """The first test that notices; nothing if none does."""
        if before in self.tests and (killer := self._met(changed, [before])):
            return killer
        return self._met(changed, list(self._order(changed)))

    def _order(self, changed: Changed) -> Iterator[str]:
        function = _function(vars(self.module), changed.mutant.where).__code__
        whole = {line for _, _, line in function.co_lines() if line}
        own = f"tests/{self.layer}/test_{self.name.rpartition('/')[2]}.py"
        quick = self._reach.tests(changed.lines, whole, MOST_SECONDS, own)
        lately = [test for test in reversed(self.lately[changed.mutant.where]) if test in quick]
        yield from dict.fromkeys([*lately, *quick])

    @cached_property
    def _reach(self) -> Reach:
        return reach(self.layer, self.name, self.tests, lambda work: _sure(_apart(work, Reached)))

    def _met(self, changed: Changed, order: list[str]) -> str:
        killer = _apart(lambda: self._noticed(changed, order), str)
        return NEVER_ENDED if killer is None else killer

    def _noticed(self, changed: Changed, order: list[str]) -> str:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        _graft(self.module, changed)
        for test in order:
            signal.setitimer(signal.ITIMER_VIRTUAL, SPARE_SECONDS + 10 * self._seconds(test))
            if not _passes(self.tests[test]):
                return test
        return ""

    def _seconds(self, test: str) -> float:
        return self._reach.seconds[test] if "_reach" in vars(self) else 1.0


def _graft(module: ModuleType, changed: Changed) -> None:
    """Makes the function that everybody has imported already into the one of the mutant."""
    fresh, name = dict(vars(module)), changed.mutant.where.rpartition(".")[2]
    old = _function(vars(module), changed.mutant.where)
    # Whoever says `super()` knows the class around it.
    within = bool(old.__code__.co_freevars)
    source = f"class Within:\n{indent(changed.function, '    ')}" if within else changed.function
    exec(compile(source, str(module.__file__), "exec"), fresh)  # noqa: S102 — this is what mutants are
    new = _plain(vars(fresh["Within"])[name] if within else fresh[name])
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _function(names: dict[str, Any], where: str) -> FunctionType:
    owner, _, name = where.rpartition(".")
    return _plain(vars(names[owner])[name] if owner else names[name])


def _plain(found: Any) -> FunctionType:
    function: FunctionType = getattr(found, "fget", None) or getattr(found, "__func__", found)
    return function


def _passes(test: Callable[[], object]) -> bool:
    try:
        test()
    except BaseException:  # noqa: BLE001 — whatever a mutant does, it has been noticed
        return False
    return True


def _sure(found: T | None) -> T:
    assert found is not None, "The tests must pass before mutants can meet them."
    return found


def _apart(work: Callable[[], T], kind: type[T]) -> T | None:
    """What this work returns in a process of its own; None if that was ended before it could say so."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 1)
            with os.fdopen(writing, "wb") as told:
                told.write(msgspec.msgpack.encode(work()))
            code = 0
        except BaseException:  # noqa: BLE001 — said here, and the parent stops
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as telling:
        said = telling.read()
    _, status = os.waitpid(child, 0)
    assert said or os.WIFSIGNALED(status), "What was to be done apart has failed."
    return msgspec.msgpack.decode(said, type=kind, strict=False) if said else None
