"""Limits on size, so that the house stays readable as it grows."""

import ast

from tests.architecture.source import functions, kept_files, python_files, shown, tree

FUNCTION_LINES = 60
FILE_LINES = 400
WRITTEN_BY_HAND = {".css", ".html", ".js", ".md", ".py", ".sh", ".sql"}


def test_functions_fit_on_a_screen():
    long = [
        f"{shown(path, function.lineno)} {function.name} has {lines} lines"
        for path in python_files()
        if "migrations" not in path.parts
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ]
    assert not long, (
        f"A function of more than {FUNCTION_LINES} lines does several things. Let one parent own the branching "
        "and move each branch into a function named after what it does:\n" + "\n".join(long)
    )


def test_files_fit_in_a_head():
    long = [
        f"{shown(path)} has {lines} lines"
        for path in kept_files()
        if path.suffix in WRITTEN_BY_HAND
        and "vendor" not in path.parts
        and "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > FILE_LINES
    ]
    assert not long, (
        f"A file of more than {FILE_LINES} lines holds several ideas. Make it a package with one file per idea "
        "(actions.py becomes actions/):\n" + "\n".join(long)
    )


def test_modules_say_what_they_are_for():
    silent = [
        shown(path)
        for path in python_files("src/regulars")
        if path.stat().st_size
        and "migrations" not in path.parts
        and path.name != "apps.py"
        and not ast.get_docstring(tree(path))
    ]
    assert not silent, "Open the module with a sentence on what it models and where it rounds:\n" + "\n".join(silent)
