import pytest
from django.core.cache import cache

from regulars.programs.queries import Published
from tests.api.doors import GatewayClient
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


@pytest.fixture(params=["api", "gateway"])
def each_door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds for orders holds whichever door they come by."""
    if request.param == "gateway":
        monkeypatch.setattr(Till, "make_client", staticmethod(GatewayClient))
