"""Every screen of console and portal as a picture, and a page that lays them side by side."""

import os
import re
import sys
from collections import defaultdict
from html import escape
from pathlib import Path

from regulars.project.place import CHECKOUT
from tools.chromium import MISSING, find_or_install
from tools.gates import pytest

FOLDER_VARIABLE = "REGULARS_SCREENS"
LANGUAGES = ("en", "zh-hant", "zh-hans")
THEMES = ("light", "dark")
DEVICES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title><style>
body { font: 14px/1.4 system-ui; margin: 24px; background: #888; color: #fff }
div { display: flex; flex-wrap: wrap; gap: 12px; align-items: start }
img { height: 420px; object-fit: cover; object-position: top; background: #fff }
</style>"""


def screens(words: list[str]) -> int:
    """Draws every page of console and portal in three languages, light and dark, on a desk and on a phone, into the
    folder (screenshots/ unless said), with an index.html that lays them side by side; takes some minutes.

    Fails where texts lie on one another. Words after the folder go to pytest: -k "drawn and zh-hant and phone".
    """
    if words and words[0].startswith("-"):
        print(f"The folder comes first, before {words[0]}.", file=sys.stderr)
        return 2
    if find_or_install() is None:
        print(MISSING)
        return 1
    folder = Path(words[0]).resolve() if words else CHECKOUT / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*_*_*_*.png"):
        old.unlink()
    os.environ[FOLDER_VARIABLE] = str(folder)
    outcome = pytest(["tests/browser/test_screens.py", "-k", "drawn", "-n", "2", *words[1:]])
    (folder / "index.html").write_text(index(sorted(path.name for path in folder.glob("*_*_*_*.png"))))
    print(f"{folder / 'index.html'} lays them side by side.")
    return outcome


def picture_of(route: str, language: str, theme: str, device: str) -> str:
    """`members-member_id_zh-hant_dark_phone.png`."""
    place = re.sub(r"<\w+:(\w+)>", r"\1", route).removeprefix("programs/slug/").replace("m/slug/", "portal-")
    return f"{place.strip('/-').replace('/', '-') or 'insight'}_{language}_{theme}_{device}.png".replace("_id", "")


def index(names: list[str]) -> str:
    """All pictures of a screen in a row."""
    by_screen = defaultdict(list)
    for name in names:
        by_screen[name.rsplit("_", 3)[0]].append(name)
    rows = [f"<h2>{escape(one)}</h2><div>{''.join(map(_picture, found))}</div>" for one, found in by_screen.items()]
    return HEAD + "\n".join(rows)


def _picture(name: str) -> str:
    return f'<a href="{name}"><img loading="lazy" src="{name}" title="{name}" alt="{name}"></a>'
