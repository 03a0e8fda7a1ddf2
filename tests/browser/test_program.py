"""A manager changes a threshold, sees at once what that means, and publishes it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOME
from tests.browser.keyboard import press, type_into

PROGRAM = f"{HOME}program"


@pytest.fixture
def role() -> str:
    return "program_manager"


@pytest.fixture
def draft(signed_in: Page) -> Page:
    signed_in.goto(PROGRAM)
    signed_in.get_by_role("button", name="Change the program").click()
    return signed_in


def test_a_field_is_changed_and_what_it_means_is_said(draft: Page) -> None:
    draft.locator("summary", has_text="1 point for every NT$10").click()
    draft.get_by_label("Gives").first.fill("1 point per 8 TWD")
    expect(draft.get_by_text("gives: 1 point for every NT$8 (was 1 point for every NT$10)")).to_be_visible()
    draft.get_by_role("button", name="Save", exact=True).click()
    draft.get_by_role("link", name="As text").click()
    expect(draft.get_by_role("textbox", name="The document")).to_have_value(re.compile("give: 1 point per 8 TWD"))


def test_a_threshold_is_changed_and_published_by_the_keyboard_alone(signed_in: Page) -> None:
    draft = signed_in
    press(draft, draft.get_by_role("link", name="Program", exact=True))
    press(draft, draft.get_by_role("button", name="Change the program"))
    press(draft, draft.get_by_role("link", name="As text"))
    text = draft.get_by_role("textbox", name="The document")
    written = text.input_value()
    type_into(draft, text, written.replace("when_short: deficit", "when_short: perhaps"))
    expect(draft.get_by_text("One thing is wrong")).to_be_visible()
    type_into(draft, text, written.replace("reach: 6000", "reach: 2000").replace("retain: 4000", "retain: 2000"))
    sentence = "Tier Silver – needed to reach it: NT$2,000 (was NT$6,000)"
    expect(draft.get_by_text(sentence)).to_be_visible()
    press(draft, draft.get_by_role("button", name="Save", exact=True))
    press(draft, draft.get_by_role("link", name="Who moves between tiers"))
    expect(draft.locator("dialog.panel")).to_contain_text("rise from Member to Silver with their next order.")
    expect(draft).to_have_title(re.compile("^Draft "))
    draft.keyboard.press("Escape")
    type_into(draft, draft.get_by_label("Why, for whoever reads the versions later"), "More silver members")
    press(draft, draft.get_by_role("button", name="Go on to publishing"))
    expect(draft.get_by_text("Nobody has planned this draft yet")).to_be_visible()
    expect(draft.get_by_text(sentence)).to_be_visible()
    press(draft, draft.get_by_role("button", name="Publish", exact=True))
    expect(draft.get_by_role("status")).to_contain_text("Version 2 is published, in force from ")
    expect(draft.get_by_text(sentence)).to_be_visible()
    expect(draft.get_by_role("row", name="scheduled")).to_contain_text("More silver members")


def test_save_is_near_and_the_keyboard_goes_on_where_it_should(draft: Page) -> None:
    """Few stops from the top; Enter saves from any field; then the message has the focus, or the first faulty field."""
    save = draft.get_by_role("button", name="Save", exact=True)
    draft.get_by_role("link", name="Skip to the content").focus()
    draft.keyboard.press("Enter")
    for _stop in range(3):
        draft.keyboard.press("Tab")
        if save.evaluate("one => one === document.activeElement"):
            break
    expect(save).to_be_focused()
    draft.locator("summary", has_text="1 point for every NT$10").click()
    gives = draft.get_by_label("Gives").first
    gives.fill("1 point each 10 TWD")
    gives.press("Enter")
    expect(draft.get_by_text("It is saved.")).to_be_visible()
    expect(gives).to_be_focused()
    gives.fill("1 point per 8 TWD")
    gives.press("Enter")
    expect(draft.locator("#said")).to_be_focused()


def test_what_was_open_stays_open_and_one_key_leads_back(draft: Page) -> None:
    card = draft.locator("details", has=draft.locator("summary", has_text="1 point for every NT$10")).first
    card.locator("summary").first.click()
    card.get_by_text("More settings").click()
    draft.locator("summary", has_text="Double points on oolong").click()
    gives = draft.get_by_label("Gives").first
    gives.fill("1 point per 8 TWD")
    gives.press("Enter")
    said = draft.locator("#said")
    expect(said).to_be_focused()
    expect(draft.locator("details.form-card[open]")).to_have_count(2)
    expect(draft.locator("details.form-more[open]")).to_have_count(1)
    draft.keyboard.press("Tab")
    draft.keyboard.press("Enter")
    expect(gives).to_be_focused()


def test_who_moves_is_few_stops_from_what_was_said(draft: Page) -> None:
    draft.get_by_role("button", name="Save", exact=True).click()
    expect(draft.locator("#said")).to_be_focused()
    press(draft, draft.locator(".draft-bar").get_by_role("link", name="What it means"))
    for _stop in range(4):
        draft.keyboard.press("Tab")
        if draft.get_by_role("link", name="Who moves between tiers").evaluate("one => one === document.activeElement"):
            break
    expect(draft.get_by_role("link", name="Who moves between tiers")).to_be_focused()
