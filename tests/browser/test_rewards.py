"""Rewards in a browser: a cashier finds the member, redeems and undoes it; codes are made; pages fit a phone."""

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published
from tests.browser.conftest import HOME, PASSWORD
from tests.browser.test_console import PHONE, TOO_WIDE
from tests.browser.test_screens import ALL, COLLISIONS, DEVICES, FOLDER, LANGUAGES, SIZES, THEMES
from tests.rewarded import open_rewarded

RICHEST = """
    SELECT m.id, m.external_id FROM ledger_account AS a JOIN members_member AS m ON m.id = a.member_id
    ORDER BY a.available DESC LIMIT 1
"""


def open_shop(_customers: int) -> Published:
    return open_rewarded(40)


def pages() -> dict[str, str]:
    """One page of each kind, by name."""
    [(member, _number)] = rows(raw(), RICHEST)
    copy = rows(raw(), "SELECT id FROM rewards_issued WHERE state = 'issued' AND reward = 'museum' ORDER BY id")[0][0]
    done = rows(raw(), "SELECT id FROM rewards_checkout WHERE state = 'captured' ORDER BY id")[0][0]
    batch = rows(raw(), "SELECT id FROM rewards_batch WHERE coupon <> '' ORDER BY id")[0][0]
    places = {
        "catalogue": "rewards",
        "reward": "rewards/of/tea-sampler",
        "coupon": "rewards/coupons/spring",
        "issued-list": "rewards/issued",
        "issued": f"rewards/issued/{copy}",
        "checkout": f"rewards/checkouts/{done}",
        "void": f"rewards/checkouts/{done}/void",
        "approvals": "rewards/approvals",
        "codes": "rewards/codes",
        "batch": f"rewards/codes/{batch}",
        "batch-new": "rewards/codes/new",
        "bring-in": "rewards/codes/bring-in",
        "member-rewards": f"members/{member}/rewards",
        "till": "till",
        "till-member": f"till/{member}?amount=1280",
    }
    return {name: f"{HOME}{place}" for name, place in places.items()}


def test_a_cashier_finds_a_member_redeems_and_undoes_it(signed_in: Page) -> None:
    page, [(_member, number)] = signed_in, rows(raw(), RICHEST)
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Till").click()
    page.fill("#who", number)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/till/"))
    page.fill("#amount", "800")
    page.get_by_role("checkbox", name=re.compile("NT.100 off.*80 points")).check()
    expect(page.locator(".sum .is-total")).to_have_text(re.compile("To pay\\s*NT.700"))
    page.get_by_role("button", name="Redeem", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Redeemed.")
    page.get_by_role("link", name="Undo this redemption").click()
    expect(page.locator(".back")).to_contain_text("80 points go back to the member")
    page.fill("#reason", "wrong member")
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_role("status")).to_contain_text("Everything is as it was before")
    expect(page.locator(".journal")).to_contain_text("wrong member")


def test_the_till_needs_no_scripts(browser, address: str) -> None:
    [(_member, number)] = rows(raw(), RICHEST)
    context = browser.new_context(base_url=address, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#id_login", "lin")
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    page.goto(f"{HOME}till")
    page.fill("#who", number)
    page.click("main form button")
    page.fill("#amount", "800")
    page.locator("input[name=reward][value=tea-sampler]").check()
    page.get_by_role("button", name="See what it comes to").click()
    assert "Hand out: 1 × TEA-SAMPLER" in page.locator(".sum").inner_text()
    page.get_by_role("button", name="Redeem", exact=True).click()
    assert "Redeemed." in page.locator(".notice").first.inner_text()
    context.close()


def test_codes_are_made_while_one_looks_on_and_downloaded(signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{HOME}rewards/codes/new")
    page.select_option("#coupon", "spring")
    page.fill("#quantity", "25000")
    page.get_by_role("button", name="Make them").click()
    download = page.get_by_role("button", name="Download as CSV")
    expect(download).to_be_visible(timeout=60_000)
    with page.expect_download() as taken:
        download.click()
    assert len(taken.value.path().read_text("utf-8-sig").split()) == 25_001
    page.reload()
    expect(page.get_by_text("They were downloaded already. Why again?")).to_be_visible()


def test_a_phone_scrolls_one_way_only(signed_in: Page) -> None:
    page = signed_in
    page.set_viewport_size(PHONE)
    for name, url in pages().items():
        page.goto(url)
        assert not page.evaluate(TOO_WIDE), name


@pytest.mark.parametrize(("scheme", "rules"), [("light", None), ("dark", {"runOnly": ["color-contrast"]})])
def test_nothing_keeps_anybody_out(signed_in: Page, scheme: str, rules: dict[str, list[str]] | None) -> None:
    page = signed_in
    page.emulate_media(color_scheme=scheme)
    for name, url in pages().items():
        page.goto(url)
        found = Axe().run(page, options=rules).response["violations"]
        serious = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found
                   if one["impact"] in ("serious", "critical")]  # fmt: skip
        assert not serious, (name, serious)


@pytest.mark.skipif(not ALL, reason="SCREENS=all draws every screen")
@pytest.mark.parametrize(("device", "theme", "language"), list(product(DEVICES, THEMES, LANGUAGES)))
def test_screens_can_be_looked_at(signed_in: Page, address: str, device: str, theme: str, language: str) -> None:
    page = signed_in
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size(SIZES[device])
    for name, url in pages().items():
        page.goto(url)
        FOLDER.mkdir(exist_ok=True)
        page.screenshot(path=FOLDER / f"{name}-{language}-{theme}-{device}.png", full_page=True)
        assert page.evaluate(COLLISIONS) == [], (name, language, device)
