"""The desk in a browser: what is missing is given or entered, a return is told, two become one; a file comes in."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from regulars.intake.models import Upload
from regulars.intake.uploading import take_in
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import now, published_by_id
from regulars.rewards.actions.adjusting import Wish, adjust
from tests.browser.conftest import HOME
from tests.browser.keyboard import press, reach, type_into

RICHEST = """
    SELECT m.external_id FROM ledger_account AS a JOIN members_member AS m ON m.id = a.member_id
    ORDER BY a.available DESC LIMIT 1
"""
# An order of last autumn, whose points could be spent long ago and have not expired.
SETTLED = """
    SELECT program_id, member_id, o.key FROM ledger_order AS o JOIN ledger_account AS a USING (program_id, member_id)
    WHERE o.points > 100 AND o.refunded_minor = 0 AND a.available > o.points
        AND o.paid_at BETWEEN '2025-12-01' AND '2026-02-10' ORDER BY o.paid_at DESC LIMIT 1
"""

CONTENT = "Order ID;Date;Customer;SKU;Qty;Total\nN-1;2026-03-01 10:00;1001;OOL-1;2;998\nN-2;never;1001;OOL-1;1;499\n"


@pytest.fixture
def role() -> str:
    return "service_desk"


def test_points_that_are_missing_are_given_by_the_keyboard_alone(signed_in: Page) -> None:
    page = signed_in
    [(number,)] = rows(raw(), RICHEST)
    press(page, page.get_by_role("link", name="Members", exact=True))
    type_into(page, page.locator("#search"), number)
    expect(page.locator(".row-link")).to_have_count(1)
    press(page, page.locator(".row-link").first)
    before = page.locator(".holding .figure").inner_text()
    press(page, page.get_by_role("link", name="Adjust points"))
    type_into(page, page.get_by_label("How many"), "20")
    reach(page, page.get_by_label("Reason"))
    page.keyboard.type("Points were missing")
    type_into(page, page.get_by_label("In your words"), "forgot her card")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Give 20 points?")).to_be_visible()
    press(page, page.get_by_role("button", name="Give the points"))
    expect(page.get_by_text("Done. It stands in the history below.")).to_be_visible()
    after = int(before.replace(",", "")) + 20
    expect(page.locator(".holding .figure")).to_have_text(f"{after:,}")
    expect(page.locator(".slip").first).to_contain_text("Points were missing · Service_Desk · “forgot her card”")


def test_an_order_that_is_missing_is_entered_by_the_keyboard_alone(signed_in: Page) -> None:
    page = signed_in
    [(number,)] = rows(raw(), RICHEST)
    press(page, page.get_by_role("link", name="Members", exact=True))
    type_into(page, page.locator("#search"), number)
    expect(page.locator(".row-link")).to_have_count(1)
    press(page, page.locator(".row-link").first)
    press(page, page.get_by_role("link", name="Enter an order"))
    type_into(page, page.get_by_label("Number of the order"), "M-1")
    # How a day is typed is the browser's, and its language's.
    reach(page, page.get_by_label("When it was paid"))
    page.get_by_label("When it was paid").fill("2026-01-10T15:30")
    type_into(page, page.get_by_label("Amount").first, "1280")
    reach(page, page.get_by_label("Why it is missing"))
    page.keyboard.type("The card")
    type_into(page, page.get_by_label("How you know of it"), "showed the receipt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enter order M-1?")).to_be_visible()
    expect(page.get_by_text("128 points", exact=True)).to_be_visible()
    press(page, page.get_by_role("button", name="Enter the order"))
    expect(page.get_by_text("Entered. It stands in the history below")).to_be_visible()
    slip = page.locator(".slip", has=page.get_by_role("link", name="Order M-1", exact=True))
    expect(slip).to_contain_text("entered by hand · “showed the receipt”")
    expect(slip).to_contain_text("gives 128 points")


def test_a_return_says_what_is_spent_already_by_the_keyboard_alone(signed_in: Page) -> None:
    page = signed_in
    [(program_id, member_id, key)] = rows(raw(), SETTLED)
    shop = published_by_id(program_id)
    [(available,)] = rows(raw(), "SELECT available FROM ledger_account WHERE member_id = %s", [member_id])
    adjust(shop.programs, member_id, Wish("points", -available, "mistake"), now(shop), actor="staff:mei")
    page.goto(f"{HOME}orders/{key}")
    press(page, page.get_by_role("link", name="What would a return change?"))
    expect(page.locator("#quote")).to_contain_text("Say how many of what come back")
    type_into(page, page.locator("input[type=number]").first, "1")
    page.keyboard.press("Tab")
    expect(page.locator("#quote")).to_contain_text("Pay back")
    expect(page.locator("#quote")).to_contain_text("are spent already; the member owes them from what they earn next.")


def test_two_members_are_merged_after_they_were_looked_at(signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{HOME}members?sort=-points")
    first = page.locator(".row-link").first.get_attribute("href")
    second = page.locator(".row-link").nth(1).inner_text()
    page.goto(f"{first}/merge")
    page.get_by_label("The other membership").fill(second)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name=second).first.click()
    expect(page.get_by_role("heading", name="Afterwards")).to_be_visible()
    page.get_by_label("How you know").fill("both cards")
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("They are one member now")).to_be_visible()
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Show what each would have again").click()
    page.get_by_label("Why").fill("two people")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("They are two members again.")).to_be_visible()


@pytest.mark.parametrize("role", ["owner"])
def test_a_file_comes_in_and_says_how_far_it_is(signed_in: Page, tmp_path: Path, settings) -> None:
    page = signed_in
    file = tmp_path / "march.csv"
    file.write_text(CONTENT)
    page.goto(f"{HOME}orders")
    page.get_by_role("link", name="Bring in orders").click()
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Go on to the columns").click()
    expect(page.get_by_label("Order number")).to_have_value("Order ID")
    page.get_by_role("button", name="See how it is understood").click()
    expect(page.get_by_text("NT$998")).to_be_visible()
    page.get_by_role("button", name="Bring in 1 order").click()
    expect(page.get_by_text("Waiting for the job worker")).to_be_visible()
    take_in(Upload.objects.get().pk)
    expect(page.get_by_role("heading", name="The import is done")).to_be_visible()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="What was not taken").click()
    assert "never" in Path(downloaded.value.path()).read_text("utf-8-sig")
