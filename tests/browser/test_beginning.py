"""A new installation, by the keyboard alone: from signing in to the first order that earns."""

import json
import re
from datetime import timedelta
from urllib.request import Request, urlopen

from django.utils import timezone
from playwright.sync_api import Page, expect

from regulars.intake.models import Reckoning, Upload
from regulars.intake.reckonings import work_out
from regulars.intake.uploading import take_in
from regulars.programs.actions import set_clock
from tests.browser.conftest import PASSWORD
from tests.browser.keyboard import press, reach, type_into

# The job worker is not there: what it would do is done here, and the page sees it within a second or two.
SOON = 30_000
TWO_MINUTES_US = 120_000_000


def open_shop(_customers: int) -> None:
    """Nobody has made a program yet."""


def file_of_orders() -> bytes:
    """Twelve customers who come back every month of the last year."""
    now = timezone.now()
    rows = ["Order ID,Date,Customer,SKU,Qty,Total"]
    for customer in range(12):
        for month in range(1, 13):
            day = (now - timedelta(days=30 * month + customer)).strftime("%Y-%m-%d 10:00")
            rows.append(f"P-{customer}-{month},{day},{1001 + customer},OOL-1,1,499")
    return "\n".join(rows).encode()


def test_a_new_installation_comes_to_its_first_order(page: Page, address: str) -> None:
    page.goto("/")
    type_into(page, page.locator("#id_login"), "lin")
    type_into(page, page.locator("#id_password"), PASSWORD)
    page.keyboard.press("Enter")
    make_the_program(page)
    bring_in_the_past(page)
    see_what_it_would_cost(page)
    publish(page)
    send_the_first_order(page, address)


def make_the_program(page: Page) -> None:
    expect(page.get_by_role("heading", name="A new program")).to_be_visible()
    type_into(page, page.get_by_label("What members call it"), "Corner Tea")
    type_into(page, page.get_by_label("Its name in addresses"), "corner-tea")
    type_into(page, page.get_by_label("Currency"), "TWD")
    type_into(page, page.get_by_label("Time zone"), "Asia/Taipei")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.emulate_media(forced_colors="active")
    widths = page.locator(".type").evaluate_all("all => all.map((one) => getComputedStyle(one).borderTopWidth)")
    assert sorted(set(widths)) == ["1px", "3px"]
    assert widths.count("3px") == 1
    page.emulate_media(forced_colors="none")
    press(page, page.get_by_role("button", name="Make it"))
    expect(page.get_by_role("heading", name="Set up your program")).to_be_visible()


def bring_in_the_past(page: Page) -> None:
    # Told long before the key is pressed: a browser that hears of it only then has opened a dialogue of its own.
    page.on("filechooser", lambda _chooser: None)
    press(page, page.get_by_role("link", name="Upload a file"))
    reach(page, page.locator("#file"))
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files({"name": "past.csv", "mimeType": "text/csv", "buffer": file_of_orders()})
    press(page, page.get_by_role("button", name="Go on to the columns"))
    press(page, page.get_by_role("button", name="See how it is understood"))
    press(page, page.get_by_role("button", name="Bring in 144 orders"))
    expect(page.get_by_text("Waiting for the job worker")).to_be_visible()
    take_in(Upload.objects.get().pk)
    expect(page.get_by_role("heading", name="The import is done")).to_be_visible(timeout=SOON)


def see_what_it_would_cost(page: Page) -> None:
    press(page, page.get_by_role("link", name="Home", exact=True))
    press(page, page.get_by_role("link", name="See the plan"))
    press(page, page.get_by_role("button", name="See what it would cost"))
    expect(page.get_by_role("status")).to_contain_text("Waiting for the job worker", timeout=SOON)
    work_out(Reckoning.objects.latest("pk").pk)
    expect(page.get_by_role("heading", level=1)).to_contain_text("cost NT$", timeout=SOON)


def publish(page: Page) -> None:
    press(page, page.get_by_role("link", name="Home", exact=True))
    press(page, page.get_by_role("link", name="Look at the draft"))
    expect(page.get_by_text("Its story holds.")).to_be_visible()
    press(page, page.get_by_role("button", name="Go on to publishing"))
    expect(page.get_by_text("The orders that are here already give no points")).to_be_visible()
    press(page, page.get_by_role("button", name="Publish", exact=True))
    expect(page.get_by_role("status")).to_have_text(
        re.compile(r"Version 2 is published, in force from .+\. Its story holds\.")
    )
    # A version is known for a minute before it is in force.
    set_clock("corner-tea", TWO_MINUTES_US)


def send_the_first_order(page: Page, address: str) -> None:
    press(page, page.get_by_role("link", name="Home", exact=True))
    press(page, page.get_by_role("link", name="Make an API key"))
    type_into(page, page.get_by_label("What it is for"), "Till")
    press(page, page.locator("input[name=scopes][value='orders:write']"), "Space")
    press(page, page.get_by_role("button", name="Make the key"))
    key = page.locator(".once .code-text").inner_text()
    paid_at = (timezone.now() + timedelta(seconds=90)).isoformat()
    lines = [{"line": "1", "sku": "OOL-1", "quantity": 1, "total": "600"}]
    said = {"currency": "TWD", "paid_at": paid_at, "customer": "1001", "lines": lines}
    asked = Request(f"{address}/v1/orders/till/F-1", json.dumps(said).encode(), method="PUT")
    asked.add_header("Authorization", f"Bearer {key}")
    asked.add_header("Content-Type", "application/json")
    urlopen(asked)
    press(page, page.get_by_role("link", name="Home", exact=True))
    expect(page.get_by_role("heading", name="Set up your program")).to_have_count(0)
    press(page, page.get_by_role("link", name="Orders", exact=True))
    press(page, page.get_by_role("link", name="F-1"))
    expect(page.get_by_role("main")).to_contain_text("points")
