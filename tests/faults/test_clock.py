"""A clock that is moved back while orders come in: nothing is lost, and every member is exact."""

import random

import pytest
from django.core.cache import cache

from regulars.engine.calendar import DAY
from regulars.ledger.connect import raw
from regulars.ledger.verify import verify
from regulars.programs import queries
from tests.api.till import Till, open_shop, order

pytestmark = pytest.mark.django_db
HOUR = DAY // 24


def test_a_clock_that_is_moved_back_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    shop = open_shop()
    till = Till(shop)
    begun = queries.real_now()
    choose = random.Random(7)
    names = [f"o-{number}" for number in range(12)]
    jumps = [0, -HOUR, 2 * DAY, -DAY, -3 * HOUR, 5 * DAY]
    for number, name in enumerate(names):
        there = begun + 30 * DAY + jumps[number % len(jumps)]
        monkeypatch.setattr(queries, "real_now", lambda there=there: there)
        body = order(customer=f"C-{number % 3}")
        assert till.put(name, body).status_code == 200
        again = choose.choice(names[: number + 1])
        assert till.put(again, order(customer=f"C-{names.index(again) % 3}")).json()["outcome"] == "recorded"
    verdict = verify(raw(), shop.programs)
    assert verdict.findings == []
    assert verdict.facts >= len(names)
