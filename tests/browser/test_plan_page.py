"""The page that `regulars plan --html` writes, opened as the file that it is: no network, a phone, and paper."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.test_plans import is_wider_than_its_place
from tests.insight.test_plan_page import shown

# A4 less its margins, at 96 dots an inch.
PAPER: ViewportSize = {"width": 680, "height": 1000}


def drawings(page: Page) -> set[str]:
    """Each chart is drawn for wide places and for narrow ones: which of them are to be seen."""
    return {role for role in ("wide", "narrow") if page.locator(f"svg.{role}").filter(visible=True).count()}


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_it_is_read_without_network_on_a_phone_and_on_paper(browser: Browser, tmp_path: Path, language: str) -> None:
    file = tmp_path / "report.html"
    file.write_text(shown(language), encoding="utf-8")
    with browser.new_context(offline=True, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        asked: list[str] = []
        wrong: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: wrong.append(said.text))
        page.goto(file.as_uri())
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert not is_wider_than_its_place(page)
        assert drawings(page) == {"narrow"}
        expect(page.locator("details table").first).to_be_hidden()
        page.set_viewport_size(PAPER)
        page.emulate_media(media="print")
        assert not is_wider_than_its_place(page)
        assert drawings(page) == {"wide"}
        # Nobody opens anything on paper.
        expect(page.locator("details table").first).to_be_visible()
        expect(page.locator("summary").first).to_be_hidden()
        assert (asked, wrong) == ([file.as_uri()], [])
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
