"""The mark that every route carries: it names what is needed, and refuses whoever lacks it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from regulars.access import routes
from regulars.access.models import Staff
from regulars.access.permissions import ROLES, public, require


@require("members:read", "members:read_personal")
def sees_people(request):
    return HttpResponse("people")


@require()
def sees_the_front_door(request):
    return HttpResponse("welcome")


def visit(view, holder):
    request = RequestFactory().get("/members", {"q": "mei"})
    request.user = holder
    return view(request)


def test_whoever_holds_all_of_it_may() -> None:
    assert visit(sees_people, Staff(role="service_desk")).content == b"people"


@pytest.mark.parametrize("role", ["cashier", "finance", "analyst"])
def test_whoever_lacks_one_may_not(role: str) -> None:
    with pytest.raises(PermissionDenied, match="members:read_personal"):
        visit(sees_people, Staff(role=role))


def test_only_an_owner_alone_both_brings_in_orders_and_approves_points() -> None:
    """A made-up order earns points that nobody approves."""
    for making in ("orders:enter", "orders:write"):
        assert [role for role, may in ROLES.items() if {making, "points:approve"} <= may] == ["owner"]


def test_an_auditor_only_reads_and_neither_they_nor_an_analyst_see_names() -> None:
    assert {one.partition(":")[2] for one in ROLES["auditor"]} == {"read"}
    assert not [one for one in ROLES["analyst"] if one.startswith("members:")]
    assert not ROLES["auditor"] & {"members:read_personal", "codes:read"}


def test_whoever_has_not_signed_in_is_sent_to_do_so() -> None:
    answer = visit(sees_people, AnonymousUser())
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=%2Fmembers%3Fq%3Dmei")
    assert visit(sees_the_front_door, AnonymousUser()).status_code == 302


def test_nothing_in_particular_needs_any_member_of_the_staff() -> None:
    assert visit(sees_the_front_door, Staff(role="analyst")).content == b"welcome"


def test_a_word_outside_the_vocabulary_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="members:reed"):
        require("members:reed")


def test_a_route_without_a_mark_is_found(settings, monkeypatch) -> None:
    def forgotten(request):
        return HttpResponse()

    tree = [path("people", sees_people), path("sign-in", public(lambda request: HttpResponse())), path("x", forgotten)]
    monkeypatch.setattr(routes, "get_resolver", lambda: type("Root", (), {"url_patterns": tree}))
    assert routes.unmarked() == ["x"]
    assert [route.needs for route in routes.routes()] == [{"members:read", "members:read_personal"}, None, None]


def test_every_route_of_the_installation_is_marked() -> None:
    assert routes.unmarked() == [], "say @require(...) or @public above the view"
