"""Publish a program, and set its clock."""

from django.db import transaction

from regulars.engine.calendar import datetime_of
from regulars.engine.program import Version, tier_set_clash
from regulars.programs.clock import real_now
from regulars.programs.document import draft, version
from regulars.programs.models import Program, ProgramVersion
from regulars.programs.queries import Published, published_by_id

# A version is known before it is in force, so that no order is read by rules nobody could have seen.
NOTICE_US = 60_000_000
# Why a document that reads well cannot be published. Stable for ever.
REFUSALS = (
    "currency_changed",
    "main_wallet_changed",
    "other_program",
    "starts_too_soon",
    "tiers_changed",
    "timezone_changed",
)


class PublishRefused(Exception):
    """Nothing was changed; `code` is one of REFUSALS."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code


@transaction.atomic
def publish(
    slug: str, document_text: str, starts_at: int | None, actor: str, *, clock_offset_us: int | None = None
) -> Published:
    """A new version, in force from `starts_at` (microseconds); the first one makes the program.

    Without `starts_at` it starts as soon as it may. `clock_offset_us` sets the clock of a program that is new.
    Raises DocumentRefused or PublishRefused.
    """
    read = draft(document_text).version
    if read.slug != slug:
        raise PublishRefused("other_program", f"the document is of the program {read.slug}, not {slug}")
    program = _locked(slug, clock_offset_us or 0)
    newest = program.versions.order_by("-number").first()
    published_at = real_now() + program.clock_offset_us
    if newest is not None:
        _same_for_ever(version(newest.document, newest.number, 0), read)
        _same_growth(program, read)
        starts_at = _with_notice(starts_at, published_at)
    program.name = read.name
    program.save(update_fields=["name"])
    ProgramVersion.objects.create(
        program=program,
        number=newest.number + 1 if newest else 1,
        document=document_text,
        starts_at=datetime_of(published_at if starts_at is None else starts_at),
        published_at=datetime_of(published_at),
        published_by=actor,
    )
    return published_by_id(program.id)


@transaction.atomic
def set_clock(slug: str, clock_offset_us: int) -> Published:
    """Let a program live in another time. For sandboxes: real members would wonder. Raises Program.DoesNotExist."""
    program = Program.objects.select_for_update().get(slug=slug)
    program.clock_offset_us = clock_offset_us
    program.save(update_fields=["clock_offset_us"])
    return published_by_id(program.id)


def _locked(slug: str, clock_offset_us: int) -> Program:
    """The program, ours until the transaction ends, so that two who publish at once get two numbers."""
    Program.objects.bulk_create([Program(slug=slug, name={}, clock_offset_us=clock_offset_us)], ignore_conflicts=True)
    return Program.objects.select_for_update().get(slug=slug)


def _with_notice(starts_at: int | None, published_at: int) -> int:
    earliest = published_at + NOTICE_US
    if starts_at is not None and starts_at < earliest:
        said = f"a version starts at least a minute after it is published: {datetime_of(earliest).isoformat()} or later"
        raise PublishRefused("starts_too_soon", said)
    return earliest if starts_at is None else starts_at


def _same_for_ever(before: Version, after: Version) -> None:
    if after.currency != before.currency:
        raise PublishRefused("currency_changed", f"the program's money is {before.currency} for ever")
    if after.zone != before.zone:
        raise PublishRefused("timezone_changed", f"the program's time zone is {before.zone} for ever")
    if after.main_wallet.name != before.main_wallet.name:
        raise PublishRefused("main_wallet_changed", f"the program's first wallet is {before.main_wallet.name} for ever")


def _same_growth(program: Program, after: Version) -> None:
    """A tier set that was given up and comes back must still grow by the same."""
    before = [version(said.document, said.number, 0) for said in program.versions.order_by("number")]
    if clash := tier_set_clash([*before, after]):
        raise PublishRefused("tiers_changed", clash)
