"""Reasons for mutants that no test notices speak of code that is there, and say something."""

import pytest

from tests.architecture.source import CHECKOUT
from tools.mutants import Reason, reasons


@pytest.mark.parametrize(("module", "given"), reasons("engine").items())
def test_every_reason_is_about_lines_of_its_module(module: str, given: list[Reason]):
    lines = {line.strip() for line in (CHECKOUT / f"src/regulars/engine/{module}.py").read_text().splitlines()}
    gone = [reason for reason in given if not lines.issuperset(reason.was.splitlines())]
    assert not gone, f"Take these out of tests/engine/mutants.toml, or mend them: {gone}"
    assert all(reason.why.endswith(".") for reason in given), "A reason is a sentence."
