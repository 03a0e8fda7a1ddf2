"""Reasons for mutants that no test notices speak of code that is there, and say something."""

import pytest

from tests.architecture.source import CHECKOUT
from tools.long import stamp
from tools.mutants import Findings, Found, Mutant, Reason, reasons


@pytest.mark.parametrize(("module", "given"), reasons("engine").items())
def test_every_reason_is_about_lines_of_its_module(module: str, given: list[Reason]):
    lines = {line.strip() for line in (CHECKOUT / f"src/regulars/engine/{module}.py").read_text().splitlines()}
    gone = [reason for reason in given if not lines.issuperset(reason.was.splitlines())]
    assert not gone, f"Take these out of tests/engine/mutants.toml, or mend them: {gone}"
    assert all(reason.why.endswith(".") for reason in given), "A reason is a sentence."


def test_of_mutants_that_read_alike_all_are_asked_again_if_one_was_not_noticed():
    once, twice = Mutant("f", "a", "b"), Mutant("f", "c", "d")
    found = [Found(once, "test"), Found(twice, ""), Found(twice, "test")]
    digest = stamp(CHECKOUT / "src/regulars/engine/money.py")
    assert Findings(digest, "other tests", found).holding("engine", "money", {"test"}) == [Found(once, "test")]
