"""Screens as people see them, kept in `screenshots/` to be looked at, and measured: nothing overlaps or is cut off.

Normally the dashboard in three languages. With SCREENS=all in the environment also the member list and a member's page,
in light and dark, on a desk and on a phone.
"""

import os
from itertools import product

import pytest
from playwright.sync_api import Page

from regulars.project.place import CHECKOUT
from tests.browser.conftest import HOME, drawn

FOLDER = CHECKOUT / "screenshots"
LANGUAGES = ("en", "zh-hant", "zh-hans")
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
ALL = os.environ.get("SCREENS") == "all"
THEMES = ("light", "dark") if ALL else ("light",)
DEVICES = tuple(SIZES) if ALL else ("desk",)

# Words whose boxes lie on one another by more than a hair, and words that do not fit their box.
COLLISIONS = """() => {
  const boxes = [...document.querySelectorAll(
    'h1, h2, .figure, .delta, .tile-name, .facts dt, .facts dd, .formula, .sums, .chart text, th, td')]
    .filter((e) => e.textContent.trim() && e.checkVisibility() && !e.closest('thead'))
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1);
  const found = [];
  boxes.forEach(([one, a], place) => boxes.slice(place + 1).forEach(([other, b]) => {
    if (one.contains(other) || other.contains(one)) return;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 4) found.push(one.textContent.trim() + ' × ' + other.textContent.trim());
  }));
  for (const e of document.querySelectorAll('.figure, .tile, .badge, .facts dd'))
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
      found.push('cut off: ' + e.textContent.trim());
  return found;
}"""


@pytest.mark.parametrize(("device", "theme", "language"), list(product(DEVICES, THEMES, LANGUAGES)))
def test_screens_can_be_looked_at(signed_in: Page, address: str, device: str, theme: str, language: str) -> None:
    page = signed_in
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(SIZES[device])
    for name, url in screens(page).items():
        page.goto(url)
        if name == "home":
            drawn(page)
        FOLDER.mkdir(exist_ok=True)
        page.screenshot(path=FOLDER / f"{name}-{language}-{theme}-{device}.png", full_page=True)
        assert page.evaluate(COLLISIONS) == [], (name, language, device)


def screens(page: Page) -> dict[str, str]:
    if not ALL:
        return {"home": HOME}
    page.goto(f"{HOME}members?sort=-points")
    member = page.locator(".row-link").first.get_attribute("href") or ""
    return {"home": HOME, "members": f"{HOME}members", "member": member}
