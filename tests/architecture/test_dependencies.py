"""What pyproject.toml says agrees with the rest: every package has a reason and a pin, the version is one."""

import re
import tomllib
from itertools import chain

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
    files = (CHECKOUT / "requirements" / name for name in ("test.txt", "spark.txt"))
    pinned = {name for file in files for name in re.findall(r"^([\w-]+)==", file.read_text(), re.MULTILINE)}
    missing = sorted(set(direct()) - pinned)
    assert not missing, f"Write the requirements again (CONTRIBUTING.md, Add a dependency): {missing}"


def test_the_version_is_one():
    assert tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"] == __version__


def direct() -> list[str]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *chain(*extras), *project["dependency-groups"]["dev"]]
    return [match.group() for line in wanted if (match := NAME.match(line))]
