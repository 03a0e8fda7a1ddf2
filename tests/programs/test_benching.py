"""The benchmark measures what it says; how fast it is, is not asserted."""

import pytest

from regulars.compiled import in_use
from regulars.programs import benching


def test_every_step_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("MEMBERS", 4), ("MORE", 3), ("LENGTHS", (5, 60)), ("CALLS", 100)):
        monkeypatch.setattr(benching, name, few)
    seen: list[str] = []
    found = benching.bench_engine(seen.append)
    names = ["order", "rules x2", "rules x4", "history 5", "history 60", "late"]
    assert [step.name for step in found.steps] == seen == names
    assert all(step.microseconds > 0 for step in found.steps)
    assert 1_000 < found.account_bytes < 5_000
    assert found.compiled == in_use()
