"""What a page may cost whoever opens it: bytes on the way to them, and questions to the database. Every page there is.

A page is its HTML and every style and script it loads, as they go over the wire. The bundle that draws charts is apart:
it comes only where there are charts.
"""

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.http import HttpResponse
from django.test import Client

from regulars.insight.actions import refresh_lake
from regulars.insight.charts.bundle import write_bundle
from regulars.project.paging.questions import questions
from regulars.project.paging.visiting import MEMBER, STAFF, opened
from tests.console.conftest import signed_in
from tests.fullhouse import open_full_house, pages, visitor_of, visitors

pytestmark = pytest.mark.django_db(transaction=True)
BYTES = 100_000
QUERIES = 15
LOADED = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js))"')
CHARTS = "insight/charts.js"
WITH_CHARTS = {"programs/<slug:slug>/"}
ELSEWHERE = 302
# Nothing to show where it has nothing to do: who has come in needs no code, and no cart is asked about by itself.
EMPTY = {
    "m/<slug:slug>/embed/balance",
    "m/<slug:slug>/embed/earn",
    "programs/<slug:slug>/imports/<int:number>/rejects",
    "theme",
}


@pytest.fixture
def browsers(settings, tmp_path: Path) -> dict[str, Client]:
    settings.DATA_FOLDER = tmp_path
    write_bundle()
    refresh_lake(open_full_house())
    return visitors(signed_in("owner"), signed_in("owner", "mei"))


def test_no_page_is_heavy_or_asks_much(browsers: dict[str, Client]) -> None:
    wrong = []
    for route, url in pages().items():
        browser = browsers[visitor_of(route)]
        with questions() as asked:
            answer = browser.get(url, headers={"Accept-Encoding": "gzip"})
        if answer.status_code not in (200, ELSEWHERE) and route not in EMPTY:
            wrong.append(f"{url} answers {answer.status_code}: say in tests/fullhouse.py what it shows")
        if len(asked) > QUERIES:
            wrong.append(f"{url} asks {len(asked)} questions of the database")
        if answer["Content-Type"].startswith("text/html") and (size := weight(route, answer)) > BYTES:
            wrong.append(f"{url} weighs {size:,} bytes")
    assert not wrong, "\n".join(wrong)
    measured = opened("tea-house", 2)
    assert len(measured.pages) == len(STAFF) + len(MEMBER)
    assert all(page.p50 <= page.p95 and page.size < BYTES for page in measured.pages)


def weight(route: str, answer: HttpResponse) -> int:
    """In bytes."""
    assert answer.get("Content-Encoding") == "gzip" or len(answer.content) < 200, route
    html = gzip.decompress(answer.content).decode() if answer.get("Content-Encoding") else answer.content.decode()
    loaded = set(LOADED.findall(html))
    assert (CHARTS in loaded) == (route in WITH_CHARTS), route
    return len(answer.content) + sum(packed(name) for name in loaded - {CHARTS})


@cache
def packed(name: str) -> int:
    return len(gzip.compress(Path(str(find(name))).read_bytes()))
