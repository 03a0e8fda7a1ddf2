"""The bench of imports: how it counts."""

from regulars.project.importing.verb import Deed, Measured


def test_what_is_measured_is_a_share_of_the_speed_of_copy() -> None:
    taken, copied, proven = Deed("taken", 1_000, 4.0), Deed("copied", 9_000, 0.5), Deed("proven", 5_000, 0.25)
    found = Measured(taken, copied, proven, 1.0)
    assert (found.ratio, taken.per_second, proven.per_second) == (0.125, 250.0, 20_000.0)
