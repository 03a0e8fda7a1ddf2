"""What rewards do to a cart is arithmetic: the same answer wherever it is asked, with nothing looked up."""

import sys

from tests.architecture.source import imports, python_files, shown

ALLOWED = ("msgspec", "regulars.engine", "regulars.rewards.pricing")


def test_pricing_knows_the_engine_and_nothing_else():
    found = [
        f"{shown(path, line)} imports {name}"
        for path in python_files("src/regulars/rewards/pricing")
        for line, name in imports(path)
        if not name.startswith(ALLOWED) and name.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert not found, (
        "A quote is pure: hand in what the database knows as plain values (`Shelf`, `Laid`), and keep the rest in the "
        "room around it:\n" + "\n".join(found)
    )
