"""Orders that rewards paid for come back: whoever records them waits for no shelf, and their checkouts follow."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from regulars.jobs.upkeep import keep_up
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published
from regulars.rewards.actions import refunds
from tests.api.test_spending import OPENING, cup, points, take
from tests.api.till import Till

pytestmark = pytest.mark.django_db(transaction=True)

PAID = {"paid_at": OPENING, "version_at": OPENING}
CANCELLED = {**PAID, "version_at": "2026-11-01T00:00:01+00:00", "cancelled": True}
BACK = {**PAID, "version_at": "2026-11-01T00:00:02+00:00"}


@pytest.fixture
def bought(till: Till) -> str:
    till.enrol(customer="C-1")
    done = take(till, cup(), order={"source": "web", "id": "A-1"}).json()
    assert till.put("A-1", **PAID).status_code == 200
    return str(done["id"])


@pytest.fixture(autouse=True)
def lake(settings, tmp_path) -> None:
    settings.DATA_FOLDER = tmp_path


def state(till: Till, checkout: str) -> str:
    return str(till.get(f"/checkouts/{checkout}").json()["state"])


def test_an_order_comes_back_while_somebody_holds_its_checkout_and_its_shelf(
    till: Till, shop: Published, bought: str
) -> None:
    def elsewhere() -> int:
        try:
            return till.put("A-1", **CANCELLED).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        rows(raw(), "SELECT id FROM rewards_checkout FOR UPDATE")
        rows(raw(), "SELECT thing FROM rewards_supply FOR UPDATE")
        assert pool.submit(elsewhere).result() == 200
    assert (state(till, bought), points(till)[0]) == ("captured", 0)
    keep_up(shop)
    assert (state(till, bought), points(till)[0]) == ("voided", 10)
    assert rows(raw(), "SELECT taken FROM rewards_supply") == [(0,)]
    assert rows(raw(), "SELECT 1 FROM rewards_comingback") == []


def test_an_order_that_is_put_back_at_once_keeps_its_rewards(till: Till, shop: Published, bought: str) -> None:
    till.put("A-1", **CANCELLED)
    till.put("A-1", **BACK)
    keep_up(shop)
    assert state(till, bought) == "captured"


def test_an_order_without_rewards_is_not_noted(till: Till, bought: str) -> None:
    till.put("A-2", **PAID)
    till.put("A-2", **CANCELLED)
    assert rows(raw(), "SELECT 1 FROM rewards_comingback") == []


def test_one_that_cannot_be_followed_holds_nobody_up(
    till: Till, shop: Published, bought: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_words: object) -> None:
        raise AssertionError("nobody foresaw this")

    till.put("A-1", **CANCELLED)
    before = rows(raw(), "SELECT id FROM rewards_comingback")
    with monkeypatch.context() as patched:
        patched.setattr(refunds, "undone", broken)
        keep_up(shop)
    assert "could not be undone" in caplog.text
    assert state(till, bought) == "captured"
    assert rows(raw(), "SELECT id FROM rewards_comingback") > before
    keep_up(shop)
    assert (state(till, bought), points(till)[0]) == ("voided", 10)
    assert rows(raw(), "SELECT 1 FROM rewards_comingback") == []
