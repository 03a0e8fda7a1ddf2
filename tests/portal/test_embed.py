"""What a shop's own pages show: a balance and what a cart earns, by a token, from any origin."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from regulars.ledger.connect import raw, rows
from regulars.ledger.queries import account_at
from regulars.members import showing
from regulars.members.models import Pass
from regulars.portal.views import embed
from regulars.programs.queries import Published, now
from tests.portal.conftest import SHOP, rich

LINE: dict[str, object] = {"line": "1", "sku": "OOL-1", "quantity": 1, "total": "200", "category": "oolong"}
CART: dict[str, object] = {"currency": "TWD", "lines": [LINE]}
FACTS = "SELECT count(*) FROM ledger_fact"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def balance(token: str, language: str = "en") -> HttpResponse:
    return Client().get(f"{SHOP}embed/balance", {"lang": language}, headers=bearer(token))


def earns(cart: object, token: str = "", language: str = "en") -> HttpResponse:
    said = cart if isinstance(cart, str) else json.dumps(cart)
    headers = bearer(token) if token else {}
    place = f"{SHOP}embed/earn?lang={language}"
    return Client().post(place, said, content_type="application/json", headers=headers)


def test_a_page_shows_what_its_visitor_has(rewarded: Published) -> None:
    member = rich()
    account = account_at(raw(), rewarded.programs, member.id, now(rewarded))
    assert account is not None
    answer = balance(showing.token_for(rewarded.id, member.id))
    told = answer.json()
    points = account.wallets["points"].available
    assert (told["points"], told["words"]) == (points, f"{points:,} points")
    assert told["tier"] == account.main_ladder.tier.title()
    assert told["worth"].startswith("Worth NT$")
    assert told["portal"].endswith(f"{SHOP}card")
    assert member.name not in answer.content.decode()
    assert (answer["Access-Control-Allow-Origin"], answer["Cache-Control"]) == ("*", "private, no-store")
    assert not answer.cookies
    assert not Pass.objects.exists()


def test_a_cart_earns_what_its_order_would(rewarded: Published) -> None:
    before = rows(raw(), FACTS)
    member = rich()
    told = earns(CART, showing.token_for(rewarded.id, member.id)).json()
    # A point for ten dollars, and double on oolong.
    assert (told["earns"], told["words"]) == ({"points": 40}, "This order earns 40 points.")
    anybody = earns(CART).json()
    assert (anybody["earns"], anybody["words"]) == (
        {"points": 40}, "As a member you earn 40 points with this order.")  # fmt: skip
    assert earns({**CART, "lines": []}).json()["words"] == ""
    assert earns({**CART, "paid_at": "2025-03-01T10:00:00Z"}).json()["earns"] == {"points": 40}
    assert rows(raw(), FACTS) == before


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-TW", "40 點"), ("zh-Hant-HK", "40 點"), ("zh-CN", "40 积分"), ("zh", "40 积分"), ("fr", "40 points")],
)
def test_a_page_is_answered_in_its_language(rewarded: Published, language: str, words: str) -> None:
    answer = earns(CART, language=language)
    told = answer.json()["words"]
    assert words in told
    assert answer["Content-Language"] == {"點": "zh-hant", "积分": "zh-hans", "points": "en"}[words.split()[1]]
    assert ("order" in told) == (words == "40 points")


def test_a_token_shows_one_member_of_one_program_for_an_hour(
    rewarded: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = rich()
    good = showing.token_for(rewarded.id, member.id)
    others = [
        "", "x", good[:-1], showing.token_for(rewarded.id + 1, member.id), showing.token_for(rewarded.id, UUID(int=1)),
    ]  # fmt: skip
    for token in others:
        for answer in (balance(token), earns(CART, token) if token else balance(token)):
            assert (answer.status_code, answer.json()["code"]) == (401, "token_over"), token
            assert answer["Access-Control-Allow-Origin"] == "*"
    basic = Client().get(f"{SHOP}embed/balance", headers={"Authorization": f"Basic {good}"})
    assert basic.json()["code"] == "token_over"
    monkeypatch.setattr(showing, "LASTS", timedelta(seconds=-1))
    assert balance(good).json()["code"] == "token_over"


@pytest.mark.parametrize(
    ("cart", "code", "place"),
    [
        ("{", "malformed_json", None),
        ([], "invalid", ""),
        ({**CART, "lines": [{**LINE, "total": "x"}]}, "invalid", "/lines/0/total"),
        ({**CART, "customer": "C-1"}, "invalid", "/customer"),
        ({**CART, "member": str(UUID(int=1))}, "invalid", "/member"),
        ({**CART, "currency": "EUR"}, "currency_mismatch", None),
    ],
)
def test_carts_that_do_not_fit_are_refused_as_the_api_does(
    rewarded: Published, cart: Any, code: str, place: str | None
) -> None:
    answer = earns(cart)
    told = answer.json()
    assert (answer.status_code >= 400, told["code"]) == (True, code)
    assert place is None or told["errors"][0]["pointer"] == place


def test_a_program_that_is_not_there_is_told_to_other_sites_too(rewarded: Published) -> None:
    answer = Client().get("/m/nothing/embed/balance")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_what_goes_wrong_with_us_is_told_as_a_problem(rewarded: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "holding", lambda *_said: 1 / 0)
    answer = balance(showing.token_for(rewarded.id, rich().id))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_other_sites_ask_first_and_send_no_cookie(rewarded: Published) -> None:
    strict = Client(enforce_csrf_checks=True)
    leave = strict.options(f"{SHOP}embed/earn")
    assert (leave.status_code, leave["Access-Control-Allow-Origin"]) == (204, "*")
    assert "authorization" in leave["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in leave
    assert strict.post(f"{SHOP}embed/earn", json.dumps(CART), content_type="application/json").status_code == 200
    assert strict.get(f"{SHOP}embed/earn").status_code == 405
    assert strict.post(f"{SHOP}embed/balance").status_code == 405


def test_the_script_is_small_and_stays_where_it_is(db: None) -> None:
    answer = Client().get("/m/embed.js")
    assert answer["Content-Type"] == "text/javascript"
    assert 1_000 < len(answer.content) < 15_000
    assert b"eval(" not in answer.content
    assert b"innerHTML" not in answer.content
