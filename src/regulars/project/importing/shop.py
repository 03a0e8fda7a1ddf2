"""The tea house, whose history comes from a file, in an installation of its own.

`python -m regulars.project.importing.shop file PATH ORDERS` makes the file and publishes the program; `… import PATH`
takes it in, and `… verify` proves what came of it. Each prints, as JSON, what it did, and what that took.
"""

import os
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from time import perf_counter

from msgspec import Struct

SLUG = "tea-house"
# Every order of the file comes later.
BEFORE = datetime(2023, 12, 1, tzinfo=UTC)


class Did(Struct, frozen=True):
    """So many orders and refunds, or entries. Seconds of the deed alone, and of this program's CPU for it."""

    count: int
    seconds: float
    cpu: float


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
    import django

    django.setup()
    import msgspec

    from regulars.project.cycles import search_rarely
    from regulars.project.database import database_running
    from regulars.project.migration import migrate_when_needed

    with database_running():
        search_rarely()
        if sys.argv[1] == "file":
            migrate_when_needed()
            _make(Path(sys.argv[2]), int(sys.argv[3]))
            return
        begun, before = perf_counter(), _cpu()
        count = _import(Path(sys.argv[2])) if sys.argv[1] == "import" else _verify()
        sys.stdout.write(msgspec.json.encode(Did(count, perf_counter() - begun, _cpu() - before)).decode())


def _cpu() -> float:
    """Of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def _make(path: Path, orders: int) -> None:
    from regulars.engine.calendar import instant_of
    from regulars.intake.made_history import ORDERS_EACH, Wish, write_made_history
    from regulars.programs.actions import publish

    document = (files("regulars.programs.presets") / "tea-house.yaml").read_text("utf-8")
    document = document.replace("program: tea-house", "program: tea-house\nenrolment: first order")
    publish(SLUG, document, instant_of(BEFORE), "bench")
    write_made_history(path, Wish(orders, -(-orders // ORDERS_EACH)))


def _import(path: Path) -> int:
    from regulars.intake.importing import Request, import_file
    from regulars.intake.made_history import MAPPING
    from regulars.intake.mappings import found_mapping
    from regulars.intake.reading.mapping import read_mapping
    from regulars.programs.queries import published

    request = Request(path, read_mapping(found_mapping(MAPPING)))
    return import_file(published(SLUG), request, lambda _progress: None).taken_now


def _verify() -> int:
    from regulars.ledger.connect import raw
    from regulars.ledger.verify import verify
    from regulars.programs.queries import published

    verdict = verify(raw(), published(SLUG).programs)
    assert verdict.is_exact, verdict.findings[:3]
    return verdict.entries


if __name__ == "__main__":
    main()
