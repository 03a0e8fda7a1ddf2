import pytest
from django.core.cache import cache

from regulars.programs.queries import Published
from tests.api.till import Till, open_shop
from tests.rewards.guesses import forget_guesses


@pytest.fixture
def shop(db: None) -> Published:
    cache.clear()
    forget_guesses()
    return open_shop()


@pytest.fixture
def till(shop: Published) -> Till:
    return Till(shop)
