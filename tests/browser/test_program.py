"""A manager changes a threshold, sees at once what that means, and publishes it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOME

PROGRAM = f"{HOME}program"


@pytest.fixture
def draft(signed_in: Page) -> Page:
    signed_in.goto(PROGRAM)
    signed_in.get_by_role("button", name="Change the program").click()
    return signed_in


def test_a_field_is_changed_and_what_it_means_is_said(draft: Page) -> None:
    draft.locator("summary", has_text="1 point per 10 TWD").click()
    draft.get_by_label("Gives").first.fill("1 point per 8 TWD")
    expect(draft.get_by_text("gives: 1 point per 8 TWD (was 1 point per 10 TWD)")).to_be_visible()
    draft.get_by_role("button", name="Save", exact=True).click()
    draft.get_by_role("link", name="As text").click()
    expect(draft.get_by_role("textbox", name="The document")).to_have_value(re.compile("give: 1 point per 8 TWD"))


def test_a_threshold_is_changed_and_published(draft: Page) -> None:
    draft.get_by_role("link", name="As text").click()
    text = draft.get_by_role("textbox", name="The document")
    written = text.input_value()
    text.fill(written.replace("when_short: deficit", "when_short: perhaps"))
    expect(draft.get_by_text("One thing is wrong")).to_be_visible()
    text.fill(written.replace("reach: 6000", "reach: 5000"))
    sentence = "Tier Silver – needed to reach it: 5,000 (was 6,000)"
    expect(draft.get_by_text(sentence)).to_be_visible()
    draft.get_by_label("Why, for whoever reads the versions later").fill("More silver members")
    draft.get_by_role("button", name="Publish").click()
    expect(draft.get_by_role("status")).to_have_text("Version 2 is published.")
    expect(draft.get_by_text(sentence)).to_be_visible()
    expect(draft.get_by_role("row", name="scheduled")).to_contain_text("More silver members")
