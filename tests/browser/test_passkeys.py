"""Passkeys in a browser with a device of its own making: added, and let in by, twice; then no more."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from regulars.access.models import Staff
from tests.browser.conftest import HOME, PASSWORD

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_out(page: Page) -> None:
    page.goto(HOME)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Sign out").click()


def test_a_passkey_is_added_and_lets_in_alone_or_after_the_password(page: Page) -> None:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto("/sign-in")
    page.get_by_label("User name").fill("lin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Account").click()
    page.get_by_role("link", name="Sign-in and security").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What you call this device").fill("Lin's phone")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".own-codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Lin's phone")).to_be_visible()
    assert Axe().run(page).violations_count == 0

    sign_out(page)
    page.goto("/programs/tea-house/orders")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Orders")).to_be_visible()

    sign_out(page)
    page.get_by_label("User name").fill("lin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Account")).to_be_visible()

    sign_out(page)
    Staff.objects.update(is_active=False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("You cannot sign in any more.")).to_be_visible()
