"""`python -m regulars VERB`: make the house ready, then hand over to the terminal's door."""

import os
import sys
from typing import TYPE_CHECKING

from regulars.project.leaving import leave_in_order

if TYPE_CHECKING:
    import typer

# Verbs that need no database; everything else finds it running and migrated.
WITHOUT_DATABASE = {"version"}
# Verbs that load DuckDB, which other verbs shall not wait for.
HEAVY = {"bench", "compile", "fit", "plan"}
# Verbs that need nothing but words.
AUTHORING = {"attack", "bench", "check", "compile", "fit", "fmt", "new", "plan", "schema"}
# What fills an empty database finds it empty.
FILLING = {"restore"}
HELP = {"--help", "-h"}


def main() -> None:
    leave_in_order()
    words = sys.argv[1:]
    if words and words[0] in AUTHORING and not _is_over_ledger(words):
        _hand_over_words()
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")
    if not words or words[0] in WITHOUT_DATABASE or HELP & set(words):
        _hand_over()
        return
    from regulars.project.database import database_running
    from regulars.project.postgres.layout import EmbeddedFault

    try:
        with database_running():
            _hand_over(migrate=words[0] not in FILLING)
    except EmbeddedFault as fault:
        sys.exit(f"regulars: {fault}")


def _is_over_ledger(words: list[str]) -> bool:
    """A plan, or a fit of presets, without a file of orders."""
    has_file = any(word.partition("=")[0] == "--orders" for word in words)
    return words[0] in ("fit", "plan") and not has_file and not HELP & set(words)


def _hand_over_words() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.words"
    import django
    from django.conf import settings

    from regulars.project.catalogues import compile_stale

    compile_stale()
    django.setup()
    from regulars.cli.authoring import app

    if sys.argv[1] in HEAVY:
        from regulars.cli.benching import bench
        from regulars.cli.fitting import fit
        from regulars.cli.planning import plan

        _add_what_serves(bench)
        app.command()(plan)
        app.command()(fit)
        app.add_typer(bench, name="bench")
        _add_what_compiles(app)
    app(prog_name=settings.COMMAND)


def _hand_over(migrate: bool = False) -> None:
    import django
    from django.conf import settings

    from regulars.project.catalogues import compile_stale

    compile_stale()
    django.setup()
    if migrate:
        from regulars.project.migration import migrate_when_needed

        migrate_when_needed()
    from regulars.cli.app import app
    from regulars.cli.benching import bench
    from regulars.project.backups import backup, restore
    from regulars.project.cycles import search_rarely
    from regulars.project.demo import demo
    from regulars.project.gateway import gateway
    from regulars.project.serve import serve, worker

    _add_what_serves(bench)
    _add_what_compiles(app)
    app.command()(serve)
    app.command()(worker)
    app.command()(gateway)
    app.command()(demo)
    app.command()(backup)
    app.command()(restore)
    search_rarely()
    app(prog_name=settings.COMMAND)


def _add_what_serves(bench: "typer.Typer") -> None:
    """What measures a whole installation needs more than a door may know."""
    from regulars.project.advancing.verb import due
    from regulars.project.importing.verb import imported
    from regulars.project.ordering.verb import orders
    from regulars.project.paging.verb import pages
    from regulars.project.reading.verb import reads
    from regulars.project.redeeming.verb import redeem

    bench.command()(redeem)
    bench.command()(orders)
    bench.command()(pages)
    bench.command()(due)
    bench.command()(reads)
    bench.command("import")(imported)


def _add_what_compiles(app: "typer.Typer") -> None:
    from regulars.project.compiling import compile_

    app.command("compile")(compile_)


if __name__ == "__main__":
    main()
