"""A page of another site, under a strict policy, shows a member's balance and what the cart earns."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from regulars.ledger.connect import raw, rows
from regulars.members.showing import token_for
from regulars.programs.queries import Published
from tests.installation import eventually
from tests.rewarded import open_rewarded

RICHEST = "SELECT program_id, member_id FROM ledger_account ORDER BY available DESC LIMIT 1"
CART = {
    "currency": "TWD",
    "lines": [{"line": "1", "sku": "OOL-1", "quantity": 1, "total": "200", "category": "oolong"}],
}
# A page's own script that is quicker than ours: it sets the cart as soon as the element is there.
EARLY = """new MutationObserver((_seen, watching) => {
  const last = document.querySelector(".later");
  if (last) {
    last.order = %s;
    watching.disconnect();
  }
}).observe(document, {childList: true, subtree: true})"""


def open_shop(_customers: int) -> Published:
    return open_rewarded(16)


class Site:
    """Another origin: it serves one page and names what that may load."""

    def __init__(self, ours: str) -> None:
        self.policy = f"default-src 'none'; script-src {ours}; connect-src {ours}; img-src data:"
        self.html = ""


@pytest.fixture
def site(address: str) -> Iterator[tuple[Site, str]]:
    shown = Site(address)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = shown.html.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", shown.policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield shown, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    serving.join()
    server.server_close()


def written(address: str, token: str, language: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{language}"><title>Shop</title><link rel="icon" href="data:,">'
        f'<script src="{address}/m/embed.js" defer></script>'
        f'<regulars-balance program="tea-house" token="{token}">You have a card with us.</regulars-balance>'
        f'<regulars-earn program="tea-house" token="{token}" order=\'{json.dumps(CART)}\'></regulars-earn>'
        f'<regulars-earn class="later" program="tea-house" token="{token}"></regulars-earn></html>'
    )


def test_a_shops_own_page_shows_points_under_a_strict_policy(page: Page, address: str, site: tuple[Site, str]) -> None:
    [(program_id, member_id)] = rows(raw(), RICHEST)
    shown, place = site
    shown.html = written(address, token_for(program_id, member_id))
    page.add_init_script(EARLY % json.dumps(CART))
    page.goto(place)
    expect(page.locator("regulars-balance .points")).to_contain_text("points")
    expect(page.locator("regulars-balance .bar i")).to_be_attached()
    expect(page.locator("regulars-earn[order]").first).to_have_text("This order earns 40 points.")
    expect(page.locator(".later")).to_have_text("This order earns 40 points.")
    page.evaluate("cart => document.querySelector('regulars-earn').order = cart", {**CART, "lines": []})
    expect(page.locator("regulars-earn").first).to_have_text("")
    page.evaluate("document.documentElement.lang = 'zh-TW'; document.querySelector('regulars-balance').lang = 'zh-TW'")
    expect(page.locator("regulars-balance .points")).to_contain_text("點")


def test_without_an_answer_the_shops_own_words_stay(browser: Browser, address: str, site: tuple[Site, str]) -> None:
    shown, place = site
    shown.html = written(address, "over")
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script("said = []; addEventListener('regulars-failed', event => said.push(event.detail.code))")
        page.goto(place)
        eventually(lambda: len(page.evaluate("said")) == 2, "both have failed")
        assert page.evaluate("said") == ["token_over", "token_over"]
        expect(page.locator("regulars-balance")).to_have_text("You have a card with us.")
        expect(page.locator("regulars-balance .box")).to_have_count(0)
