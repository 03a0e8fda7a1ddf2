"""The gates: what must hold before a change goes in. CI runs these very commands."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable

from regulars.compiled import SETTING
from regulars.project.place import CHECKOUT
from tools.chromium import MISSING, find_or_install
from tools.long import run_long
from tools.mutants import name_due, run_mutants

PYTHON = sys.executable
# mypy --strict on the rooms where a wrong type is a wrong number of points.
TYPED_FOLDERS = ("src/regulars/engine", "src/regulars/ledger", "src/regulars/rewards/pricing", "tools")
TYPED_PATTERNS = ("*/actions.py", "*/actions/*.py", "*/queries.py", "*/queries/*.py")
BROWSER_LAYER = "browser"
# Half a gigabyte and Java: only who asks for it.
SPARK_LAYER = "spark"
LONG, MUTANTS = "--long", "--mutants"
# Tests that kill, not properties: a long run of them kills more often, in another order each time.
FAULTS_LAYER = "faults"
KILLINGS = "30"
FAST_LAYERS = ("architecture", "engine")
# What is asked of the compiled modules as well.
COMPILED = (
    "tests/engine",
    "tests/intake/test_planning.py",
    "tests/intake/test_planning_rewards.py",
    "tests/project/test_compiling.py",
)
# Branch coverage, per cent, of what pyproject.toml names.
COVERAGE_FLOOR = 98
# A process for each core, each with a database of its own; whoever has nothing left to do takes over from the others.
IN_PARALLEL = ("-n", "auto", "--dist", "worksteal")


def check(_words: list[str]) -> int:
    """Everything that needs no database: about a minute."""
    fast = [layer for layer in FAST_LAYERS if layer in layers()]
    return _through(
        [*_static(), (f"tests of {' and '.join(fast)}", lambda: pytest([f"tests/{layer}" for layer in fast]))]
    )


def fix(_words: list[str]) -> int:
    """Formatting, imports, what ruff can mend by itself."""
    return _through([("ruff --fix", lambda: ruff("check", "--fix")), ("ruff format", lambda: ruff("format"))])


def test(words: list[str]) -> int:
    """`test`: everything. `test LAYER [pytest's own words]`: that folder's tests. `test LAYER --long [NAME...]`: its
    properties, over many more examples; with `--mutants [MODULE...]`: whether they notice small changes of the code.
    `test LAYER --mutants`: of which modules that is not known."""
    if words:
        layer = CHECKOUT / "tests" / words[0]
        if not layer.is_dir():
            return _complain(f"There is no layer {words[0]}. Layers: {', '.join(layers())}.")
        if words[0] == FAULTS_LAYER and LONG in words:
            seed = os.environ.setdefault("REGULARS_SEED", str(random.SystemRandom().randrange(2**32)))
            print(f"REGULARS_SEED={seed}", flush=True)
            os.environ["REGULARS_KILLINGS"] = KILLINGS
            words.remove(LONG)
        if LONG in words or MUTANTS in words:
            run = run_long if MUTANTS not in words else run_mutants if LONG in words else name_due
            return run(words[0], [word for word in words[1:] if word not in (LONG, MUTANTS)])
        return pytest([str(layer), "-rs", *words[1:]])
    return _through([*_static(), *_everything()])


def layers() -> list[str]:
    return sorted({path.parent.name for path in CHECKOUT.glob("tests/*/test_*.py")})


def ruff(*words: str) -> int:
    return _run("ruff", *words, ".")


def mypy() -> int:
    found = {
        path.relative_to(CHECKOUT) for pattern in TYPED_PATTERNS for path in CHECKOUT.glob(f"src/regulars/{pattern}")
    }
    files = sorted(str(path) for path in found if not str(path).startswith(TYPED_FOLDERS))
    return _run("mypy", *TYPED_FOLDERS, *files)


def migrations() -> int:
    """Whether the models say the same as the migrations; asks no database."""
    import django
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    django.setup()
    loader = MigrationLoader(None)
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("regulars.")}
    found = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph, ours)
    changes = [
        f"{label}: {operation.describe()}" for label, plan in found.items() for m in plan for operation in m.operations
    ]
    return _complain("Make a migration for these:\n" + "\n".join(changes)) if changes else 0


def pytest(words: list[str]) -> int:
    return _run("pytest", *words)


def arrows() -> int:
    # Not the installed script: its first line names a folder that moves with the checkout.
    return _command(PYTHON, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache")


def _static() -> list[tuple[str, Callable[[], int]]]:
    return [
        ("ruff format", lambda: ruff("format", "--check")),
        ("ruff", lambda: ruff("check")),
        ("import-linter", arrows),
        ("mypy --strict", mypy),
        ("migrations", migrations),
        ("message catalogues", _messages),
    ]


def _everything() -> list[tuple[str, Callable[[], int]]]:
    browser = find_or_install() if BROWSER_LAYER in layers() else "not needed"
    left_out = [f"--ignore=tests/{layer}" for layer in (SPARK_LAYER, *([] if browser else [BROWSER_LAYER]))]
    return [
        ("all tests", lambda: pytest([*IN_PARALLEL, "--cov", "--cov-report=", *left_out])),
        *([] if browser else [("browser tests", _tests_not_run)]),
        (f"branch coverage of engine and actions at least {COVERAGE_FLOOR} %", coverage),
        ("tests of engine and plans, compiled", compiled),
    ]


def compiled() -> int:
    """Once more, asked of what a C compiler makes of them."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.words"
    django.setup()
    from regulars.project.compiling import missing

    if (lacking := missing()) is not None:
        return _complain(f"These tests were NOT run: {', '.join(COMPILED)}. {lacking}")
    os.environ[SETTING] = str(CHECKOUT / ".compiled")
    return _run("regulars", "compile") or pytest([*IN_PARALLEL, *COMPILED])


def coverage() -> int:
    return _run("coverage", "report", f"--fail-under={COVERAGE_FLOOR}", "--skip-covered", "--show-missing")


def _tests_not_run() -> int:
    print("These tests were NOT run:", flush=True)
    pytest([f"tests/{BROWSER_LAYER}", "--collect-only", "-q"])
    return _complain(MISSING)


def _messages() -> int:
    from tools.messages import gaps

    problems = gaps()
    return _complain("\n".join(problems)) if problems else 0


def _through(gates: list[tuple[str, Callable[[], int]]]) -> int:
    """Every gate, also after one that failed: a contributor wants the whole list."""
    failed = []
    for name, gate in gates:
        print(f"== {name}", flush=True)
        begun = time.monotonic()
        if gate():
            failed.append(name)
        print(f"   {time.monotonic() - begun:.1f} s", flush=True)
    return _complain(f"Failed: {', '.join(failed)}.") if failed else 0


def _run(module: str, *words: str) -> int:
    return _command(PYTHON, "-m", module, *words)


def _command(*words: str) -> int:
    return subprocess.run(words, cwd=CHECKOUT, check=False).returncode


def _complain(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1
