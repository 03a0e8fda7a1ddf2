"""Lucky draws in a browser: a ticket is opened with one click, and its pages fit a desk and a phone."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from regulars.engine.calendar import DAY
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published, now
from regulars.rewards.actions import drawing, owning
from tests.browser.conftest import HOME
from tests.browser.test_console import TOO_WIDE
from tests.browser.test_screens import ALL, COLLISIONS, FOLDER, LANGUAGES, SIZES
from tests.rewarded import richest
from tests.teahouse import DRAWING, open_teahouse

# One whose first draw of 4 March is the tea bags.
SEED = (2832).to_bytes(32)
FEW = [("phone", "dark", "zh-hant"), ("desk", "light", "en")]
SEEN = list(product(SIZES, ("light", "dark"), LANGUAGES)) if ALL else FEW


def open_shop(_customers: int) -> Published:
    """Some drew yesterday, and one has a ticket that nobody opened yet."""
    shop = open_teahouse(40, DRAWING)
    for place, member in enumerate(richest(shop, 6)):
        owning.claim(shop.programs, member, "wheel", now(shop) - DAY + place, actor="staff:mei")
        ticket = rows(raw(), "SELECT id FROM rewards_issued ORDER BY issued_at DESC LIMIT 1")[0][0]
        if place < 5:
            drawing.draw(shop.programs, ticket, now(shop) - DAY + place, actor="staff:mei", fresh=lambda: SEED)
    return shop


def pages() -> dict[str, str]:
    won = "SELECT ticket_id, prize_id FROM rewards_draw WHERE prize_id <> ticket_id ORDER BY at LIMIT 1"
    blank = "SELECT ticket_id FROM rewards_draw WHERE prize_id IS NULL ORDER BY at LIMIT 1"
    [(ticket, copy)] = rows(raw(), won)
    [(nothing,)] = rows(raw(), blank)
    return {
        "wheel": f"{HOME}rewards/of/wheel",
        "draws": f"{HOME}rewards/draws",
        "drawn": f"{HOME}rewards/issued/{ticket}",
        "blank": f"{HOME}rewards/issued/{nothing}",
        "won": f"{HOME}rewards/issued/{copy}",
        "ticket": f"{HOME}rewards/issued/{unopened()}",
    }


def unopened() -> str:
    found = "SELECT id FROM rewards_issued WHERE reward = 'wheel' ORDER BY issued_at DESC LIMIT 1"
    return str(rows(raw(), found)[0][0])


@pytest.mark.parametrize(("device", "theme", "language"), SEEN)
def test_pages_fit(signed_in: Page, address: str, device: str, theme: str, language: str) -> None:
    page = signed_in
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(SIZES[device])
    for name, url in pages().items():
        page.goto(url)
        FOLDER.mkdir(exist_ok=True)
        page.screenshot(path=FOLDER / f"{name}-{language}-{theme}-{device}.png", full_page=True)
        assert page.evaluate(COLLISIONS) == [], (name, language, device)
        assert not page.evaluate(TOO_WIDE), (name, language, device)
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == [], name


def test_a_ticket_is_opened_with_one_click(signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{HOME}rewards/issued/{unopened()}")
    expect(page.get_by_role("heading", name="Not drawn yet")).to_be_visible()
    page.get_by_role("button", name="Draw", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Drawn:")
    expect(page.get_by_text("2026-03-05/1")).to_be_visible()
    expect(page.get_by_role("button", name="Draw", exact=True)).to_have_count(0)
    page.goto(f"{HOME}rewards/of/wheel")
    page.get_by_role("link", name="Draws and seeds").click()
    expect(page.get_by_role("row").filter(has_text="2026-03-05/1")).to_be_visible()
