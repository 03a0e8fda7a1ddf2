"""Every page as people see it: nobody is kept out, nothing overlaps, is cut off or wider than a phone.

The pages are those that the routes name, in a house where everything has happened (tests/fullhouse.py), each loaded
once. `./run screens [FOLDER]` draws them all instead: three languages, light and dark, on a desk and on a phone, with
an index.html that lays them side by side.
"""

import os
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core import mail
from playwright.sync_api import Browser, Page, ViewportSize, expect

from regulars.programs.queries import Published
from tests.browser.conftest import HOME, drawn, watched
from tests.browser.seeing import COLLISIONS, HIDDEN, MARKS, TOO_WIDE
from tests.console.conftest import signed_in as client_of
from tests.fullhouse import NO_PAGES, open_full_house, pages, visitor_of
from tests.fullhouse import visitors as clients
from tools.screens import DEVICES, FOLDER_VARIABLE, LANGUAGES, THEMES, picture_of

FOLDER = os.environ.get(FOLDER_VARIABLE, "")
PHONE = ViewportSize(width=360, height=740)
DOORS = {
    "portal": "m/",
    "security": "s",
    "members": "programs/<slug:slug>/members",
    "rewards": "programs/<slug:slug>/rewards",
}


def open_shop(_customers: int) -> Published:
    return open_full_house(40)


def screens(door: str) -> dict[str, str]:
    """The addresses of pages by the routes behind a door; "": of all other routes, "all": of all."""
    found = {route: url for route, url in pages().items() if not NO_PAGES.search(route)}
    if door == "all":
        return found
    return {route: url for route, url in found.items() if door_of(route) == door}


def door_of(route: str) -> str:
    return next((name for name, begun in DOORS.items() if route.startswith(begun)), "")


@pytest.fixture
def visitors(browser: Browser, address: str) -> Iterator[dict[str, Page]]:
    """A browser for each who opens pages."""
    opened = {}
    for name, client in clients(client_of("owner", "lin"), client_of("owner", "mei")).items():
        context = browser.new_context(base_url=address, locale="en-GB", reduced_motion="reduce")
        cookies = [{"name": key, "value": one.value, "url": address} for key, one in client.cookies.items()]
        context.add_cookies(cookies)
        opened[name] = context.new_page()
    with watched(*opened.values()):
        yield opened
    for page in opened.values():
        page.context.close()


def opened(visitors: dict[str, Page], route: str, url: str) -> Page:
    """The page when all of it is there."""
    page = visitors[visitor_of(route)]
    answer = page.goto(url)
    assert answer
    assert answer.ok, (url, answer.status)
    if route == "programs/<slug:slug>/":
        drawn(page)
    return page


@pytest.mark.skipif(bool(FOLDER), reason="draws all screens instead")
@pytest.mark.parametrize("door", ["portal", "members", "rewards", "security", ""])
def test_nothing_keeps_anybody_out(visitors: dict[str, Page], door: str) -> None:
    """axe finds no serious fault, in the dark there is contrast, a phone scrolls one way only and what is pressed there
    is large enough, nothing lies on what has the focus, and where the system has colours of its own one still sees
    where one is and what is chosen."""
    wrong = []
    for route, url in screens(door).items():
        page = opened(visitors, route, url)
        page.set_viewport_size(DEVICES["desk"])
        wrong += [f"{route}: {fault}" for fault in [*faults(page), *page.evaluate(COLLISIONS), *page.evaluate(HIDDEN)]]
        page.emulate_media(color_scheme="dark")
        wrong += [f"{route}, dark: {fault}" for fault in faults(page, "color-contrast")]
        page.emulate_media(forced_colors="active")
        wrong += [f"{route}, without colours: {fault}" for fault in page.evaluate(MARKS)]
        page.emulate_media(color_scheme="light", forced_colors="none")
        page.set_viewport_size(PHONE)
        if page.evaluate(TOO_WIDE):
            wrong.append(f"{route}: wider than a phone")
        found = [*page.evaluate(COLLISIONS), *page.evaluate(HIDDEN), *faults(page, "target-size")]
        wrong += [f"{route}, phone: {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)


def portal_code(page: Page) -> None:
    page.goto("/m/tea-house/enter")
    page.fill("#email", f"{uuid4().hex}@example.com")
    page.click("main .is-main")


def portal_join(page: Page) -> None:
    portal_code(page)
    found = re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))
    assert found
    page.fill("#code", found[0])
    page.click("main .is-main")


# How one comes to a form, what is wrong with what is sent, and the field that is told of it.
WRONG = {
    "portal/enter": (lambda page: page.goto("/m/tea-house/enter"), {"#email": "mei"}, "#email"),
    "portal/code": (portal_code, {"#code": "1"}, "#code"),
    "portal/join": (portal_join, {"#name": "Mei"}, "[name=terms]"),
    "segments/new": (lambda page: page.goto(f"{HOME}segments/new"), {"#key": "no key"}, "#name"),
    "settings": (lambda page: page.goto(f"{HOME}settings"), {}, "#name"),
    "codes/new": (lambda page: page.goto(f"{HOME}rewards/codes/new"), {"#quantity": "many"}, "#quantity"),
}


@pytest.mark.skipif(bool(FOLDER), reason="draws all screens instead")
@pytest.mark.parametrize("form", WRONG)
def test_what_is_wrong_is_said_at_its_field(visitors: dict[str, Page], form: str) -> None:
    """It has the focus, says itself what is wrong with it, and where only the title is read that says so too."""
    come, typed, field = WRONG[form]
    page = visitors["nobody" if form.startswith("portal") else "staff"]
    come(page)
    for place, text in typed.items():
        page.fill(place, text)
    # As it comes from a browser that does not check forms itself.
    page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
    page.locator("main .is-main").last.click()
    expect(page.locator(f"{field}[aria-invalid=true]")).to_be_focused()
    if form.startswith("portal"):
        expect(page).to_have_title(re.compile("^Something is wrong: "))
    page.emulate_media(forced_colors="active")
    wrong = [*page.evaluate(MARKS), *faults(page)]
    page.emulate_media(forced_colors="none")
    assert not wrong, "\n".join(wrong)


def faults(page: Page, *rules: str) -> list[str]:
    """What axe takes seriously."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.skipif(not FOLDER, reason="./run screens draws them")
@pytest.mark.parametrize(("device", "theme", "language"), list(product(DEVICES, THEMES, LANGUAGES)))
def test_screens_are_drawn(visitors: dict[str, Page], address: str, device: str, theme: str, language: str) -> None:
    for page in visitors.values():
        page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}])
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(DEVICES[device])
    wrong = []
    for route, url in screens("all").items():
        page = opened(visitors, route, url)
        # As tall as the page, so that what stays at the edge of a window is at the edge of the picture.
        page.set_viewport_size({**DEVICES[device], "height": page.evaluate("document.documentElement.scrollHeight")})
        page.screenshot(path=Path(FOLDER) / picture_of(route, language, theme, device))
        wrong += [f"{route}: {fault}" for fault in page.evaluate(COLLISIONS)]
        page.set_viewport_size(DEVICES[device])
    assert not wrong, "\n".join(wrong)
