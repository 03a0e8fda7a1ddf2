"""A cluster of its own for each test of the supervisor."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from regulars.project.postgres.layout import Layout, layout
from tests.installation import remove


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Layout]:
    """It is not there yet: the first `running` makes it."""
    yield (found := layout(tmp_path, "trial", durable=False))
    remove(found)
