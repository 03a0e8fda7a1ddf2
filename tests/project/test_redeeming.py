"""The bench of redemptions: what it reads from pgbench, how it counts, what it says when something is missing."""

from pathlib import Path

import pytest
import typer

from regulars.project import measured
from regulars.project.postgres.layout import Layout
from regulars.project.redeeming import verb
from regulars.project.redeeming.load import Paired, _at

SAID = "scaling factor: 32\nlatency average = 6.1 ms\ntps = 1302.559164 (without initial connection time)\n"


def test_a_rate_is_read_from_what_pgbench_says() -> None:
    assert measured.rate(SAID) == 1302.559164
    stage = verb.Stage("api", 8, measured.Bank(measured.rate(SAID), 400.0), Paired(130.2559164, 5.0, 9.0, 500, 0))
    assert round(stage.ratio, 6) == 0.1


def test_percentiles() -> None:
    took = [float(number) for number in range(1, 101)]
    assert (_at(took, 50), _at(took, 99), _at([7.0], 99), _at([], 50)) == (51.0, 100.0, 7.0, 0.0)


def test_without_pgbench_it_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(measured, "programs", lambda _place: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(typer.BadParameter, match="pgbench is missing"):
        measured.pgbench(Layout(tmp_path, tmp_path, None))
    program = tmp_path / "pgbench"
    program.write_text("")
    assert measured.pgbench(Layout(tmp_path, tmp_path, None)) == str(program)


def test_a_program_that_fails_says_why() -> None:
    with pytest.raises(typer.BadParameter, match="no such"):
        measured.run(["sh", "-c", "echo no such thing >&2; exit 1"])
