"""How many processes answer requests."""

import pytest

from regulars.project import gating, web


@pytest.mark.parametrize(
    ("processors", "said", "comes"), [(2, "", 2), (64, "", 8), (None, "", 1), (2, "5", 5), (2, "x", 2)]
)
def test_one_for_each_processor_or_as_many_as_is_said(
    monkeypatch: pytest.MonkeyPatch, processors: int | None, said: str, comes: int
) -> None:
    monkeypatch.setattr(web.os, "cpu_count", lambda: processors)
    monkeypatch.setenv("REGULARS_WORKERS", said)
    assert web.workers() == comes


@pytest.mark.parametrize(
    ("processors", "said", "comes"), [(2, 0, 2), (64, 0, 8), (None, 0, 1), (2, 5, 5), (64, 12, 12)]
)
def test_a_gateway_has_one_for_each_processor_or_as_many_as_is_said(
    monkeypatch: pytest.MonkeyPatch, processors: int | None, said: int, comes: int
) -> None:
    monkeypatch.setattr(gating.os, "cpu_count", lambda: processors)
    assert gating.workers(said) == comes
