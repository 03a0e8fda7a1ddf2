"""The engine is pure: the same facts give the same points, today, tomorrow and on another machine."""

import ast
import sys

from tests.architecture.source import imports, python_files, shown, tree

FORBIDDEN = {
    "clock": {"time"},
    "randomness": {"random", "secrets", "uuid"},
    "input and output": {
        "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "shutil", "socket", "sqlite3",
        "subprocess", "sys", "tempfile", "threading", "urllib",
    },
}  # fmt: skip
CLOCK_CALLS = {"now", "today", "utcnow"}
OUTSIDE = {"msgspec", "regulars"}


def test_the_engine_imports_no_clock_no_randomness_no_io():
    found = [
        f"{shown(path, line)} imports {name}: {kind}"
        for path in python_files("src/regulars/engine")
        for line, name in imports(path)
        for kind, names in FORBIDDEN.items()
        if any(name == one or name.startswith(f"{one}.") for one in names)
    ]
    assert not found, (
        "A fold that looks at the clock, a die or a file gives another answer when it is repeated, and the ledger "
        "can no longer be proven. Take the instant, the id or the text as an argument:\n" + "\n".join(found)
    )


def test_the_engine_asks_no_clock():
    found = [
        shown(path, node.lineno)
        for path in python_files("src/regulars/engine")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS
    ]
    assert not found, (
        "Take the instant as an argument (microseconds, `now`) instead of asking the clock:\n" + "\n".join(found)
    )


def test_the_engine_knows_no_framework():
    found = [
        f"{shown(path, line)} imports {name}"
        for path in python_files("src/regulars/engine")
        for line, name in imports(path)
        if (top := name.partition(".")[0]) not in OUTSIDE and top not in sys.stdlib_module_names
    ]
    assert not found, (
        "The engine uses the standard library and msgspec, nothing else, so that it runs anywhere (on Spark as well). "
        "Do the rest in the room that calls it:\n" + "\n".join(found)
    )


def test_points_and_money_are_whole_numbers():
    found = [
        shown(path, node.lineno)
        for path in python_files("src/regulars/engine")
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    ]
    assert not found, (
        "Points and money are integers: use // and say in the docstring which way it rounds:\n" + "\n".join(found)
    )
