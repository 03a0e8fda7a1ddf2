"""Data sets that lie beside the checkout and never in it."""

from pathlib import Path

import pytest

from regulars.project.place import CHECKOUT


def shared_file(name: str) -> Path:
    """The file `shared/data/NAME`, looked for from the checkout upwards; skips the test when there is none."""
    for folder in CHECKOUT.parents:
        if (found := folder / "shared" / "data" / name).is_file():
            return found
    pytest.skip(f"shared/data/{name} does not lie beside the checkout")
