"""Publish a program, and set its clock."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from regulars.access.changing import note
from regulars.access.queries import somebody_else_may
from regulars.engine.calendar import datetime_of
from regulars.engine.clashing import clash
from regulars.engine.problems import Problem
from regulars.engine.program import Version
from regulars.programs import problems
from regulars.programs.clock import real_now
from regulars.programs.document import Draft, publishable, version
from regulars.programs.models import Program, ProgramVersion, TwoPeople
from regulars.programs.queries import Published, published_by_id
from regulars.programs.tree import Unreadable, grown
from regulars.programs.version_list import asked_to_let_one

# A version is known before it is in force, so that no order is read by rules nobody could have seen.
NOTICE_US = 60_000_000
PUBLISH = "programs:publish"


class PublishRefused(Exception):
    """A document that reads well cannot be published, and nothing was changed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problems.told(problem))
        self.problem = problem


@transaction.atomic
def publish(
    slug: str,
    document_text: str,
    starts_at: int | None,
    actor: str,
    *,
    clock_offset_us: int | None = None,
    onto: int | None = None,
    authors: Sequence[str] = (),
    note: str = "",
) -> Published:
    """A new version, in force from `starts_at` (microseconds); the first one makes the program.

    Without `starts_at` it starts as soon as it may. `clock_offset_us` sets the clock of a program that is new. `onto`
    is the version that it is meant to follow (0: none), `authors` wrote it, unless the actor did.
    The stories that tested the version before go on testing it.
    Raises DocumentRefused or PublishRefused.
    """
    read = reviewed(document_text).version
    if read.slug != slug:
        raise PublishRefused(Problem("program", read.slug, "other_program", (slug,)))
    program = _locked(slug, clock_offset_us or 0)
    newest = program.versions.order_by("-number").first()
    must_follow(newest, onto)
    if program.four_eyes and actor in (authors or [actor]):
        raise PublishRefused(Problem("", actor, "second_person_needed"))
    published_at = real_now() + program.clock_offset_us
    if newest is not None:
        _fits(program, read)
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
        written_by=[*authors] or [actor],
        note=note,
        stories=newest.stories if newest else "",
    )
    return published_by_id(program.id)


def reviewed(document_text: str) -> Draft:
    """What may become the next version of its program, with warnings also of what members lose by it.

    Raises DocumentRefused.
    """
    return publishable(document_text, _before(document_text))


def _before(document_text: str) -> Version | None:
    """The newest version of the program that a document names."""
    try:
        tree = grown(document_text).tree
    except Unreadable:
        return None
    slug = tree.get("program", "") if isinstance(tree, dict) else ""
    newest = ProgramVersion.objects.filter(program__slug=slug).order_by("-number").first() if slug else None
    return version(newest.document, newest.number, 0) if newest else None


@transaction.atomic
def require_two(slug: str, four_eyes: bool, actor: str) -> None:
    """Whether a version needs somebody who did not write it to publish it; who said so stays written down.

    That one is enough is only asked for, where there is somebody else who may publish: they agree, or nothing changes.
    Raises Program.DoesNotExist.
    """
    program = Program.objects.select_for_update().get(slug=slug)
    asked = asked_to_let_one(program.pk)
    must_agree = program.four_eyes and not four_eyes and somebody_else_may(PUBLISH, actor.removeprefix("staff:"))
    if must_agree and not asked:
        TwoPeople.objects.create(program=program, required=False, is_asked=True, said_by=actor)
    elif not must_agree and (program.four_eyes != four_eyes or asked):
        _switch(program, four_eyes, actor)


@transaction.atomic
def let_one(slug: str, actor: str) -> bool:
    """Agree to what somebody else asked for; False where nobody else did. Raises Program.DoesNotExist."""
    program = Program.objects.select_for_update().get(slug=slug)
    asked = asked_to_let_one(program.pk)
    if not asked or asked == actor:
        return False
    _switch(program, False, actor)
    return True


def _switch(program: Program, four_eyes: bool, actor: str) -> None:
    program.four_eyes = four_eyes
    program.save(update_fields=["four_eyes"])
    TwoPeople.objects.create(program=program, required=four_eyes, said_by=actor)


@transaction.atomic
def set_accent(slug: str, accent: str, actor: str, number: UUID) -> None:
    """The colour of its pages, one of `Program.ACCENTS`; what it was stays written down.

    Raises Program.DoesNotExist, ValueError, ChangeRefused.
    """
    if accent not in Program.ACCENTS:
        raise ValueError(accent)
    program = Program.objects.select_for_update().get(slug=slug)
    before, program.accent = program.accent, accent
    if before != accent:
        program.save(update_fields=["accent"])
        about = f"program:{program.pk}"
        note(number, about, "look.accent", actor, before={"accent": before}, after={"accent": accent})


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


def must_follow(newest: ProgramVersion | None, onto: int | None) -> None:
    """Raises PublishRefused where somebody published since version `onto`."""
    number = newest.number if newest else 0
    if onto is not None and onto != number:
        by = newest.published_by if newest else ""
        raise PublishRefused(Problem("", "", "program_moved_on", told={"newest": str(number), "by": by}))


def _with_notice(starts_at: int | None, published_at: int) -> int:
    earliest = published_at + NOTICE_US
    if starts_at is not None and starts_at < earliest:
        said = [datetime_of(instant).isoformat() for instant in (starts_at, earliest)]
        raise PublishRefused(Problem("", said[0], "starts_too_soon", (said[1],)))
    return earliest if starts_at is None else starts_at


def _fits(program: Program, after: Version) -> None:
    """A tier set that was given up and comes back must still grow by the same."""
    before = [version(said.document, said.number, 0) for said in program.versions.order_by("number")]
    if problem := clash([*before, after]):
        raise PublishRefused(problem)
