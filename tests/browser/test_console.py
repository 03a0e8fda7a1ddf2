"""What the staff do in a browser: sign in, look, search, read a history, switch language and theme, on a phone too."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import CHARTS, HOME, PASSWORD, drawn
from tests.browser.keyboard import press, type_into


def test_staff_sign_in_and_see_the_dashboard(page: Page) -> None:
    page.goto(HOME)
    page.fill("#id_login", "lin")
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"**{HOME}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Do customers come back?")


def test_every_chart_is_drawn_with_something_in_it(signed_in: Page) -> None:
    page = signed_in
    drawn(page)
    plots = page.locator(".chart").all()
    assert len(plots) == CHARTS
    for plot in plots:
        expect(plot.locator("svg .mark-rect path, svg .mark-symbol path")).not_to_have_count(0)
    page.get_by_text("Show the data").first.click()
    expect(page.locator(".behind").first).to_be_visible()


def test_another_period_changes_the_figures_without_a_new_page(signed_in: Page) -> None:
    page = signed_in
    before = page.locator(".tiles").first.inner_text()
    page.evaluate("window.same = true")
    page.select_option("#period", "2025-12")
    page.wait_for_url(re.compile("period=2025-12"))
    expect(page.locator(".tiles").first).not_to_have_text(before)
    drawn(page)
    assert page.evaluate("window.same")
    expect(page.locator("#returning-title")).to_contain_text("December 2025")


def test_a_figure_opens_its_definition_beside_the_page(signed_in: Page) -> None:
    page = signed_in
    page.locator(".tile", has_text="Repeat purchase rate").click()
    panel = page.locator("dialog.panel")
    expect(panel.get_by_role("heading", name="Repeat purchase rate")).to_be_visible()
    expect(panel).to_contain_text("customers with two or more orders")
    panel.get_by_label("Close").click()
    expect(panel).to_be_hidden()
    expect(page).to_have_url(re.compile(f"{HOME}$"))


def test_members_are_found_while_typing(signed_in: Page) -> None:
    page = signed_in
    page.get_by_role("link", name="Members", exact=True).click()
    name = page.locator(".row-link").filter(has_not_text="Customer").first.inner_text()
    page.fill("#search", name)
    page.wait_for_url(re.compile("search="))
    expect(page.locator(".row-link").first).to_have_text(name)
    page.locator(".row-link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_long_history_goes_on_where_it_was(signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{HOME}members?sort=-points")
    page.locator(".row-link").first.click()
    earlier = page.get_by_role("link", name="Show earlier")
    expect(earlier).to_be_visible()
    slips = page.locator(".slip")
    before = slips.count()
    press(page, earlier)
    expect(slips.nth(before)).to_be_focused()
    assert page.get_by_text("Joined the program").count() <= 1


def test_language_and_theme_stay_as_chosen(signed_in: Page) -> None:
    page = signed_in
    page.get_by_label("Language").click()
    page.get_by_role("button", name="繁體中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("顧客會回來嗎？")
    page.get_by_label("帳號").click()
    page.get_by_role("button", name="深色").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 22, 19)"
    drawn(page)
    page.goto(f"{HOME}members")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("document.documentElement.lang") == "zh-hant"


def test_signing_out_ends_it(signed_in: Page) -> None:
    page = signed_in
    page.get_by_label("Account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto(HOME)
    expect(page).to_have_url(re.compile("/sign-in"))


def test_without_scripts_everything_but_the_drawing_works(browser, address) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#id_login", "lin")
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    expect(page).not_to_have_url(re.compile("/sign-in"))
    page.goto(HOME)
    page.select_option("#period", "2025-12")
    page.click("text=Show >> nth=0")
    expect(page).to_have_url(re.compile("period=2025-12"))
    page.locator(".tile").first.click()
    expect(page).to_have_url(re.compile("/figures/revenue"))
    page.goto(f"{HOME}members")
    page.fill("#search", "100")
    page.click("form.filters button")
    expect(page).to_have_url(re.compile("search=100"))
    expect(page.locator(".row-link")).not_to_have_count(0)
    context.close()


def test_a_phone_leads_to_every_job(signed_in: Page) -> None:
    page = signed_in
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("link", name="Members", exact=True).click()
    page.get_by_role("link", name="Insight", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Do customers come back?")
    expect(page.get_by_role("link", name="Segments", exact=True)).to_be_hidden()
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Segments", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Segments")


def test_a_key_is_made_for_a_till_by_the_keyboard_alone(signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{HOME}settings")
    type_into(page, page.get_by_label("What it is for"), "front till")
    press(page, page.get_by_role("link", name="A till"))
    expect(page.get_by_role("checkbox", name=re.compile("Redeem rewards"))).to_be_checked()
    expect(page.get_by_role("link", name="A till")).to_be_focused()
    press(page, page.get_by_role("checkbox", name=re.compile("Enrol members")), "Space")
    press(page, page.get_by_role("button", name="Make the key"))
    row = page.get_by_role("row").filter(has_text="front till")
    expect(row).to_contain_text("Redeem rewards")
    expect(row).not_to_contain_text("Enrol members")
