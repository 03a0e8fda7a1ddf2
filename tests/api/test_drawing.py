"""Lucky draws over HTTP: the chances, opening a ticket once, and checking it when the day is over."""

import hmac
import json
from hashlib import sha256
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from regulars.engine.calendar import DAY
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.models import Program
from regulars.programs.queries import Published, published
from tests.api.test_refusals import refused
from tests.api.till import SHOP, TODAY, Till, everything
from tests.rewards.guesses import forget_guesses

pytestmark = pytest.mark.django_db

DRAWING = SHOP.replace(
    "coupons:",
    """\
  - reward: wheel
    costs: 5 points
    gives:
      draw:
        - {prize: pot, name: {en: A tea pot, zh-Hant: 茶壺, zh-Hans: 茶壶}, odds: 1 in 2, reward: cup}
        - {prize: points, odds: 1 in 2, credit: 7 points}
  - {reward: blank, costs: nothing, gives: {draw: [{prize: pot, odds: 1 in 1000000, reward: cup}]}}
coupons:""",
)


@pytest.fixture
def shop(db: None) -> Published:
    cache.clear()
    forget_guesses()
    return publish("tea-house", DRAWING, 0, "tests", clock_offset_us=TODAY - real_now())


@pytest.fixture
def lin(till: Till) -> None:
    till.enrol(customer="C-1")


def claim(till: Till, name: str = "wheel", key: str = "c-1") -> dict[str, Any]:
    return till.send("POST", "/members/external:C-1/rewards", {"reward": name}, idempotency_key=key).json()


def draw(till: Till, number: str, key: str = "d-1") -> Any:
    return till.send("POST", f"/issued/{number}:draw", {"store": "Dihua Street"}, idempotency_key=key)


def test_chances_are_told_with_the_catalogue(till: Till, lin: None) -> None:
    told = till.get("/members/external:C-1/rewards").json()["rewards"]
    assert {one["reward"]: one["prizes"] for one in told if one["prizes"]}["wheel"] == [
        {"prize": "pot", "name": "A tea pot", "chance": 500_000, "reward": "cup", "credit": None},
        {
            "prize": "points", "name": "points", "chance": 500_000, "reward": "",
            "credit": {"wallet": "points", "points": 7, "redemption": ""},
        },
    ]  # fmt: skip


def test_a_ticket_is_drawn_once(till: Till, lin: None) -> None:
    ticket = claim(till)
    first = draw(till, ticket["id"]).json()
    assert (first["draw"], first["prize"] in ("pot", "points")) == ("2026-11-01/1", True)
    assert draw(till, ticket["id"]).json() == draw(till, ticket["id"], "d-2").json() == first
    page = till.get(f"/issued/{ticket['id']}").json()
    assert (page["state"], [one["what"] for one in page["history"]]) == ("used", ["issued", "drawn"])
    assert till.get("/draws").json() == till.get("/draws?day=2026-11-01").json() == {"draws": [first]}
    assert till.get("/draws?day=2026-11-02").json() == {"draws": []}
    if first["prize"] == "pot":
        assert till.get(f"/issued/{first['issued']}").json()["reward"] == "cup"
    else:
        assert till.get("/members/external:C-1").json()["wallets"]["points"]["available"] == 12


def test_what_is_refused_changes_nothing(till: Till, shop: Published, lin: None) -> None:
    tasting, blank = claim(till, "tasting"), claim(till, "blank", "c-2")
    before = everything()
    refused(draw(till, tasting["id"], "d-3"), "not_a_draw")
    refused(draw(till, "00000000-0000-0000-0000-000000000000", "d-4"), "issued_unknown")
    refused(draw(Till(shop, "rewards:read"), blank["id"], "d-5"), "permission_missing")
    refused(till.get("/draws?day=2026-02-30"), "invalid")
    cart = {"currency": "TWD", "customer": "C-1", "lines": [{"line": "1", "sku": "A", "quantity": 1, "total": "5"}]}
    laid = {**cart, "lay": [{"id": "1", "issued": blank["id"]}]}
    refused(till.send("POST", "/checkouts", laid, idempotency_key="d-6"), "draw_unopened")
    assert {**everything(), "api_answer": []} == {**before, "api_answer": []}
    assert draw(till, blank["id"], "d-7").json()["won"] is None
    refused(till.send("POST", f"/checkouts/{blank['checkout']}:void", {}, idempotency_key="d-8"), "draw_blank")


def test_anybody_checks_a_draw_when_its_day_is_over(till: Till, shop: Published, lin: None) -> None:
    won = draw(till, claim(till)["id"]).json()
    [early] = seeds("2026-11-01")
    assert (early["seed"], early["draws"], len(early["sha256"])) == ("", None, 64)
    later(shop, 2 * DAY)
    [told] = seeds("2026-11-01")
    seed = bytes.fromhex(told["seed"])
    assert (sha256(seed).hexdigest(), told["draws"]) == (early["sha256"], 1)
    digits = hmac.new(seed, won["draw"].encode(), sha256).hexdigest()
    number = next(group for place in range(0, 60, 5) if (group := int(digits[place : place + 5], 16)) < 1_000_000)
    assert won["prize"] == ("pot" if number < 500_000 else "points")


def test_seeds_of_no_program(db: None) -> None:
    assert Client().get("/v1/draws/nobody/seeds").status_code == 404


def seeds(day: str) -> list[dict[str, Any]]:
    """As somebody without a key is told."""
    answer = json.loads(Client().get("/v1/draws/tea-house/seeds").content)
    assert answer["program"] == "tea-house"
    return [one for one in answer["days"] if one["day"] == day]


def later(shop: Published, time: int) -> None:
    Program.objects.filter(id=shop.id).update(clock_offset_us=shop.clock_offset_us + time)
    assert published("tea-house").clock_offset_us == shop.clock_offset_us + time
