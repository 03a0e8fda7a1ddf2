"""Names and texts in the repository."""

import ast
import re

from regulars.project.place import CHECKOUT
from tests.architecture.source import kept_files, python_files, shown, tree

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers", "service",
               "services", "handler", "handlers", "processor", "processors", "data", "info"}  # fmt: skip
# Folders of people's machines, and files that only one machine has.
MACHINE_PATH = re.compile(r"(?<![\w./])/(?:home|Users|root|work|mnt)/[\w.-]+|[A-Z]:\\Users\\")
TEXT = {
    ".cfg",
    ".css",
    ".html",
    ".js",
    ".json",
    ".md",
    ".po",
    ".py",
    ".sh",
    ".sql",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    "",
}


def test_modules_have_names_that_say_something():
    found = [shown(path) for path in python_files() if path.stem in EMPTY_NAMES or path.parent.name in EMPTY_NAMES]
    assert not found, (
        "A file with such a name has not been understood yet: name it after what it holds (see docs/GLOSSARY.md):\n"
        + "\n".join(found)
    )


def test_templates_named_base_are_named_after_what_they_are():
    found = [shown(path) for path in kept_files() if path.suffix == ".html" and path.stem in EMPTY_NAMES]
    assert not found, "Name the template after what it draws (page.html, letter.html):\n" + "\n".join(found)


def test_no_value_is_defined_twice():
    """Classes of one name with the same fields; a type that is a module's own is not another module's of that name."""
    places: dict[tuple[str, frozenset[str]], list[str]] = {}
    for path in python_files("src/regulars"):
        classes = [node for node in tree(path).body if isinstance(node, ast.ClassDef)]
        own = {node.name for node in classes}
        for node in classes:
            fields = [field for field in node.body if isinstance(field, ast.AnnAssign)]
            named = {part.id for field in fields for part in ast.walk(field) if isinstance(part, ast.Name)}
            if fields and not named & own:
                written = frozenset(map(ast.unparse, fields))
                places.setdefault((node.name, written), []).append(shown(path, node.lineno))
    found = [" ".join(twice) for twice in places.values() if len(twice) > 1]
    assert not found, "One thing has one place: keep one of them, and let the others import it:\n" + "\n".join(found)


def test_no_file_names_one_machine():
    found = [
        f"{shown(path, number)} {match.group()}"
        for path in kept_files()
        if path.suffix in TEXT and path != CHECKOUT / "tests/architecture/test_names.py"
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if (match := MACHINE_PATH.search(line))
    ]
    assert not found, "A path of one machine works nowhere else. Start from the checkout or a setting:\n" + "\n".join(
        found
    )
