"""Readings of imports: how far they are, what came of them."""

from datetime import datetime

from django.db.models import Count, Sum
from msgspec import Struct, convert, structs

from regulars.intake.models import ImportPart, ImportRefusal, ImportRun
from regulars.intake.reading.counting import Counts


class Tally(Struct, frozen=True):
    """What came of the orders and refunds of a file so far; `lines` are those of the orders."""

    orders_recorded: int = 0
    orders_known: int = 0
    orders_refused: int = 0
    lines_recorded: int = 0
    lines_known: int = 0
    lines_refused: int = 0
    refunds_recorded: int = 0
    refunds_known: int = 0
    refunds_refused: int = 0


KINDS = ("orders", "lines", "refunds")
TALLIES = tuple(field.name for field in structs.fields(Tally))


class Imported(Struct, frozen=True):
    """An import as it stands. `position` arrivals (orders and refunds) of `counts.arrivals` have been taken."""

    run_id: int
    file_name: str
    started_at: datetime
    finished_at: datetime | None
    position: int
    counts: Counts
    tally: Tally

    @property
    def has_rejects(self) -> bool:
        """Whether there is anything that was not taken as it stands in the file."""
        refused = self.tally.orders_refused or self.tally.refunds_refused
        return bool(self.counts.rejected or self.counts.partly_refunded or refused)

    def again(self) -> "Imported":
        """As it stands for whoever brings the same file in once more: all that is kept was known before."""
        told = self.tally
        known = {f"{one}_known": getattr(told, f"{one}_recorded") + getattr(told, f"{one}_known") for one in KINDS}
        return structs.replace(self, tally=structs.replace(told, **known, **{f"{one}_recorded": 0 for one in KINDS}))

    @property
    def took_nothing(self) -> bool:
        """Whether there was something to take, and none of it is kept."""
        told = self.tally
        kept = told.orders_recorded or told.orders_known or told.refunds_recorded or told.refunds_known
        return self.has_rejects and not kept


def position(run_id: int, part: int) -> int:
    return ImportPart.objects.values_list("position", flat=True).get(run_id=run_id, part=part)


def imported(run_id: int) -> Imported:
    run = ImportRun.objects.get(id=run_id)
    sums = run.parts.aggregate(Sum("position"), *(Sum(name) for name in TALLIES))
    tally = Tally(*(sums[f"{name}__sum"] or 0 for name in TALLIES))
    counts = convert(run.counts, Counts)
    done = sums["position__sum"] or 0
    return Imported(run.id, run.file_name, run.started_at, run.finished_at, done, counts, tally)


def refusals(run_id: int) -> list[tuple[int, str, str]]:
    """(line, key, code), by line."""
    return list(ImportRefusal.objects.filter(run_id=run_id).order_by("line", "id").values_list("line", "key", "code"))


def reasons(run_id: int) -> list[tuple[str, int]]:
    """(code, how many orders and refunds were refused for it), the most frequent first."""
    grouped = ImportRefusal.objects.filter(run_id=run_id).values_list("code").annotate(count=Count("id"))
    return list(grouped.order_by("-count", "code"))


def latest_imports(program_id: int, limit: int) -> list[Imported]:
    runs = ImportRun.objects.filter(program_id=program_id).order_by("-id").values_list("id", flat=True)
    return [imported(run_id) for run_id in runs[:limit]]


def finished_import(program_id: int, file_name: str) -> Imported | None:
    """The newest import of a file of this name that came to its end."""
    runs = ImportRun.objects.filter(program_id=program_id, file_name=file_name).exclude(finished_at=None)
    newest = runs.order_by("-id").values_list("id", flat=True).first()
    return None if newest is None else imported(newest)
