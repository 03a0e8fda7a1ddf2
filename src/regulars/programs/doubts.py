"""What a document says of the world that is probably not meant: countries in words, languages that no page asks for, a
time zone the other way round.

A shop may tell its countries in words of its own, so these are warnings.
"""

import re
from collections.abc import Iterator
from functools import cache

from babel import Locale

from regulars.engine.problems import Problem
from regulars.programs.languages import TAGS, TEXTS, language_of
from regulars.programs.tree import Tree

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_REVERSED = re.compile(r"Etc/GMT([+-])([1-9]\d?)", re.ASCII)
# Whose shops are told otherwise than by their territory's own name.
_SAID = {
    **dict.fromkeys(("prc", "中国", "中國"), "CN"),
    **dict.fromkeys(("uk", "england"), "GB"),
    **dict.fromkeys(("hong kong", "香港"), "HK"),
    **dict.fromkeys(("macau", "澳門", "澳门"), "MO"),
    **dict.fromkeys(("roc", "twn", "臺灣"), "TW"),
    **dict.fromkeys(("usa", "america", "美國", "美国"), "US"),
}


def doubts(tree: Tree) -> Iterator[Problem]:
    if isinstance(tree, dict) and isinstance(zone := tree.get("timezone"), str):
        yield from _of_zone(zone)
    yield from _below(tree, "")


def _below(tree: Tree, path: str) -> Iterator[Problem]:
    if isinstance(tree, list):
        for place, one in enumerate(tree):
            yield from _below(one, f"{path}[{place}]")
    elif isinstance(tree, dict):
        for word, one in tree.items():
            here = f"{path}.{word}" if path else word
            if word == "country":
                yield from _of_countries(one, here)
            elif word in TEXTS and isinstance(one, dict):
                yield from _of_languages(one, here)
            yield from _below(one, here)


def _of_zone(zone: str) -> Iterator[Problem]:
    if found := _REVERSED.fullmatch(zone):
        utc = ("\N{MINUS SIGN}" if found[1] == "+" else "+") + found[2]
        yield Problem("timezone", zone, "timezone_reversed", ("Asia/Taipei",), {"utc": f"UTC{utc}"})


def _of_countries(said: Tree, path: str) -> Iterator[Problem]:
    for one in said if isinstance(said, list) else [said]:
        if isinstance(one, str) and one and (not _COUNTRY.fullmatch(one) or one not in Locale("en").territories):
            code = _codes().get(one.lower())
            yield Problem(path, one, "country_in_words", (code,) if code else ())


@cache
def _codes() -> dict[str, str]:
    """ "TW" of "taiwan", "台灣" and "tw"."""
    locales = [Locale.parse(name) for name in ("en", "zh_Hant", "zh_Hans")]
    named = {
        name.lower(): code for one in locales for code, name in one.territories.items() if _COUNTRY.fullmatch(code)
    }
    return named | {code.lower(): code for code in named.values()} | _SAID


def _of_languages(texts: dict[str, Tree], path: str) -> Iterator[Problem]:
    known = {tag.lower() for tag in TAGS}
    for tag in texts:
        parts = tag.lower().replace("_", "-").split("-")
        if tag.lower() in known or parts[0] not in ("en", "zh"):
            continue
        if parts == ["zh"]:
            meant: tuple[str, ...] = ("zh-Hant", "zh-Hans")
        else:
            meant = tuple(one for one in TAGS if one.lower() == language_of(tag))
        yield Problem(f"{path}.{tag}", tag, "language_unread", meant)
