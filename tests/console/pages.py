"""Reading pages: what a person would see of them."""

import re
from html.parser import HTMLParser

SILENT = {"noscript", "script", "style", "template"}


class Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = 0
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def text(content: bytes) -> str:
    """Everything that is read on the page, in one line."""
    reader = Text()
    reader.feed(content.decode())
    return re.sub(r"[ \n]+", " ", " ".join(reader.parts))


def links(content: bytes, marked: str) -> list[str]:
    """Where the links of this class lead."""
    return re.findall(rf'<a class="[^"]*\b{marked}\b[^"]*" href="([^"]*)"', content.decode().replace("&amp;", "&"))
