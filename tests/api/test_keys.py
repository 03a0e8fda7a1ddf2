"""Who comes in: no key, a wrong one, a revoked one, one without the scope; and which scope opens which route."""

import logging
from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.cache import cache
from django.http import HttpResponse

from regulars.access import attempts
from regulars.access.actions import create_staff, issue_key, revoke_key
from regulars.access.keys import prefix_of
from regulars.access.permissions import ROLES, SCOPES
from regulars.access.routes import routes
from regulars.programs.queries import Published
from tests.api import spending
from tests.api.test_refusals import refused
from tests.api.till import Till, activity, everything, order

# Every operation, the scope it needs, and a request that succeeds.
OPERATIONS: dict[tuple[str, str], tuple[str, Callable[[Till], HttpResponse]]] = {
    ("PUT", "v1/orders/<source>/<path:id>"): ("orders:write", lambda till: till.put("A-2")),
    ("GET", "v1/orders/<source>/<path:id>"): ("orders:read", lambda till: till.get("/orders/web/A-1")),
    ("POST", "v1/orders:batch"): ("orders:write", lambda till: till.batch({"source": "web", "id": "B", **order()})),
    ("PUT", "v1/activities/<source>/<path:id>"): ("activities:write", lambda till: till.did("V-2")),
    ("POST", "v1/activities:batch"): (
        "activities:write",
        lambda till: till.did_many({"source": "app", "id": "B", **activity()}),
    ),
    ("POST", "v1/orders:quote"): ("orders:read", lambda till: till.quote()),
    ("POST", "v1/refunds:quote"): (
        "orders:read",
        lambda till: till.send("POST", "/refunds:quote", {"order": {"source": "web", "id": "A-1"}, "amount": "1"}),
    ),
    ("POST", "v1/members"): ("members:enrol", lambda till: till.enrol()),
    ("GET", "v1/members/<path:member>"): ("members:read", lambda till: till.get("/members/external:C-1")),
    ("GET", "v1/members/<path:member>/entries"): (
        "members:read",
        lambda till: till.get("/members/external:C-1/entries"),
    ),
    ("POST", "v1/members/<path:member>/link"): (
        "members:admit",
        lambda till: till.send("POST", "/members/external:C-1/link", {}),
    ),
    ("POST", "v1/members/<path:member>/token"): (
        "members:admit",
        lambda till: till.send("POST", "/members/external:C-1/token", {}),
    ),
    ("GET", "v1/draws"): ("rewards:read", lambda till: till.get("/draws")),
    ("POST", "v1/issued/<uuidstr:issued>:draw"): (
        "rewards:redeem",
        lambda till: till.send("POST", f"/issued/{UUID(int=1)}:draw", {}, idempotency_key="draw"),
    ),
    **spending.OPERATIONS,
}
# This shop draws no lots: whoever may ask is told that there is no such ticket (test_drawing.py has one).
WITHOUT_TICKETS = ("POST", "v1/issued/<uuidstr:issued>:draw")
PAGES = {"v1/docs", "v1/openapi.json", "v1/problems", "v1/", "v1/draws/<slug:program>/seeds"}


def test_every_route_is_in_the_matrix() -> None:
    ours = [route for route in routes() if route.path.startswith("v1/")]
    operations = {(method, route.path): route.needs for route in ours for method in route.methods}
    assert operations == {key: frozenset({scope}) for key, (scope, _) in OPERATIONS.items()}
    assert {route.path for route in ours if route.needs is None} == PAGES


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_a_scope_opens_its_own_routes(till: Till, shop: Published, operation: tuple[str, str]) -> None:
    needed, ask = OPERATIONS[operation]
    spending.prepare(till)
    answer = ask(Till(shop, needed))
    if operation == WITHOUT_TICKETS:
        assert answer.json()["code"] == "issued_unknown"
    else:
        assert answer.status_code in (200, 201)


@pytest.mark.parametrize("held", SCOPES)
def test_a_scope_opens_no_other_routes(till: Till, shop: Published, held: str) -> None:
    spending.prepare(till)
    before, other = everything(), Till(shop, held)
    for needed, ask in OPERATIONS.values():
        if held != needed:
            assert needed in refused(ask(other), "permission_missing")["detail"]
    assert everything() == before


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer rk_x", "Bearer é"])
def test_no_key_opens_nothing(till: Till, header: str | None) -> None:
    spending.prepare(till)
    before = everything()
    if header is None:
        del till.headers["Authorization"]
    else:
        till.headers["Authorization"] = header
    for _, ask in OPERATIONS.values():
        cache.clear()
        answer = ask(till)
        refused(answer, "key_unknown")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert everything() == before


@pytest.mark.parametrize("role", ROLES)
def test_signing_in_to_the_console_opens_no_api(till: Till, role: str) -> None:
    spending.prepare(till)
    till.client.force_login(create_staff("mei", "a long walk to the shop", role))
    del till.headers["Authorization"]
    for _, ask in OPERATIONS.values():
        refused(ask(till), "key_unknown")


@pytest.mark.usefixtures("each_door")
def test_a_revoked_key_opens_nothing(till: Till, shop: Published) -> None:
    assert till.put().status_code == 200
    revoke_key(shop.id, prefix_of(till.key))
    refused(till.put(), "key_unknown")


@pytest.mark.usefixtures("each_door")
def test_wrong_secrets_are_slowed_and_noticed(till: Till, caplog: pytest.LogCaptureFixture) -> None:
    right = till.headers["Authorization"]
    till.headers["Authorization"] = right[:-1] + ("0" if right[-1] != "0" else "1")
    with caplog.at_level(logging.WARNING):
        for _ in range(attempts.LIMIT):
            refused(till.put(), "key_unknown")
    assert prefix_of(till.key) in caplog.text
    assert till.key not in caplog.text
    answer = till.put()
    assert refused(answer, "too_many_attempts")["retry"]
    assert answer["Retry-After"] == "60"
    till.headers["Authorization"] = right
    refused(till.put(), "too_many_attempts")


@pytest.mark.usefixtures("each_door")
def test_another_key_from_the_same_place_is_not_slowed(till: Till, shop: Published) -> None:
    till.headers["Authorization"] += "0"
    for _ in range(attempts.LIMIT + 1):
        till.put()
    assert Till(shop).put().status_code == 200


def test_a_key_opens_its_own_program(shop: Published, till: Till) -> None:
    till.put()
    stranger = Till(shop)
    stranger.headers["Authorization"] = f"Bearer {issue_key(shop.id + 1, 'gone', SCOPES)}"
    refused(stranger.get("/members/external:C-1"), "not_found")
