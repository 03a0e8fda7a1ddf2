"""Where files lie that people bring in, and for how long: they name customers, so nothing keeps them for ever."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from regulars.intake.models import Upload

# Of a file, and of what was not taken of it, after somebody last worked on it.
KEPT = timedelta(days=30)


def folder_of(number: int) -> Path:
    """What belongs to an upload."""
    return _folder() / str(number)


def forget_files(now: datetime) -> int:
    """Delete what has lain for longer than `KEPT`, and what belongs to nothing any more; how many folders that were.

    What is waiting or under way is left alone.
    """
    lying = {
        int(path.name): path
        for path in _folder().glob("*")
        if path.name.isdecimal() and path.stat().st_mtime < (now - KEPT).timestamp()
    }
    needed = Upload.objects.filter(pk__in=lying).exclude(heard_at__lt=now - KEPT, state__in=Upload.AT_REST)
    for number in needed.values_list("pk", flat=True):
        del lying[number]
    for path in lying.values():
        shutil.rmtree(path, ignore_errors=True)
    return len(lying)


def _folder() -> Path:
    return Path(settings.DATA_FOLDER) / "uploads"
