"""The source as these tests read it: files and syntax trees, nothing is run."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from regulars.project.place import CHECKOUT

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def kept_files() -> tuple[Path, ...]:
    """Everything that is, or is about to be, in the repository. `.data` and other ignored files are not."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    paths = (CHECKOUT / name for name in listing.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(folder: str = "") -> Iterator[Path]:
    return (path for path in kept_files() if path.suffix == ".py" and path.is_relative_to(CHECKOUT / folder))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each module imported, wherever in the file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def shown(path: Path, line: int = 1) -> str:
    return f"{path.relative_to(CHECKOUT)}:{line}"
