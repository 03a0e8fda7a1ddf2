"""`./run test LAYER --long`: every property over many more histories, other ones each time, a process for each core.

A property that held is remembered with the code it held for: that of the engine, of the property's own file, and of
what it draws its histories from. So a run that was cut short goes on where it was.
"""

import hashlib
import os
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from regulars.project.place import CHECKOUT

# So many times the usual 300 examples of a property make 20,100.
TIMES = 67
LOGS = CHECKOUT / ".long"
WRITTEN = (".md", ".py")
KINDLY = ("nice", "-n", "19")
EXAMPLES = re.compile(r"(\d+) passing, ")


def run_long(layer: str, wanted: list[str]) -> int:
    """All properties of a layer, or those with one of these words in their name."""
    LOGS.mkdir(exist_ok=True)
    found = [name for name in _properties(layer) if not wanted or any(word in name for word in wanted)]
    codes = {name: _code(layer, name) for name in found}
    due = [name for name in found if not _has_held(name, codes[name])]
    print(f"{len(found)} properties, {len(found) - len(due)} of them held before for this code.", flush=True)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        failed = sum(pool.map(lambda name: _one(name, codes[name]), due))
    return 1 if failed or not found else 0


def _code(layer: str, name: str) -> str:
    """What a property holds for: other tests may change."""
    shared = [file for file in (CHECKOUT / f"tests/{layer}").rglob("*.py") if not file.name.startswith("test_")]
    return stamp(CHECKOUT / "src/regulars/engine", CHECKOUT / name.partition("::")[0], *shared)


def _properties(layer: str) -> list[str]:
    told = _pytest([f"tests/{layer}", "-m", "hypothesis", "--collect-only", "-q"]).stdout
    return [line for line in told.splitlines() if "::" in line]


def _one(name: str, code: str) -> int:
    """Runs one property; 1 if it fails."""
    seed, begun = random.SystemRandom().randrange(2**32), time.monotonic()
    words = [name, "-q", "-p", "no:cacheprovider", "--hypothesis-show-statistics", f"--hypothesis-seed={seed}"]
    ran = _pytest(words, TIMES)
    log = _log(name)
    examples = EXAMPLES.findall(ran.stdout)
    outcome = "FAILED" if ran.returncode else "held"
    log.write_text(f"{'held' if not ran.returncode else 'failed'} {code} {seed}\n{ran.stdout}{ran.stderr}")
    said = f"{int(examples[-1]):,} examples" if examples else "no count"
    print(f"{outcome} {name}: {said}, seed {seed}, {time.monotonic() - begun:.0f} s", flush=True)
    if ran.returncode:
        again = f"REGULARS_LONG={TIMES} ./run test {name.split('/')[1]} -k {name.partition('::')[2]}"
        print(f"  {again} --hypothesis-seed={seed}; what it said is in {log.relative_to(CHECKOUT)}", flush=True)
    return int(ran.returncode != 0)


def _pytest(words: list[str], times: int = 1) -> subprocess.CompletedProcess[str]:
    command = [*KINDLY, sys.executable, "-m", "pytest", *words]
    told = os.environ | {"REGULARS_LONG": str(times)}
    return subprocess.run(command, cwd=CHECKOUT, check=False, capture_output=True, text=True, env=told)


def _log(name: str) -> Path:
    return LOGS / f"{re.sub(r'[^a-z0-9_]+', '-', name)}.txt"


def _has_held(name: str, code: str) -> bool:
    try:
        return _log(name).read_text().startswith(f"held {code} ")
    except FileNotFoundError:
        return False


def stamp(*paths: Path) -> str:
    """Of these files, and of everything in these folders that was written by somebody."""
    digest = hashlib.sha256()
    files = {file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))}
    for file in sorted(file for file in files if file.suffix in WRITTEN):
        digest.update(f"{file.relative_to(CHECKOUT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
