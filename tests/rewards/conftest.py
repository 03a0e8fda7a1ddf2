import pytest

from tests.rewards.guesses import forget_guesses


@pytest.fixture(autouse=True)
def _nobody_has_guessed_yet(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        forget_guesses()
