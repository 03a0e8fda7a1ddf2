"""The engine's table of contents names every chapter, and no other."""

import re

from regulars.project.place import CHECKOUT


def test_every_chapter_of_the_engine_is_in_its_table_of_contents():
    page = (CHECKOUT / "docs/ENGINE.md").read_text()
    cells = re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`([a-z/]+)`", cell)}
    folder = CHECKOUT / "src/regulars/engine"
    chapters = {path.stem for path in folder.glob("*.py")} - {"__init__"} | {"grammar/"}
    assert named == chapters, "Say in docs/ENGINE.md where the chapter belongs in the order of reading"
