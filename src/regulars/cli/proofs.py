"""`regulars verify` and `regulars digest`: proof that the ledger is exact, and that nobody rewrote it."""

import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from regulars.ledger import digest as digests
from regulars.ledger.connect import raw
from regulars.ledger.queries import count_accounts
from regulars.ledger.verify import Finding, Verdict
from regulars.ledger.verify import verify as prove
from regulars.programs.models import Program
from regulars.programs.queries import Published, all_programs, published

SHOWN = 50
console = Console()

ProgramOption = Annotated[str, typer.Option("--program", help="The program's slug; all programs without it.")]


def verify(program: ProgramOption = "") -> None:
    """Fold every member again from nothing and compare it with what is stored."""
    findings = [finding for chosen in _chosen(program) for finding in _verified(chosen).findings]
    raise typer.Exit(1 if findings else 0)


def digest(
    program: ProgramOption = "",
    out: Annotated[Path | None, typer.Option(help="Write the digest to this file.")] = None,
    against: Annotated[Path | None, typer.Option(help="Check the ledger against this earlier digest.")] = None,
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
        raise typer.BadParameter("say which program with --program: " + ", ".join(item.slug for item in chosen))
    written = digests.lines(raw(), chosen[0].id, datetime.now(UTC).isoformat(timespec="seconds"), key)
    if out is None:
        sys.stdout.writelines(line + "\n" for line in written)
        return
    out.write_text("".join(line + "\n" for line in written), encoding="ascii")
    console.print(f"The digest of {chosen[0].slug} is in {out}.")


def _chosen(slug: str) -> list[Published]:
    if not slug:
        return all_programs()
    try:
        return [published(slug)]
    except Program.DoesNotExist:
        raise typer.BadParameter(f"there is no program {slug!r}") from None


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
    counted = f"{verdict.members:,} members, {verdict.guests:,} guest orders"
    console.print(f"{chosen.slug}: {counted}, {verdict.facts:,} facts, {verdict.entries:,} entries folded again.")
    console.print(_places(verdict))
    if verdict.is_exact:
        console.print("[green]Every member is exact.[/green]")
        return
    for finding in verdict.findings[:SHOWN]:
        console.print(_line(finding), soft_wrap=True)
    members = len({finding.member_id for finding in verdict.findings})
    console.print(f"[red]{len(verdict.findings):,} findings about {members:,} members.[/red]")


def _line(finding: Finding) -> str:
    said = f" ({finding.detail})" if finding.detail else ""
    return f"{finding.code}: member {finding.member_id}, {finding.table}, row {finding.row}{said}"


def _places(verdict: Verdict) -> Table:
    """Where all points are; each wallet adds up to zero."""
    table = Table("wallet", "place", "points")
    table.columns[2].justify = "right"
    sums: Counter[str] = Counter()
    for (wallet, place), points in sorted(verdict.places.items()):
        table.add_row(wallet, place, f"{points:,}")
        sums[wallet] += points
    for wallet, points in sums.items():
        table.add_row(wallet, "sum", f"{points:,}", style="bold")
    return table


def _check(path: Path, key: bytes) -> None:
    with path.open(encoding="ascii") as given:
        try:
            program_id, heads = digests.read(given, key)
        except digests.BadDigest as fault:
            raise typer.BadParameter(str(fault), param_hint="--against") from None
    wrong = list(digests.rewritten(raw(), program_id, heads))
    for item in wrong[:SHOWN]:
        console.print(f"rewritten: member {item.member_id}, {item.table}, up to row {item.seq}", soft_wrap=True)
    console.print(f"{len(heads):,} members and guest orders checked against {path}: {len(wrong):,} chains rewritten.")
    raise typer.Exit(1 if wrong else 0)
