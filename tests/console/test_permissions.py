"""Every route by every role: whoever may not see a page is told so, and nobody sees one without signing in."""

import pytest
from django.test import Client

from regulars.access.permissions import ROLES
from regulars.access.routes import Route, routes
from regulars.programs.queries import Published
from tests.console.conftest import signed_in

PLACES = {
    "<slug:slug>": "tea-house",
    "<slug:name>": "rfm",
    "<slug:definition>": "revenue",
    "<str:name>": "tea-sampler",
    "<uuid:checkout_id>": "00000000-0000-4000-8000-000000000000",
    "<uuid:issued_id>": "00000000-0000-4000-8000-000000000000",
    "<uuid:member_id>": "00000000-0000-4000-8000-000000000000",
    "<path:key>": "till/G-0",
    "<slug:key>": "nobody",
    "<int:number>": "1",
    "<int:pk>": "1",
    "<uuid:number>": "00000000-0000-4000-8000-000000000000",
}


def ours() -> list[Route]:
    """The console's pages: all that people sign in for, which leaves the API out."""
    return [route for route in routes() if route.needs is not None and not route.path.startswith("v1/")]


def address(route: Route) -> str:
    path = route.path
    for place, value in PLACES.items():
        path = path.replace(place, value)
    return f"/{path}"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_its_permissions_say(teahouse: Published, role: str) -> None:
    client = signed_in(role)
    for route in ours():
        allowed = (route.needs or frozenset()) <= ROLES[role]
        assert (client.get(address(route)).status_code != 403) == allowed, (role, route.path)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sends_only_the_forms_that_its_permissions_say(teahouse: Published, role: str) -> None:
    client = signed_in(role)
    for route in ours():
        allowed = (route.needs or frozenset()) <= ROLES[role]
        assert (client.post(address(route)).status_code != 403) == allowed, (role, route.path)


def test_nobody_gets_in_without_signing_in(teahouse: Published) -> None:
    for route in ours():
        answer = Client().get(address(route))
        assert answer.status_code == 302, route.path
        assert answer["Location"].startswith("/sign-in?next="), route.path


@pytest.mark.parametrize("role", ROLES)
def test_whoever_signs_in_lands_on_a_page_they_may_see(teahouse: Published, role: str) -> None:
    assert signed_in(role).get("/", follow=True).status_code == 200


def test_the_navigation_leads_only_where_the_role_may_go(teahouse: Published) -> None:
    page = signed_in("cashier").get("/", follow=True).content.decode()
    assert 'href="/programs/tea-house/members"' in page
    assert 'href="/programs/tea-house/program"' not in page
