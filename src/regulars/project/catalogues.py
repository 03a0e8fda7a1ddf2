"""Message catalogues, compiled when they changed. Babel does it in Python, so no gettext programs are needed.

The .po files are the source and are kept in the repository; the .mo files beside them are made from these.
"""

import os
from pathlib import Path

from regulars.project.place import CHECKOUT

LOCALE = CHECKOUT / "src/regulars/locale"


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def compile_stale() -> None:
    for source in catalogues():
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3])
    # Renamed into place: another process may be reading the old one.
    draft = target.with_suffix(f".{os.getpid()}.new")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(target)
