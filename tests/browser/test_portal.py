"""The portal in a browser: somebody joins, shows the card, takes a reward and reads why; also without a network."""

import re
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from regulars.ledger.connect import raw, rows
from regulars.members.entering import make_link
from regulars.programs.queries import Published
from tests.browser.test_console import TOO_WIDE
from tests.browser.test_screens import ALL, COLLISIONS, DEVICES, FOLDER, LANGUAGES, SIZES, THEMES
from tests.rewarded import open_rewarded

SHOP = "/m/tea-house/"
RICHEST = "SELECT member_id FROM ledger_account ORDER BY available DESC LIMIT 1"
PAGES = ("", "card", "rewards", "rewards/hundred-off", "history", "me", "leave")


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
    page.set_viewport_size(SIZES["phone"])
    page.goto(f"{SHOP}link/{token}")
    page.get_by_role("button", name="Open my card").click()
    page.wait_for_url(f"**{SHOP}card")
    return page


def test_somebody_joins_shows_the_card_and_reads_why(page: Page, letters: Path) -> None:
    page.set_viewport_size(SIZES["phone"])
    page.goto(SHOP)
    page.get_by_role("link", name="Join or sign in").click()
    page.get_by_label("E-mail address").fill("bo@example.com")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{SHOP}code")
    [letter] = letters.iterdir()
    code = re.search(r"\b\d{6}\b", letter.read_text())
    assert code
    page.get_by_label("The six digits").fill(code[0])
    page.keyboard.press("Enter")
    page.get_by_label("What may we call you?").fill("Bo Chen")
    page.get_by_label("I agree to the terms").check()
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".pass-name")).to_have_text("Bo")
    expect(page.locator(".pass-points")).to_contain_text("50 points")
    page.get_by_role("link", name="History").click()
    expect(page.locator(".receipt")).to_contain_text("Welcome: 50 points")


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


@pytest.mark.parametrize("place", PAGES)
def test_pages_can_be_used_by_everybody(member: Page, place: str) -> None:
    for theme in ("light", "dark"):
        member.emulate_media(color_scheme=theme)
        member.goto(f"{SHOP}{place}")
        found = Axe().run(member)
        serious = [one for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
        assert serious == [], (place, theme, serious)
        assert member.evaluate(TOO_WIDE) is False, place


@pytest.mark.parametrize(("device", "theme", "language"), list(product(DEVICES, THEMES, LANGUAGES)))
def test_screens_can_be_looked_at(member: Page, address: str, device: str, theme: str, language: str) -> None:
    member.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}])
    member.emulate_media(color_scheme=theme)
    member.set_viewport_size(SIZES[device])
    for place in PAGES if ALL else ("card",):
        member.goto(f"{SHOP}{place}")
        FOLDER.mkdir(exist_ok=True)
        name = f"portal-{place.replace('/', '-') or 'program'}-{language}-{theme}-{device}.png"
        member.screenshot(path=FOLDER / name, full_page=True)
        assert member.evaluate(COLLISIONS) == [], (place, language, device)
