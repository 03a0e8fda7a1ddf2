"""The clock of the shop, moved on."""

import pytest

from regulars.programs.actions import set_clock
from regulars.programs.clock import real_now
from tests.segments.shop import NOW

DAY = 86_400_000_000


@pytest.fixture
def clock():
    """So many days after the page, and two hours."""

    def moved(published, days):
        return set_clock(published.slug, NOW + days * DAY + 7_200_000_000 - real_now())

    return moved
