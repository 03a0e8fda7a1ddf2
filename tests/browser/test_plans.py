"""A draft is planned while somebody looks on; the report stands inside the console, on a desk and on a phone."""

from playwright.sync_api import Page, expect

from regulars.intake.models import Reckoning
from regulars.intake.reckonings import work_out
from tests.browser.conftest import HOME

# Pages follow by themselves, a second after what they wait for.
SLOW = 30_000


def planned(page: Page, give: str = "1 point per 8 TWD") -> str:
    """The address of a plan that is worked out; somebody saw it waiting, and did not load the page again."""
    page.goto(f"{HOME}program")
    page.get_by_role("button", name="Change the program").click()
    page.get_by_role("link", name="As text").click()
    text = page.locator("#document")
    text.fill(text.input_value().replace("1 point per 10 TWD", give))
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="What it would cost", exact=True).click()
    page.get_by_role("button", name="See what it would cost").click()
    expect(page.get_by_role("status")).to_contain_text("Waiting for the job worker", timeout=SLOW)
    work_out(Reckoning.objects.latest("pk").pk)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Points cost NT$", timeout=SLOW)
    return page.url


def is_wider_than_its_place(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_the_report_follows_when_the_worker_is_done(signed_in: Page) -> None:
    page = signed_in
    planned(page)
    for heading in ("What this rests on", "Money", "Against the program in force", "Points and rules", "Members"):
        expect(page.locator(".plan").get_by_role("heading", name=heading, exact=True)).to_be_visible()
    page.get_by_label("Margin after what the goods cost").fill("45")
    page.get_by_label("What points may cost in all").fill("1000000")
    page.get_by_role("button", name="Work it out again").click()
    expect(page.locator(".plan")).to_contain_text("are within the budget of", timeout=SLOW)
    expect(page.locator(".working")).to_have_count(0)
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert not is_wider_than_its_place(page), width


def test_presets_stand_side_by_side(signed_in: Page) -> None:
    page = signed_in
    page.goto(f"{HOME}program/presets")
    page.get_by_role("button", name="Try all over my orders").click()
    expect(page.get_by_role("status")).to_be_visible(timeout=SLOW)
    work_out(Reckoning.objects.latest("pk").pk)
    expect(page.get_by_role("heading", name="By margin and reach")).to_be_visible(timeout=SLOW)
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert not is_wider_than_its_place(page), width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Begin a draft").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Draft")
