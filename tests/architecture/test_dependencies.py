"""What pyproject.toml says agrees with the rest: every package has a reason and a pin, the version is one."""

import re
import tomllib
from itertools import chain
from typing import Any

import pytest

from regulars import __version__
from regulars.project.place import CHECKOUT

NAME = re.compile(r"^[A-Za-z0-9-]+")


def test_every_direct_dependency_has_its_reason():
    page = (CHECKOUT / "docs/dependencies.md").read_text()
    explained = {
        name.strip() for row in re.findall(r"^\| ([\w, -]+) \|", page, re.MULTILINE) for name in row.split(",")
    }
    missing = sorted(set(direct()) - explained)
    assert not missing, f"Say in docs/dependencies.md what these are for, and why these: {missing}"


def test_every_direct_dependency_is_pinned():
    missing = sorted(set(direct()) - pinned("test.txt") - pinned("spark.txt"))
    assert not missing, f"Write the requirements again (CONTRIBUTING.md, Add a dependency): {missing}"


@pytest.mark.parametrize("file", sorted(path.name for path in (CHECKOUT / "requirements").iterdir()))
def test_every_file_pins_all_that_is_always_needed(file):
    needed = {match.group() for line in project()["project"]["dependencies"] if (match := NAME.match(line))}
    missing = sorted(needed - pinned(file))
    assert not missing, f"Write requirements/{file} again (CONTRIBUTING.md, Add a dependency): {missing}"


def test_the_version_is_one():
    assert project()["project"]["version"] == __version__


def project() -> dict[str, Any]:
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text())


def pinned(file: str) -> set[str]:
    return set(re.findall(r"^([\w-]+)(?:\[\w+\])?==", (CHECKOUT / "requirements" / file).read_text(), re.MULTILINE))


def direct() -> list[str]:
    said = project()
    extras = said["project"]["optional-dependencies"].values()
    wanted = [*said["project"]["dependencies"], *chain(*extras), *said["dependency-groups"]["dev"]]
    return [match.group() for line in wanted if (match := NAME.match(line))]
