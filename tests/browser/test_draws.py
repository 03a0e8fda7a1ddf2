"""Lucky draws in a browser: a ticket is opened with one click."""

from playwright.sync_api import Page, expect

from regulars.engine.calendar import DAY
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published, now
from regulars.rewards.actions import drawing, owning
from tests.browser.conftest import HOME
from tests.rewarded import richest
from tests.teahouse import DRAWING, open_teahouse

# One whose first draw of 4 March is the tea bags.
SEED = (2832).to_bytes(32)


def open_shop(_customers: int) -> Published:
    """Some drew yesterday, and one has a ticket that nobody opened yet."""
    shop = open_teahouse(40, DRAWING)
    for place, member in enumerate(richest(shop, 6)):
        owning.claim(shop.programs, member, "wheel", now(shop) - DAY + place, actor="staff:mei")
        ticket = rows(raw(), "SELECT id FROM rewards_issued ORDER BY issued_at DESC LIMIT 1")[0][0]
        if place < 5:
            drawing.draw(shop.programs, ticket, now(shop) - DAY + place, actor="staff:mei", fresh=lambda: SEED)
    return shop


def unopened() -> str:
    found = "SELECT id FROM rewards_issued WHERE reward = 'wheel' ORDER BY issued_at DESC LIMIT 1"
    return str(rows(raw(), found)[0][0])


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
