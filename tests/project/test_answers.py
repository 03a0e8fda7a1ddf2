"""What every answer of the web server carries, whichever door gave it."""

import pytest

from regulars.project.csp import POLICY


@pytest.mark.django_db
def test_health_says_whether_the_database_is_reachable(client):
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json()["database"] == "reachable"


@pytest.mark.django_db
def test_every_answer_restricts_what_a_page_may_load(client):
    for address in ("/health", "/", "/no-such-page", "/v1/openapi.json"):
        headers = client.get(address).headers
        assert headers["Content-Security-Policy"] == POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert POLICY.startswith("default-src 'self';")
    assert not {"unsafe", "http", "*", "data:"} & set(POLICY.replace("-", " ").split())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_the_language_is_remembered_in_a_cookie(client, language):
    response = client.post("/i18n/setlang/", {"language": language, "next": "/health"})
    assert response.cookies["django_language"].value == language
    assert client.get("/sign-in").headers["Content-Language"] == language
