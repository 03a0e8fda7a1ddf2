import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nobody_has_guessed_yet() -> None:
    cache.clear()
