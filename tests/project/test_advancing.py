"""The bench of time's own work: how it counts."""

from regulars.project.advancing.verb import Stage, _at


def test_what_a_stage_says() -> None:
    stage = Stage(2, 1_000, 0.5, 400.0, 0.1, 0.2, 0.3)
    assert (stage.per_second, stage.ratio) == (2_000.0, 5.0)
    assert Stage(1, 1_000, 0.5, 0.0, 0.1, 0.2, 0.3).ratio == 0.0


def test_percentiles() -> None:
    took = [float(number) for number in range(1, 101)]
    assert (_at(took, 0.5), _at(took, 0.99), _at(took, 1.0), _at([7.0], 0.99)) == (51.0, 100.0, 100.0, 7.0)
