"""`regulars verify` and `regulars digest`: proof that the ledger is exact, and that nobody rewrote it."""

import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from regulars.cli.screen import Console, Table
from regulars.cli.speaking import no_program
from regulars.engine.program import Programs
from regulars.ledger import digest as digests
from regulars.ledger.connect import raw
from regulars.ledger.queries import count_accounts
from regulars.ledger.verify import Finding, Verdict
from regulars.ledger.verify import verify as prove
from regulars.programs import moves, wording
from regulars.programs.models import Program
from regulars.programs.queries import Published, all_programs, published

SHOWN = 50
console = Console()

ProgramOption = Annotated[str, typer.Option("--program", help="The program's slug; all programs without it.")]


def verify(program: ProgramOption = "") -> None:
    """Fold every member again from nothing and compare it with what is stored."""
    every = _chosen(program)
    if not every:
        console.print(_("There is no program yet, so there is nothing to prove."))
    findings = [finding for chosen in every for finding in _verified(chosen).findings]
    raise typer.Exit(1 if findings else 0)


def digest(
    program: ProgramOption = "",
    out: Annotated[Path | None, typer.Option(help="Write the digest to this file.")] = None,
    against: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Check the ledger against this earlier digest.")
    ] = None,
) -> None:
    """Print the heads of every member's chains, or check that they still lead back to an earlier digest.

    With REGULARS_DIGEST_KEY in the environment the digest is sealed with that key. Keep digests where those who can
    write to the database cannot.
    """
    key = os.environ.get("REGULARS_DIGEST_KEY", "").encode()
    if against is not None:
        _check(against, key)
        return
    chosen = _chosen(program)
    if len(chosen) != 1:
        slugs = {"programs": ", ".join(item.slug for item in chosen)}
        raise typer.BadParameter(_("say which program with --program: %(programs)s") % slugs)
    written = digests.lines(raw(), chosen[0].id, datetime.now(UTC).isoformat(timespec="seconds"), key)
    if out is None:
        sys.stdout.writelines(line + "\n" for line in written)
        return
    out.write_text("".join(line + "\n" for line in written), encoding="ascii")
    console.print(_("The digest of %(program)s is in %(path)s.") % {"program": chosen[0].slug, "path": out})


def _chosen(slug: str) -> list[Published]:
    if not slug:
        return all_programs()
    try:
        return [published(slug)]
    except Program.DoesNotExist:
        raise typer.BadParameter(no_program(slug)) from None


def _verified(chosen: Published) -> Verdict:
    total = count_accounts(raw(), chosen.id)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(chosen.slug, total=total)
        verdict = prove(
            raw(), chosen.programs, lambda so_far: bar.update(task, completed=so_far.members + so_far.guests)
        )
    _say(chosen, verdict)
    return verdict


def _say(chosen: Published, verdict: Verdict) -> None:
    counted = {name: f"{getattr(verdict, name):,}" for name in ("members", "guests", "facts", "entries")}
    said = _(
        "%(program)s: %(members)s members, %(guests)s guest orders, %(facts)s facts, %(entries)s entries folded again."
    )
    console.print(said % (counted | {"program": chosen.slug}))
    console.print(_places(verdict, chosen.programs))
    if verdict.is_exact:
        console.print(Text(_("Every member is exact."), "green"))
        return
    for finding in verdict.findings[:SHOWN]:
        console.print(_line(finding), soft_wrap=True)
    members = len({finding.member_id for finding in verdict.findings})
    told = {"findings": f"{len(verdict.findings):,}", "members": f"{members:,}"}
    console.print(Text(_("%(findings)s findings about %(members)s members.") % told, "red"))


def _line(finding: Finding) -> str:
    said = f" ({finding.detail})" if finding.detail else ""
    where = {"code": finding.code, "member": finding.member_id, "table": finding.table, "row": finding.row}
    return _("%(code)s: member %(member)s, %(table)s, row %(row)s") % where + said


def _places(verdict: Verdict, programs: Programs) -> Table:
    """Where all points are; each wallet adds up to zero."""
    table = Table(_("Wallet"), _("Place"), _("Points"))
    table.columns[2].justify = "right"
    sums: Counter[str] = Counter()
    for (wallet, place), points in sorted(verdict.places.items()):
        table.add_row(wallet, moves.place(place), wording.amount(points, wallet, programs))
        sums[wallet] += points
    for wallet, points in sums.items():
        table.add_row(wallet, _("sum"), wording.amount(points, wallet, programs), style="bold")
    return table


def _check(path: Path, key: bytes) -> None:
    with path.open(encoding="ascii") as given:
        try:
            program_id, heads = digests.read(given, key)
        except digests.BadDigest:
            said = _("this is no digest, it was changed or cut short, or it was sealed with another key")
            raise typer.BadParameter(said, param_hint="--against") from None
    wrong = list(digests.rewritten(raw(), program_id, heads))
    for item in wrong[:SHOWN]:
        where = {"member": item.member_id, "table": item.table, "row": item.seq}
        console.print(_("rewritten: member %(member)s, %(table)s, up to row %(row)s") % where, soft_wrap=True)
    words = {"heads": f"{len(heads):,}", "path": path, "wrong": f"{len(wrong):,}"}
    said = _("%(heads)s members and guest orders checked against %(path)s: %(wrong)s chains rewritten.")
    console.print(said % words)
    raise typer.Exit(1 if wrong else 0)
