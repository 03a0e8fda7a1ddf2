"""A grocer with many made-up members and a year of their orders, in an installation of its own.

`python -m regulars.project.paging.shop MEMBERS ROUNDS` fills it, opens its pages so many times, and prints what each
took as JSON.
"""

import os
import sys


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
    import django

    django.setup()
    import msgspec

    from regulars.project.database import database_running
    from regulars.project.migration import migrate_when_needed
    from regulars.project.paging.visiting import opened

    members, rounds = map(int, sys.argv[1:])
    with database_running():
        migrate_when_needed()
        _fill(members)
        sys.stdout.write(msgspec.json.encode(opened("grocer", rounds)).decode())


def _fill(members: int) -> None:
    from regulars.access.actions import create_staff
    from regulars.engine.calendar import DAY, instant_of
    from regulars.insight.actions import refresh_lake
    from regulars.intake.importing import Request, import_file
    from regulars.intake.made import CLOSES_YEAR, YEAR, make_members, write_made_orders
    from regulars.intake.mappings import found_mapping
    from regulars.intake.reading.mapping import read_mapping
    from regulars.intake.scratching import scratch_folder
    from regulars.programs import drafting
    from regulars.programs.actions import publish
    from regulars.programs.clock import real_now
    from regulars.programs.presets import preset, story
    from regulars.project.measured import settle
    from regulars.project.place import data_folder
    from regulars.project.postgres.layout import layout

    create_staff("bench", os.urandom(16).hex(), "owner")
    offset = instant_of(CLOSES_YEAR) - real_now()
    shop = publish("grocer", preset("grocer"), instant_of(YEAR) - DAY, "bench", clock_offset_us=offset)
    make_members(shop.id, members)
    with scratch_folder() as folder:
        path = folder / "made.parquet"
        write_made_orders(path, members)
        import_file(shop, Request(path, read_mapping(found_mapping("made"))), lambda _progress: None)
    settle(layout(data_folder()))
    refresh_lake(shop)
    drafting.begin_draft(shop.slug, "bench", stories=story("points"))


if __name__ == "__main__":
    main()
