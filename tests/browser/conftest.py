"""A real Chromium against a real server: what people see and click.

The pages are strict about themselves: a violation of the content policy, an error in the console or a request that
failed fails the test that met it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import override_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from regulars.access.actions import create_staff
from regulars.insight.actions import refresh_lake
from regulars.insight.charts.bundle import write_bundle
from tests.console.conftest import signed_in as client_of
from tests.teahouse import open_teahouse

# Playwright's synchronous interface runs an event loop in the test's thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PASSWORD = "a password of some length"
CUSTOMERS = 200
CHARTS = 6
HOME = "/programs/tea-house/"


# What htmx says of a request that a newer one took the place of, or that somebody did not wait for.
ABORTED = ("htmx:afterRequest", "htmx:sendAbort")
# A form that comes back because something in it is wrong.
CAME_BACK = "Failed to load resource: the server responded with a status of 422"


def is_wrong(said: ConsoleMessage) -> bool:
    """A request that really failed is told by `htmx:sendError` or `htmx:responseError`, too."""
    return said.type == "error" and not said.text.startswith((*ABORTED, CAME_BACK))


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: object,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Where a tea house is being served, with somebody who may do everything; loaded once for a module's tests.

    A module that needs another one, or none, opens it by its `open_shop`.
    """
    folder = override_settings(DATA_FOLDER=tmp_path_factory.mktemp("regulars"))
    write_bundle()
    with django_db_blocker.unblock(), folder:  # type: ignore[attr-defined]
        create_staff("lin", PASSWORD, "owner", name="Lin Ya-ting")
        open_shop = getattr(request.module, "open_shop", open_teahouse)
        if shop := open_shop(CUSTOMERS):
            refresh_lake(shop)
        server = LiveServer("localhost")
        yield server.url
        server.stop()
        connection.ops.execute_sql_flush([])


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A browser that nobody has used yet."""
    context = browser.new_context(base_url=address, locale="en-GB", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    with watched(opened):
        yield opened
        context.close()


@contextmanager
def watched(*opened: Page) -> Iterator[None]:
    """Fails if the pages complain of anything meanwhile."""
    wrong: list[str] = []
    for page in opened:
        page.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        # Whoever goes on before all is loaded aborts the rest; that is no fault of the page.
        page.on("requestfailed", lambda it: None if it.failure == "net::ERR_ABORTED" else wrong.append(it.url))
    yield
    assert not wrong, wrong


@pytest.fixture
def role() -> str:
    """Whose journey it is. What is done by others than an owner says so, as a module or as a test."""
    return "owner"


@pytest.fixture
def signed_in(page: Page, address: str, role: str) -> Page:
    """The same, when somebody of that role has signed in: an owner sees the dashboard, others where they begin."""
    client = client_of(role, "lin" if role == "owner" else "")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
    page.goto(HOME if role == "owner" else "/")
    return page


def drawn(page: Page) -> None:
    """Wait until every chart is there."""
    expect(page.locator(".chart[data-drawn]")).to_have_count(CHARTS)
