"""The description of the API: a valid OpenAPI 3.1 document, and pages that load nothing from elsewhere."""

import re

import pytest
from django.test import Client

from regulars.contract.problems import KINDS, MEDIA_TYPE
from regulars.project.csp import POLICY

pytestmark = pytest.mark.django_db
PAGES = ["/v1/docs", "/v1/problems"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_key_and_nothing_from_elsewhere(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == POLICY
    page = answer.content.decode()
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|(src|href)=.(https?:)?//", page)


def test_the_page_names_every_operation_and_field(client: Client) -> None:
    page = client.get("/v1/docs").content.decode()
    described = client.get("/v1/openapi.json").json()
    for path, methods in described["paths"].items():
        for method in methods:
            assert f"<b>{method.upper()}</b> <code>{path}</code>" in page
    for field in (
        "lines[].total",
        "orders[].refunds[].lines[].quantity",
        "wallets",
        "Idempotency-Key",
        "problem.errors[].pointer",
    ):
        assert f"<code>{field}</code>" in page


def test_openapi_says_what_may_come_back(client: Client) -> None:
    described = client.get("/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for methods in described["paths"].values():
        for operation in methods.values():
            refusals = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
            assert {str(kind.status) for kind in KINDS.values()} - set(refusals) == {"405", "500"}
            assert all(set(answer["content"]) == {MEDIA_TYPE} for answer in refusals.values())
            assert operation["security"]


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_of_another_language_are_whole(client: Client, path: str) -> None:
    assert client.get(path, headers={"Accept-Language": "zh-Hans"}).status_code == 200


def test_bounds_are_said_in_words(client: Client) -> None:
    page = client.get("/v1/docs").content.decode()
    for said in ("1 to 100 characters, no control characters", "at most 1000 items", "at most 1000000000", "date-time"):
        assert f"<small>{said}</small>" in page
