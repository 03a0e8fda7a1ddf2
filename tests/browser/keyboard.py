"""What somebody does who has no mouse: they tab on until they are where they want to be."""

from playwright.sync_api import Locator, Page, expect

FAR = 150


def reach(page: Page, wanted: Locator) -> Locator:
    """Tab on until it has the focus; it must be reached within so many steps."""
    expect(wanted).to_be_visible()
    for _step in range(FAR):
        if wanted.evaluate("e => e === document.activeElement"):
            return wanted
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by the keyboard to {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    reach(page, wanted)
    page.keyboard.press(key)


def type_into(page: Page, wanted: Locator, text: str) -> None:
    """In place of what stands there."""
    reach(page, wanted)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)
