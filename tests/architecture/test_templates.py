"""Templates: every word that a person reads goes through translation, and nothing runs inline."""

import re
from html.parser import HTMLParser

from regulars.project.place import CHECKOUT
from tests.architecture.source import kept_files, shown

# What people see or hear without it being text.
SPOKEN = {"alt", "aria-description", "aria-label", "placeholder", "title"}
SILENT = {"script", "style"}
# Names are the same in every language.
NAMES = {"Regulars", "English", "API"}
TRANSLATED = re.compile(r"{%\s*blocktrans.*?{%\s*endblocktrans(?:late)?\s*%}|{%\s*comment.*?endcomment\s*%}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+")


class Words(HTMLParser):
    """Words of a page that no translation gave, and places where the Content-Security-Policy would be broken."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.plain: list[tuple[int, str]] = []
        self.inline: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        for name, value in attrs:
            if name in SPOKEN:
                self._look(value or "")
            if name == "style" or name.startswith("on"):
                self.inline.append((self.getpos()[0], f"<{tag} {name}=...>"))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not SILENT & set(self.open):
            self._look(data)
        elif data.strip():
            self.inline.append((self.getpos()[0], f"<{self.open[-1]}>"))

    def _look(self, text: str) -> None:
        words = [word for word in WORD.findall(text) if word not in NAMES]
        if words:
            self.plain.append((self.getpos()[0], " ".join(words)))


def test_every_word_goes_through_translation():
    found = [f"{shown(path, line)} {words}" for path in templates() for line, words in read(path).plain]
    assert not found, "Put these into {% translate %} or {% blocktranslate %}, then ./run i18n:\n" + "\n".join(found)


def test_nothing_runs_or_is_styled_inline():
    found = [f"{shown(path, line)} {what}" for path in templates() for line, what in read(path).inline]
    assert not found, (
        "The Content-Security-Policy ignores inline scripts, handlers and styles. Use a file under static/, a class, "
        "or a data attribute:\n" + "\n".join(found)
    )


def templates():
    inside = CHECKOUT / "src/regulars"
    return [path for path in kept_files() if path.suffix == ".html" and path.is_relative_to(inside)]


def read(path) -> Words:
    """Template tags are blanked out, line breaks kept, so that line numbers stay true."""
    text = path.read_text()
    for pattern in (TRANSLATED, TAG):
        text = pattern.sub(lambda match: "\n" * match.group().count("\n") or " ", text)
    words = Words()
    words.feed(text)
    return words
