"""The portal in a browser: somebody joins, shows the card, takes a reward and reads why; also without a network."""

import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from regulars.ledger.connect import raw, rows
from regulars.members.entering import make_link
from regulars.programs.queries import Published
from tests.browser.keyboard import press, type_into
from tests.rewarded import open_rewarded
from tools.screens import DEVICES

SHOP = "/m/tea-house/"
RICHEST = "SELECT member_id FROM ledger_account ORDER BY available DESC LIMIT 1"


def open_shop(_customers: int) -> Published:
    return open_rewarded(40)


@pytest.fixture(autouse=True)
def letters(settings: object, tmp_path: Path) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"  # type: ignore[attr-defined]
    cache.clear()
    return tmp_path


@pytest.fixture
def member(page: Page) -> Page:
    """A phone of the member with the most points."""
    [(member_id,)] = rows(raw(), RICHEST)
    token = f"link-{timezone.now().timestamp()}"
    make_link(member_id, token, timezone.now())
    page.set_viewport_size(DEVICES["phone"])
    page.goto(f"{SHOP}link/{token}")
    page.get_by_role("button", name="Open my card").click()
    page.wait_for_url(re.compile(f"{SHOP}(agree|card)"))
    if page.url.endswith("agree"):
        # Asked once, in whichever test came first.
        page.get_by_role("checkbox", name=re.compile("terms")).check()
        page.get_by_role("button", name="Open my card").click()
    page.wait_for_url(f"**{SHOP}card")
    return page


def test_somebody_joins_redeems_and_reads_why_by_the_keyboard_alone(page: Page, letters: Path) -> None:
    page.set_viewport_size(DEVICES["phone"])
    page.goto(SHOP)
    press(page, page.get_by_role("link", name="Join or sign in"))
    type_into(page, page.get_by_label("E-mail address"), "bo@example.com")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{SHOP}code")
    [letter] = letters.iterdir()
    code = re.search(r"\b\d{6}\b", letter.read_text())
    assert code
    type_into(page, page.get_by_label("The six digits"), code[0])
    page.keyboard.press("Enter")
    type_into(page, page.get_by_label("What may we call you?"), "Bo Chen")
    press(page, page.get_by_label("I agree to the terms"), "Space")
    press(page, page.get_by_role("button", name="Join"))
    expect(page.locator(".pass-name")).to_have_text("Bo")
    expect(page.locator(".pass-points")).to_contain_text("50 points")
    expect(page.locator(".pass .qr svg")).to_be_visible()
    press(page, page.get_by_role("link", name="Rewards", exact=True))
    press(page, page.get_by_role("link", name=re.compile("Museum ticket")).first)
    press(page, page.get_by_role("button", name=re.compile("^Take it for 40 points")))
    expect(page.locator(".voucher")).to_contain_text("Ready to use")
    press(page, page.get_by_role("link", name="History"))
    expect(page.locator(".receipt")).to_contain_text("Welcome: 50 points")
    expect(page.locator(".receipt")).to_contain_text("−40")


def test_a_member_takes_a_reward_and_shows_its_code(member: Page) -> None:
    member.get_by_role("link", name="Rewards", exact=True).click()
    member.get_by_label("You could have now").get_by_role("link").first.click()
    member.get_by_role("button", name=re.compile("^Take it for")).click()
    expect(member.locator(".voucher .qr svg")).to_be_visible()
    expect(member.locator(".voucher")).to_contain_text("Ready to use")


def test_the_card_can_be_shown_without_a_network(member: Page, context_of: BrowserContext) -> None:
    member.wait_for_function("navigator.serviceWorker.ready")
    member.reload()
    number = member.locator(".pass-number").inner_text()
    context_of.set_offline(True)
    member.goto(f"{SHOP}card")
    assert member.locator(".pass-number").inner_text() == number
    expect(member.locator(".pass-top")).to_have_css("background-color", "rgb(13, 105, 83)")
    context_of.set_offline(False)


def test_the_card_is_forgotten_with_the_visit(member: Page, context_of: BrowserContext) -> None:
    member.wait_for_function("navigator.serviceWorker.ready")
    member.reload()
    known = "caches.match(location.origin + '/m/tea-house/card').then((found) => Boolean(found))"
    member.wait_for_function(known)
    context_of.clear_cookies()
    member.goto(f"{SHOP}card")
    expect(member).to_have_url(re.compile("/enter$"))
    member.wait_for_function(f"{known}.then((found) => !found)")


@pytest.fixture
def context_of(page: Page) -> BrowserContext:
    return page.context
