"""`./run test LAYER --long --mutants [MODULE...]`: whether a test notices when the code is a little wrong.

Mutmut makes a mutant of each small thing that could be different in a module. One that no test notices needs a reason
in tests/LAYER/mutants.toml: that it behaves the same. The digest of a module that has no others is written there too:
without modules only those are asked that changed since, and without `--long` they are only named. What was found is
remembered with the module and the tests it was found for, so that a run that was cut short goes on where it was. When
only tests have changed, those that no test noticed are asked again, and those whose test is gone.
"""

import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec import Struct

from regulars.project.place import CHECKOUT
from tools.long import LOGS, stamp

# What tests of the engine read besides.
PAGES = ("docs/rules", "docs/publishing.md", "docs/refusals.md")
NAMES, CLEAN = "REGULARS_MUTANTS", "clean"
# Stories on the rule pages say of the engine what no table can.
ALSO = {"engine": ("tests/programs/test_story_pages.py",)}
PLUGINS = ("-p", "tools.mutation", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist")


class Mutant(Struct, frozen=True, order=True):
    """The lines that a function loses, and those it has instead."""

    where: str
    was: str
    becomes: str


class Found(Struct):
    """`killer` is the first test that noticed; empty if none did."""

    mutant: Mutant
    killer: str


class Findings(Struct):
    """For a module and the tests as they were."""

    module: str
    tests: str
    found: list[Found]
    complete: bool = False

    def holding(self, layer: str, name: str, tests: Container[str]) -> list[Found]:
        """Those that hold for the module as it is: what a test has noticed it notices as long as it is there.

        A line may stand twice in a function: of mutants that read alike all are asked again, if one has to be.
        """
        if self.module != _digest(layer, name):
            return []
        if self.tests == stamp_of_tests(layer):
            return self.found
        again = {found.mutant for found in self.found if found.killer not in tests}
        return [found for found in self.found if found.mutant not in again]


class Reason(Struct, forbid_unknown_fields=True):
    """One reason may hold for several mutants of the same lines."""

    where: str
    was: str
    becomes: str | list[str]
    why: str

    @property
    def mutants(self) -> set[Mutant]:
        said = self.becomes if isinstance(self.becomes, list) else [self.becomes]
        return {Mutant(self.where, self.was, becomes) for becomes in said}


def name_due(layer: str, _words: list[str]) -> int:
    """Names the modules that have changed since no mutant of them was left, or that were never asked."""
    known, modules = clean(layer), _modules(layer)
    due = [f"{name}{' (changed)' * (name in known)}" for name in modules if not _is_clean(layer, name)]
    print(f"{len(modules)} modules, {len(due)} of them to ask for mutants: {', '.join(due) or 'none'}.")
    return 0


def run_mutants(layer: str, wanted: list[str]) -> int:
    """These modules of a layer; all that changed since they were clean, if none are named."""
    if not find_spec("mutmut"):
        print('Mutmut makes the mutants: .venv/bin/python -m pip install "mutmut>=3.8.1,<3.9"', file=sys.stderr)
        return 1
    names = _modules(layer)
    if unknown := [name for name in wanted if name not in names]:
        print(f"No such modules: {', '.join(unknown)}. There are: {', '.join(names)}.", file=sys.stderr)
        return 1
    chosen = wanted or [name for name in names if not _is_clean(layer, name)]
    due = [name for name in chosen if not _is_known(layer, name)]
    print(f"{len(chosen)} modules, {len(chosen) - len(due)} of them known for this code and these tests.", flush=True)
    if due and _pytest(layer, due):
        return 1
    given = reasons(layer)
    left = [name for name in chosen if _tell(layer, name, given.get(name, []))]
    _note(layer, {name: _digest(layer, name) for name in chosen if name not in left}, left)
    return 1 if left else 0


def _modules(layer: str) -> list[str]:
    folder = CHECKOUT / f"src/regulars/{layer}"
    return [str(path.relative_to(folder).with_suffix("")) for path in sorted(folder.rglob("*.py"))]


def _pytest(layer: str, names: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", f"tests/{layer}", *ALSO.get(layer, ()), "-q", "-s", *PLUGINS]
    told = os.environ | {"REGULARS_LONG": "0.05", NAMES: " ".join([layer, *names])}
    return subprocess.run(command, cwd=CHECKOUT, check=False, env=told).returncode


def _tell(layer: str, name: str, reasons: list[Reason]) -> int:
    """Prints what is left to do for a module, and how much that is."""
    found = read(layer, name).found
    alive = Counter(each.mutant for each in found if not each.killer)
    excused = {mutant for reason in reasons for mutant in reason.mutants}
    without, needless = sorted(set(alive) - excused), sorted(excused - set(alive))
    print(f"{name}: {len(found)} mutants, {len(found) - alive.total()} noticed, {len(without)} without a reason.")
    for mutant in without:
        told = [_toml("where", mutant.where), _toml("was", mutant.was), _toml("becomes", mutant.becomes)]
        print("\n".join(["", f'[["{name}"]]', *told, 'why = ""']))
    for mutant in needless:
        print(f"  Needs no reason any more: {mutant}")
    return len(without) + len(needless)


def _toml(key: str, text: str) -> str:
    quote = "'''" if "\n" in text or "'" in text else "'"
    return f"{key} = {quote}{text}{quote}"


def reasons(layer: str) -> dict[str, list[Reason]]:
    said = {name: given for name, given in _said(layer).items() if name != CLEAN}
    return msgspec.convert(said, dict[str, list[Reason]])


def clean(layer: str) -> dict[str, str]:
    """The digest of each module when it had no mutant without a reason."""
    return msgspec.convert(_said(layer).get(CLEAN, {}), dict[str, str])


def _is_clean(layer: str, name: str) -> bool:
    return clean(layer).get(name) == _digest(layer, name)


def _digest(layer: str, name: str) -> str:
    return stamp(CHECKOUT / f"src/regulars/{layer}/{name}.py")


def _note(layer: str, cleaned: dict[str, str], left: list[str]) -> None:
    """Writes the table of clean modules anew."""
    known = {name: digest for name, digest in (clean(layer) | cleaned).items() if name not in left}
    lines = [f'"{name}" = "{digest}"' for name, digest in sorted(known.items())]
    path = _file_of_reasons(layer)
    table = "\n".join([f"[{CLEAN}]", *lines])
    path.write_text(re.sub(rf'^\[{CLEAN}\](\n".*)*', table, path.read_text(), flags=re.MULTILINE))


def _said(layer: str) -> dict[str, object]:
    return tomllib.loads(_file_of_reasons(layer).read_text())


def _file_of_reasons(layer: str) -> Path:
    return CHECKOUT / f"tests/{layer}/mutants.toml"


# What was found


def stamp_of_tests(layer: str) -> str:
    """Of all tests that mutants of a layer meet."""
    return stamp(CHECKOUT / f"tests/{layer}", *[CHECKOUT / name for name in (*PAGES, *ALSO.get(layer, ()))])


def read(layer: str, name: str) -> Findings:
    try:
        first, *lines = _file(layer, name).read_text().splitlines()
        module, tests = first.split()
    except (FileNotFoundError, ValueError):
        return Findings("", "", [])
    complete = bool(lines) and lines[-1] == "complete"
    found = [msgspec.json.decode(line, type=Found) for line in lines if line != "complete"]
    return Findings(module, tests, found, complete)


@contextmanager
def kept(layer: str, name: str, tests: str, known: list[Found]) -> Iterator[Callable[[Found], None]]:
    """Keeps each finding as soon as it is made; complete when the block ends well."""
    path = _file(layer, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", buffering=1) as out:

        def keep(line: str) -> None:
            out.write(f"{line}\n")

        keep(f"{_digest(layer, name)} {tests}")
        for found in known:
            keep(msgspec.json.encode(found).decode())
        yield lambda found: keep(msgspec.json.encode(found).decode())
        keep("complete")


def _file(layer: str, name: str) -> Path:
    return LOGS / "mutants" / layer / f"{name}.txt"


def _is_known(layer: str, name: str) -> bool:
    findings = read(layer, name)
    return findings.complete and (findings.module, findings.tests) == (_digest(layer, name), stamp_of_tests(layer))
