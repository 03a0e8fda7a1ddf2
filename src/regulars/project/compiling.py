"""`regulars compile`: the engine and plans as machine code, by way of C. Nothing needs it; nothing changes but time.

The sources stay what they are; what compiled modules are called, and when they are used, is in `regulars.compiled`. A
module that is compiled already is left as it is, so whoever stops this half-way and begins again goes on.
"""

import io
import os
import shlex
import shutil
import signal
import subprocess
import sysconfig
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import active_children, get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from regulars import compiled
from regulars.cli.folding import STOPPED_BY_HAND, bar, stop
from regulars.intake.crews import Told
from regulars.project.place import CHECKOUT

SOURCES = CHECKOUT / "src"
# What a plan spends its time in; and the engine, which every order goes through.
PACKAGES = ("regulars/engine", "regulars/programs/planning")
MODULES = ("regulars/intake/orders.py", "regulars/intake/planning.py", "regulars/intake/reading/customers.py")
# Annotations are for people and mypy: numbers stay Python's own, of any size.
DIRECTIVES = {"annotation_typing": False, "binding": True}
# Warnings about code that nobody wrote help nobody.
FLAGS = ("-O3", "-g0", "-w")


class Task(Struct, frozen=True):
    """A module, its source below SOURCES, and the file to make."""

    name: str
    source: str
    to: str


class CompilerFault(Exception):
    """What the C compiler said."""


def compile_() -> None:
    """Compile the engine and plans with this machine's C compiler: plans take less time. About two minutes."""
    where = compiled.folder()
    if where is None:
        stop([_("%(setting)s is empty: compiled modules would not be used (compiling_off)") % _setting()])
    if (lacking := missing()) is not None:
        stop([lacking])
    tasks = list(wanted(where))
    try:
        with bar(_("Compiling")) as progress:
            left_out = make(where, tasks, progress.read)
    except CompilerFault as fault:
        stop([_("The C compiler failed (compiler_failed):"), str(fault)])
    except OSError as problem:
        stop([_("Compiled modules could not be written: %(problem)s (compiled_not_written)") % {"problem": problem}])
    except KeyboardInterrupt:
        typer.echo(_("Stopped. Run the same command again: what is there stays as it is."), err=True)
        raise typer.Exit(STOPPED_BY_HAND) from None
    _tidy(where, tasks)
    count = len(tasks) - len(left_out)
    said = ngettext("%(count)s module is compiled.", "%(count)s modules are compiled.", count) % {"count": count}
    typer.echo(said)
    typer.echo(_("To go back, remove the folder %(folder)s.") % {"folder": where})
    if left_out:
        said = _("Cython does not understand these, which run from their source: %(names)s.")
        typer.echo(said % {"names": ", ".join(left_out)})


def wanted(where: Path) -> Iterator[Task]:
    """Every module that is worth it. A package's own file is its name only."""
    found = [path for package in PACKAGES for path in sorted((SOURCES / package).glob("*.py"))]
    for path in [*found, *(SOURCES / module for module in MODULES)]:
        if path.name != "__init__.py":
            source = path.relative_to(SOURCES)
            name = ".".join(source.with_suffix("").parts)
            yield Task(name, str(source), str(where / compiled.file_of(name, path.read_bytes())))


def make(where: Path, tasks: list[Task], told: Told) -> list[str]:
    """All that are not there, several at once; the names of those that stay as they are. Raises CompilerFault."""
    where.mkdir(parents=True, exist_ok=True)
    left_out: list[str] = []
    with (
        TemporaryDirectory() as scratch,
        ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_at_sources) as pool,
    ):
        try:
            waiting = [pool.submit(make_one, task, scratch) for task in tasks if not Path(task.to).exists()]
            for number, done in enumerate(as_completed(waiting), len(tasks) - len(waiting) + 1):
                left_out += done.result()
                told(number, len(tasks))
        except BaseException:
            # A module may take half a minute, and what is begun of it is of no use.
            for process in active_children():
                process.terminate()
            pool.shutdown(cancel_futures=True)
            raise
    return sorted(left_out)


def _at_sources() -> None:
    """Errors and traces name a source as it stands there. Ctrl-C ends a process at once: the parent says so."""
    os.chdir(SOURCES)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def make_one(task: Task, scratch: str) -> list[str]:
    """The file is there when it is whole. The name of the module, if it stays as it is. Raises CompilerFault."""
    written, linked = Path(scratch) / f"{task.name}.c", Path(scratch) / f"{task.name}.so"
    # A source that was changed since it was named would run under the name of another.
    if not _translated(task, written) or not _is_named_after(task):
        return [task.name]
    done = subprocess.run(_words(written, linked), capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise CompilerFault(done.stderr.strip() or str(done.returncode))
    # In place all at once, from a folder that may be on another disk; whoever runs half a file is killed.
    draft = Path(f"{task.to}.{os.getpid()}.new")
    with linked.open("rb") as found, draft.open("wb") as to:
        shutil.copyfileobj(found, to)
        to.flush()
        os.fsync(to.fileno())
    draft.replace(task.to)
    return []


def _translated(task: Task, to: Path) -> bool:
    """To C; False: there is something in it that the translator does not understand."""
    from Cython.Compiler.Errors import CompileError
    from Cython.Compiler.Main import CompilationOptions, compile_single

    options = CompilationOptions(output_file=str(to), compiler_directives=DIRECTIVES, language_level=3)
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            found = compile_single(task.source, options, task.name)
    except CompileError:
        return False
    return not found.num_errors


def _is_named_after(task: Task) -> bool:
    return Path(task.to).name == compiled.file_of(task.name, Path(task.source).read_bytes())


def _words(source: Path, to: Path) -> list[str]:
    """As this Python's own extensions are made."""
    linker, flags, shared = (
        shlex.split(sysconfig.get_config_var(name) or "") for name in ("LDSHARED", "CFLAGS", "CCSHARED")
    )
    return [*linker, *flags, *shared, *FLAGS, f"-I{sysconfig.get_path('include')}", str(source), "-o", str(to)]


def missing() -> str | None:
    """What this machine lacks for it, and what to do."""
    compiler = _words(Path(), Path())[0]
    hint = _("Debian and Ubuntu: apt install gcc libc6-dev python3-dev")
    if shutil.which(compiler) is None:
        said = _("There is no C compiler (%(name)s) here (compiler_missing). %(hint)s")
        return said % {"name": compiler, "hint": hint}
    headers = Path(sysconfig.get_path("include"), "Python.h")
    if not headers.exists():
        said = _("Python's own headers are missing: %(path)s (headers_missing). %(hint)s")
        return said % {"path": headers, "hint": hint}
    return None


def _tidy(where: Path, tasks: list[Task]) -> None:
    """Of modules that are compiled now, what earlier sources were compiled to; the folder may hold what is not ours."""
    kept = {task.name: Path(task.to).name for task in tasks}
    for path in where.glob(f"*{compiled.SUFFIX}"):
        name = path.name.removesuffix(compiled.SUFFIX).rpartition(".")[0]
        if path.name != kept.get(name, path.name):
            path.unlink(missing_ok=True)


def _setting() -> dict[str, str]:
    return {"setting": compiled.SETTING}
