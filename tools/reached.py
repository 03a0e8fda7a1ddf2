"""Which lines of a layer each of its tests comes by, and how long it takes: kept with the code and the tests, since to
watch all of them takes half a minute."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

import coverage
import msgspec
from msgspec import Struct

from regulars.project.place import CHECKOUT
from tools.long import LOGS, stamp
from tools.mutants import PAGES

Run = Callable[[], object]


class Reached(Struct):
    """By the tests of one file: the seconds of CPU time of each while it is watched; of each module the lines, with the
    places of these tests among `seconds`."""

    stamp: str = ""
    seconds: dict[str, float] = {}
    lines: dict[str, dict[int, list[int]]] = {}


class Reach(Struct):
    """Of one module."""

    seconds: dict[str, float]
    lines: dict[int, list[str]]

    def tests(self, lines: Iterable[int], whole: Iterable[int], most: float, own: str) -> list[str]:
        """Those that come by one of these lines, or by the whole if none does: those of its `own` file first, then the
        quick ones, as many as end in `most` seconds."""
        found = self._at(lines) or self._at(whole)
        chosen: list[str] = []
        spent = 0.0
        for test in sorted(found, key=lambda test: (not test.startswith(own), self.seconds[test], test)):
            spent += self.seconds[test]
            if chosen and spent > most:
                break
            chosen.append(test)
        return chosen

    def _at(self, lines: Iterable[int]) -> set[str]:
        return {test for line in lines for test in self.lines.get(line, ())}


def reach(layer: str, module: str, tests: dict[str, Run], apart: Callable[[Callable[[], Reached]], Reached]) -> Reach:
    """Asks the tests of each file again if they, or the layer, have changed since."""
    found = Reach({}, defaultdict(list))
    for name, each in groupby(tests, key=lambda test: test.partition("::")[0]):
        reached = _reached(layer, name, {test: tests[test] for test in each}, apart)
        found.seconds |= reached.seconds
        names = list(reached.seconds)
        for line, places in reached.lines.get(module, {}).items():
            found.lines[line] += [names[place] for place in places]
    return found


def _reached(
    layer: str, name: str, tests: dict[str, Run], apart: Callable[[Callable[[], Reached]], Reached]
) -> Reached:
    file = CHECKOUT / name
    around = [path for path in file.parent.glob("*.py") if not path.name.startswith("test_")]
    pages = [CHECKOUT / page for page in PAGES] if "pages" in file.read_text() else []
    stamped = stamp(CHECKOUT / f"src/regulars/{layer}", file, *around, *pages)
    kept = LOGS / "mutants" / layer / "reached" / f"{file.stem}.msgpack"
    if kept.exists():
        known = msgspec.msgpack.decode(kept.read_bytes(), type=Reached, strict=False)
        if known.stamp == stamped:
            return known
    found = apart(lambda: _watched(layer, tests))
    found.stamp = stamped
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(msgspec.msgpack.encode(found))
    return found


def _watched(layer: str, tests: dict[str, Run]) -> Reached:
    found = Reached(seconds={}, lines={})
    watch = coverage.Coverage(
        data_file=None, config_file=False, messages=False, include=[str(CHECKOUT / f"src/regulars/{layer}/*")]
    )
    watch.start()
    for test, run in tests.items():
        watch.switch_context(test)
        begun = time.process_time()
        run()
        found.seconds[test] = time.process_time() - begun
    watch.stop()
    told, places = watch.get_data(), {test: place for place, test in enumerate(tests)}
    for file in told.measured_files():
        lines = told.contexts_by_lineno(file).items()
        found.lines[_name(layer, file)] = {line: [places[test] for test in who if test] for line, who in lines}
    return found


def _name(layer: str, file: str) -> str:
    return str(Path(file).relative_to(CHECKOUT / f"src/regulars/{layer}").with_suffix(""))
