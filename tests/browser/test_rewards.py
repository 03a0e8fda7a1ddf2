"""Rewards in a browser: a cashier finds the member, redeems and undoes it; codes are made; pages fit a phone."""

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from regulars.ledger.connect import raw, rows
from regulars.members.cards import give
from regulars.members.cards import number as card_number
from regulars.programs.queries import Published
from tests.browser.conftest import HOME, PASSWORD
from tests.browser.keyboard import press, type_into
from tests.rewarded import open_rewarded
from tools.screens import DEVICES

RICHEST = """
    SELECT m.id, m.external_id FROM ledger_account AS a JOIN members_member AS m ON m.id = a.member_id
    ORDER BY a.available DESC LIMIT 1
"""


def open_shop(_customers: int) -> Published:
    return open_rewarded(40)


@pytest.fixture
def role() -> str:
    return "cashier"


def test_a_cashier_finds_a_member_by_the_card_redeems_and_undoes_it_by_the_keyboard_alone(signed_in: Page) -> None:
    page, [(member, _number)] = signed_in, rows(raw(), RICHEST)
    card = give(member, card_number(20_260_305))
    page.set_viewport_size(DEVICES["phone"])
    press(page, page.get_by_role("link", name="Till"))
    # A scanner types what stands in the code of the card, and Enter.
    expect(page.locator("#who")).to_be_focused()
    page.keyboard.insert_text(card)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/till/"))
    type_into(page, page.locator("#amount"), "800")
    press(page, page.get_by_role("checkbox", name=re.compile("NT.100 off.*80 points")), "Space")
    expect(page.locator(".sum .is-total")).to_have_text(re.compile("To pay\\s*NT.700"))
    press(page, page.get_by_role("button", name="Redeem", exact=True))
    expect(page.get_by_role("status")).to_have_text("Redeemed.")
    press(page, page.get_by_role("link", name="Undo this redemption"))
    type_into(page, page.locator("#reason"), "wrong member")
    press(page, page.get_by_role("button", name="See what happens"))
    expect(page.locator(".back")).to_contain_text("80 points go back to the member")
    press(page, page.get_by_role("button", name="Undo it"))
    expect(page.get_by_role("status")).to_contain_text("points to use now.")
    # What was written is for who may see names.
    expect(page.locator(".journal")).to_contain_text("Undone")
    expect(page.locator(".journal")).not_to_contain_text("wrong member")


def test_a_code_alone_is_told_of_and_the_next_customer_is_one_key_away(signed_in: Page) -> None:
    page, [(member, _number)] = signed_in, rows(raw(), RICHEST)
    page.goto(f"{HOME}till/{member}")
    expect(page.locator("#amount")).to_be_focused()
    type_into(page, page.locator("#code"), "FIRSTCUP")
    page.keyboard.press("Tab")
    expect(page.locator(".till-code")).to_contain_text("This coupon is for a first order.")
    # What is ticked keeps the focus when the answer comes; Enter in the amount leads to the button.
    type_into(page, page.locator("#code"), "")
    reward = page.get_by_role("checkbox", name=re.compile("NT.100 off.*points"))
    type_into(page, page.locator("#amount"), "800")
    with page.expect_response("**/till/*"):
        press(page, reward, "Space")
    expect(page.locator(".sum .is-total")).to_contain_text("To pay")
    expect(reward).to_be_focused()
    page.locator("#amount").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Redeem", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Redeemed.")
    expect(page.get_by_role("link", name="Next customer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#who")).to_be_focused()
    page.goto(f"{HOME}till/{member}")
    page.keyboard.press("Escape")
    expect(page.locator("#who")).to_be_focused()


def test_what_is_typed_while_an_answer_is_on_its_way_stays(signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{HOME}members?sort=-points")
    member = (page.locator(".row-link").first.get_attribute("href") or "").rpartition("/")[2]
    page.goto(f"{HOME}till/{member}")

    def late(route: Route) -> None:
        time.sleep(0.7)
        route.continue_()

    page.route("**/till/*", late)
    page.get_by_label("What the cart comes to").fill("500")
    page.keyboard.press("Tab")
    points = page.get_by_label("Points as money")
    points.focus()
    page.keyboard.type("200", delay=300)
    expect(page.locator(".sum .is-total")).to_contain_text("To pay")
    expect(points).to_have_value("200")
    expect(points).to_be_focused()
    # The answer follows without leaving the field.
    expect(page.get_by_role("button", name="Redeem")).to_be_enabled()


def test_a_field_that_stays_is_told_that_it_is_wrong(signed_in: Page) -> None:
    page, [(member, _number)] = signed_in, rows(raw(), RICHEST)
    page.goto(f"{HOME}till/{member}")
    page.get_by_label("What the cart comes to").fill("500")
    points = page.get_by_label("Points as money")
    points.fill("many")
    expect(points).to_have_attribute("aria-invalid", "true")
    expect(points).to_have_accessible_description(re.compile("A whole number"))
    points.fill("100")
    expect(points).not_to_have_attribute("aria-invalid", "true")


def test_a_code_is_looked_up_once_however_slowly_it_is_typed(signed_in: Page) -> None:
    """Codes that are not there are counted as guesses."""
    page, asked = signed_in, []
    page.goto(f"{HOME}members?sort=-points")
    member = (page.locator(".row-link").first.get_attribute("href") or "").rpartition("/")[2]
    page.goto(f"{HOME}till/{member}")
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    page.get_by_label("Coupon or reward code").press_sequentially("SPRING", delay=600)
    assert asked == []
    with page.expect_response("**/till/*"):
        page.keyboard.press("Tab")
    assert len(asked) == 1


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_what_is_pressed_while_an_answer_comes_in_is_not_lost(signed_in: Page, by: str) -> None:
    page = signed_in
    page.goto(f"{HOME}members?sort=-points")
    member = (page.locator(".row-link").first.get_attribute("href") or "").rpartition("/")[2]
    page.goto(f"{HOME}till/{member}")
    reward = page.get_by_role("checkbox", name=re.compile("NT.100 off.*80 points"))
    # Requests wait until they are let go: what is pressed meanwhile is surely pressed before the answer.
    page.route("**/till/*", lambda _route: None)
    with page.expect_request("**/till/*"):
        page.fill("#amount", "800")
    if by == "mouse":
        reward.hover()
        press, let_go = page.mouse.down, page.mouse.up
    else:
        reward.focus()
        press, let_go = (lambda: page.keyboard.down("Space")), (lambda: page.keyboard.up("Space"))
    press()
    with page.expect_response("**/till/*"):
        page.unroute("**/till/*")
    page.wait_for_timeout(200)
    let_go()
    expect(page.locator(".sum .is-total")).to_have_text(re.compile("To pay\\s*NT.700"))
    expect(reward).to_be_checked()


def test_the_till_needs_no_scripts(browser, address: str) -> None:
    [(_member, number)] = rows(raw(), RICHEST)
    context = browser.new_context(base_url=address, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#id_login", "lin")
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    expect(page).not_to_have_url(re.compile("/sign-in"))
    page.goto(f"{HOME}till")
    page.fill("#who", number)
    page.click("main form button")
    page.fill("#amount", "800")
    page.locator("input[name=reward][value=tea-sampler]").check()
    page.get_by_role("button", name="See what it comes to").click()
    expect(page.locator(".sum")).to_contain_text("Hand out: 1 × TEA-SAMPLER")
    page.get_by_role("button", name="Redeem", exact=True).click()
    expect(page.locator(".notice").first).to_contain_text("Redeemed.")
    context.close()


@pytest.mark.parametrize("role", ["program_manager"])
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
