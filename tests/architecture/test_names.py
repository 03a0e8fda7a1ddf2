"""Names and texts in the repository."""

import re

from regulars.project.place import CHECKOUT
from tests.architecture.source import kept_files, python_files, shown

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
