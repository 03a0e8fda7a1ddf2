"""Children of `serve`: what dies is started again, and given up where that does not help."""

import time

import pytest

from regulars.project.children import DEATHS_MAX, Child

# Python's own programs, which end at once: with 1, and in order.
DYING = ("timeit", "-n1", "-r1", "raise ValueError")
ENDING = ("timeit", "-n1", "-r1", "pass")


@pytest.mark.parametrize(("words", "is_given_up"), [(DYING, True), (ENDING, False)])
def test_who_dies_too_often_is_given_up_and_who_ends_in_order_never(
    words: tuple[str, ...], is_given_up: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    child, ended = Child("a child", *words), ""
    deadline = time.monotonic() + 60
    while child.revive() and ended.count("started again") <= DEATHS_MAX and time.monotonic() < deadline:
        time.sleep(0.02)
        ended += capfd.readouterr().err
    ended += capfd.readouterr().err
    child.wait()
    assert (ended.count("started again") == DEATHS_MAX) == is_given_up
