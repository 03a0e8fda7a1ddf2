"""Texts for translation: find them in Python and templates, bring the catalogues up to date, say what is missing.

Babel reads both, so contributors need no gettext programs.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from regulars.project.catalogues import LOCALE
from regulars.project.place import CHECKOUT

# One text, or its singular and plural.
Text = str | tuple[str, ...] | list[str]
SOURCE = CHECKOUT / "src/regulars"
LANGUAGES = ("zh_Hans", "zh_Hant")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
# Dates and tools in the header change with every run and say nothing.
NOISE_NAMES = "POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Project-Id-Version"
NOISE = re.compile(rf'^"({NOISE_NAMES}|Report-Msgid-Bugs-To):.*\n', re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def update(_words: list[str]) -> int:
    """Write what the sources say into the catalogues. 1 when a translation is missing, so that nobody forgets."""
    wanted = texts()
    for language in LANGUAGES:
        path = catalogue_path(language)
        catalogue = read(language)
        catalogue.update(wanted, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment = f"# Regulars in {language}. `./run i18n` keeps the list; people write the words."
        buffer = io.BytesIO()
        write_po(buffer, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(NOISE.sub("", buffer.getvalue().decode()))
    problems = gaps()
    print("\n".join(problems) or f"{len(wanted)} texts, translated into {' and '.join(LANGUAGES)}.")
    return 1 if problems else 0


def gaps() -> list[str]:
    """Everything that keeps a catalogue from being complete, one line each."""
    wanted = texts()
    return [problem for language in LANGUAGES for problem in _gaps(language, read(language), wanted)]


def texts() -> Catalog:
    found = Catalog(locale="en", project="Regulars", charset="utf-8")
    for path in sorted(
        [*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt")]
    ):
        for message, comments, context in _texts_of(path):
            place = (str(path.relative_to(CHECKOUT)), 0)
            found.add(message, None, [place], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Regulars", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES/django.po"


def _texts_of(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    text = path.read_text()
    if path.suffix != ".py":
        # templatize keeps the template's indentation, on which Python's tokenizer would stumble.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    file = io.BytesIO(text.encode())
    for _line, message, comments, context in extract("python", file, KEYWORDS, ["Translators:"]):
        yield message, comments, context


def _gaps(language: str, catalogue: Catalog, wanted: Catalog) -> Iterator[str]:
    for message in wanted:
        if not message.id:
            continue
        have = catalogue.get(message.id, message.context)
        problem = "is not in the catalogue: run ./run i18n" if have is None else _fault(have)
        if problem:
            yield f"{language}: {_first(message.id)!r} ({message.locations[0][0]}) {problem}"
    for message in catalogue:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"{language}: {_first(message.id)!r} is used nowhere any more: run ./run i18n"


def _fault(message: Message) -> str:
    translations = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    if not all(translations):
        return f"has no translation: write one in {LOCALE.relative_to(CHECKOUT)}"
    if message.fuzzy:
        return "is marked fuzzy: read the translation again and remove the mark"
    if any(_placeholders(text) - _placeholders(message.id) for text in translations):
        return "has a placeholder in its translation that the text does not have"
    if isinstance(message.id, str) and _placeholders(message.id) - _placeholders(translations[0]):
        return "lacks a placeholder in its translation"
    return ""


def _placeholders(text: Text) -> set[str]:
    return {name for part in ([text] if isinstance(text, str) else text) for name in PLACEHOLDER.findall(part)}


def _first(text: Text) -> str:
    return text if isinstance(text, str) else text[0]


if __name__ == "__main__":
    sys.exit(update([]))
