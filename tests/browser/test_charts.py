"""Charts in a real browser under the content security policy: drawn, in the page's colours, in both modes."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from regulars.insight import periods
from regulars.insight.charts.board import board
from regulars.insight.charts.bundle import STATIC, write_bundle
from regulars.insight.charts.look import Look
from regulars.project.csp import POLICY
from tests.insight import lakes

CSS = Path("src/regulars/storefront/static/storefront/css/tokens.css")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Charts</title>
<link rel="stylesheet" href="tokens.css"><script type="module" src="charts.js"></script><body>{charts}"""
CHART = '<div class="chart"><script type="application/json">{spec}</script></div>'


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    orders = [
        lakes.order(f"c{number}", date(2024, month, 1 + number % 27), 1_000 * (1 + number))
        for number in range(40)
        for month in range(1, 7)
        if month == 1 or (number + month) % 2
    ]
    members = [lakes.member(f"c{number}", date(2024, 1, 1), tier="member") for number in range(40)]
    lake = lakes.lake(orders, members=members, today=date(2024, 6, 20))
    drawings = board(lake, periods.month(2024, 6), Look("page", "en")).values()
    charts = "".join(CHART.format(spec=json.dumps(found.spec).replace("<", "\\u003c")) for found in drawings if found)
    (tmp_path / "index.html").write_text(PAGE.format(charts=charts))
    (tmp_path / "tokens.css").write_text(CSS.read_text() + "\n.chart { inline-size: 700px; }")
    (tmp_path / "charts.js").write_text((STATIC / "charts.js").read_text())
    (tmp_path / "favicon.ico").touch()
    write_bundle(tmp_path)
    with HTTPServer(("127.0.0.1", 0), lambda *given: Guarded(*given, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Guarded(SimpleHTTPRequestHandler):
    """Files under the same policy as every page of ours."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_charts_follow_the_page(browser: Browser, address: str, tmp_path: Path) -> None:
    context = browser.new_context(color_scheme="light", viewport={"width": 760, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    expect(page.locator(".chart[data-drawn] svg")).to_have_count(6)
    expect(page.locator("svg [fill='rgb(13, 105, 83)']").first).to_be_visible()
    page.emulate_media(color_scheme="dark")
    expect(page.locator("svg [fill='rgb(100, 201, 168)']").first).to_be_visible()
    # With the colours of the system every role was the same, and each chart one black square.
    page.emulate_media(color_scheme="light", forced_colors="active")
    page.reload()
    expect(page.locator(".chart[data-drawn] svg")).to_have_count(6)
    expect(page.locator("svg [fill='rgb(13, 105, 83)']").first).to_be_visible()
    page.screenshot(path=tmp_path / "charts.png", full_page=True)
    page.locator("svg .mark-rect path").first.hover()
    expect(page.locator("#vg-tooltip-element")).to_be_visible()
    assert not wrong, "\n".join(wrong)
    context.close()
