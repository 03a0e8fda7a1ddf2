"""Somebody writes a segment in a browser: the count follows every word, and what was written is saved."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from regulars.programs.queries import Published, now, published
from regulars.segments import actions, traits
from regulars.segments.models import Segment, SegmentSize
from tests.browser.conftest import HOME
from tests.browser.keyboard import press
from tests.teahouse import local
from tests.teahouse import open_teahouse as open_plain

LOYAL = {"groups": [
    {"conditions": [
        {"about": "orders", "is": "at_least", "values": ["3"], "days": "365"},
        {"about": "category", "is": "did", "values": ["oolong", "black-tea"], "days": "90"},
    ]},
    {"match": "none", "conditions": [{"about": "tier", "is": "is", "values": ["gold"]}]},
]}  # fmt: skip


def open_shop(customers: int) -> Published:
    house = open_plain(customers)
    while traits.catch_up(house.programs, now(house)):
        pass
    actions.make(house, "Tea lovers", LOYAL, "staff:lin", uuid4(), tells=True)
    segment = Segment.objects.get()
    Segment.objects.update(size=41, counted_at=local(now(house)))
    today = local(now(house)).date()
    days = [(today.replace(day=day), 30 + day * 7 % 13) for day in range(1, 5)]
    SegmentSize.objects.bulk_create([SegmentSize(segment=segment, day=day, members=size) for day, size in days])
    return house


def test_the_count_follows_what_is_written(signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{HOME}segments")
    page.get_by_role("link", name="New segment").click()
    figure = page.locator(".segment-figure b")
    expect(figure).to_be_visible()
    before = figure.inner_text()
    page.get_by_label("Number of orders", exact=True).fill("12")
    expect(figure).not_to_have_text(before)
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Condition").nth(1).select_option("tier")
    page.get_by_label("Silver").check()
    expect(page.locator("#count .segment-says")).to_have_text("Orders: 12 or more, and stands on Silver")
    page.get_by_label("Name", exact=True).fill("Nearly there")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nearly there")


def test_the_keyboard_goes_on_at_what_was_added_and_before_what_went(signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{HOME}segments/new")
    conditions = page.get_by_label("Condition", exact=True)
    press(page, page.get_by_role("button", name="Add a condition"))
    expect(conditions.nth(1)).to_be_focused()
    press(page, page.get_by_role("button", name="Add a group"))
    expect(conditions.nth(2)).to_be_focused()
    press(page, page.get_by_role("button", name="Remove").nth(2))
    expect(conditions.nth(1)).to_be_focused()
    press(page, page.get_by_role("button", name="Remove").nth(1))
    expect(conditions).to_have_count(1)
    expect(conditions).to_be_focused()
    press(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


def test_the_list_counts_one_after_the_other_what_was_just_saved(signed_in: Page) -> None:
    page = signed_in
    house = published("tea-house")
    for name in ("熟客", "新朋友", "老朋友"):
        actions.make(house, name, {"groups": LOYAL["groups"][:1]}, "staff:lin", uuid4())
    page.goto(f"{HOME}segments")
    expect(page.locator("table")).not_to_contain_text("Counting")
    expect(page.locator("[id^=size-orders] strong")).to_have_count(3)


@pytest.fixture
def condition(signed_in: Page) -> Page:
    signed_in.goto(f"{HOME}segments/new")
    expect(signed_in.locator(".segment-figure")).to_be_visible()
    signed_in.get_by_label("Condition").focus()
    return signed_in


# How long a hand takes between two keys: the server answers between them, or does not.
@pytest.mark.parametrize("pause", [20, 150, 600])
def test_arrow_keys_go_through_the_conditions_one_by_one(condition: Page, pause: int) -> None:
    page, about = condition, condition.get_by_label("Condition")
    for _key in range(4):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(pause)
    expect(page.get_by_role("button", name="Remove: Brand bought")).to_be_visible()
    expect(about).to_have_value("brand")
    expect(about).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Brand bought: how")).to_be_focused()


def test_a_condition_is_found_by_typing_its_name(condition: Page) -> None:
    page, about = condition, condition.get_by_label("Condition")
    for sign in "brand":
        page.keyboard.press(sign)
        page.wait_for_timeout(120)
    expect(page.get_by_role("button", name="Remove: Brand bought")).to_be_visible()
    expect(about).to_have_value("brand")
    expect(about).to_be_focused()


def test_a_number_stays_where_the_next_condition_takes_one(condition: Page) -> None:
    page = condition
    page.get_by_label("Number of orders", exact=True).fill("12")
    page.get_by_label("Condition").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Spend", exact=True)).to_have_value("12")
