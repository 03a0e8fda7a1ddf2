"""Drafts of a program: written by several hands, reviewed, and published as its next version.

A draft that was published or withdrawn stays as it is. Each verb is one transaction, and raises Program.DoesNotExist
or ProgramDraft.DoesNotExist for what is not there, PublishRefused for what may not be.
"""

from uuid import uuid4

from django.db import transaction
from django.db.models.functions import Now

from regulars.access.changing import note as note_change
from regulars.engine.calendar import datetime_of
from regulars.engine.problems import Problem
from regulars.programs.actions import PublishRefused, must_follow, publish
from regulars.programs.canonical import canonical
from regulars.programs.changes import changes
from regulars.programs.models import Program, ProgramDraft, ProgramVersion
from regulars.programs.queries import Published
from regulars.programs.stories.drafted import CHARACTERS_AT_MOST
from regulars.programs.tree import Unreadable


@transaction.atomic
def begin_draft(
    slug: str,
    actor: str,
    *,
    document: str = "",
    from_version: int | None = None,
    note: str = "",
    onto: int | None = None,
    starts_at: int | None = None,
    stories: str = "",
) -> int:
    """The number of a new draft: of this document, or of a version's with its stories, of the newest unless said.

    `onto` is the version that it is meant to follow, `starts_at` when it should be in force (microseconds).
    """
    program = Program.objects.get(slug=slug)
    newest = program.versions.order_by("-number").first()
    must_follow(newest, onto)
    if not document and newest:
        version = program.versions.get(number=from_version) if from_version else newest
        document, stories = version.document, version.stories
    draft = ProgramDraft(program=program, document=document, note=note, based_on=newest.number if newest else 0)
    draft.stories = stories
    draft.written_by = [actor]
    draft.starts_at = None if starts_at is None else datetime_of(starts_at)
    draft.save()
    note_change(uuid4(), f"program:{program.pk}", "draft.begun", actor, after={"draft": draft.pk})
    return draft.pk


@transaction.atomic
def write_draft(slug: str, number: int, document: str, note: str, edition: int, actor: str) -> int:
    """Save what somebody wrote who saw `edition`; returns the new one. What was in review is a draft again."""
    draft = _seen(slug, number, edition)
    draft.document, draft.note = _in_form(document), note
    draft.written_by = [*(name for name in draft.written_by if name != actor), actor]
    return _moved(draft, ProgramDraft.DRAFT)


@transaction.atomic
def keep_stories(slug: str, number: int, stories: str, edition: int) -> int:
    """What tests it; the document stays as it is, and so does where it is on its way. Returns the new edition."""
    draft = _seen(slug, number, edition)
    if len(stories) > CHARACTERS_AT_MOST:
        raise PublishRefused(Problem("", "", "document_too_long", told={"most": f"{CHARACTERS_AT_MOST:,}"}))
    draft.stories = stories.replace("\r\n", "\n")
    return _moved(draft, draft.state)


@transaction.atomic
def ask_for_review(slug: str, number: int, edition: int) -> int:
    return _moved(_seen(slug, number, edition), ProgramDraft.REVIEW)


@transaction.atomic
def send_back(slug: str, number: int, edition: int, answer: str, actor: str) -> int:
    """What its authors should change."""
    draft = _seen(slug, number, edition)
    draft.answer, draft.answered_by = answer, actor
    return _moved(draft, ProgramDraft.DRAFT)


@transaction.atomic
def withdraw(slug: str, number: int, edition: int, actor: str) -> int:
    draft = _seen(slug, number, edition)
    note_change(uuid4(), f"program:{draft.program_id}", "draft.withdrawn", actor, before={"draft": number})
    return _moved(draft, ProgramDraft.WITHDRAWN)


@transaction.atomic
def look_again(slug: str, number: int, edition: int) -> int:
    """Its difference to the newest version was looked at."""
    draft = _seen(slug, number, edition)
    newest = draft.program.versions.order_by("-number").first()
    draft.based_on = newest.number if newest else 0
    return _moved(draft, draft.state)


@transaction.atomic
def publish_draft(slug: str, number: int, edition: int, starts_at: int | None, actor: str) -> Published:
    """Its document becomes the next version; that, or its stories, say something new. Raises DocumentRefused, too."""
    draft = _seen(slug, number, edition)
    newest = draft.program.versions.order_by("-number").first()
    published = publish(
        slug,
        draft.document,
        starts_at,
        actor,
        onto=draft.based_on,
        authors=draft.written_by,
        note=draft.note,
    )
    if newest and newest.stories == draft.stories and not changes(newest.document, draft.document):
        raise PublishRefused(Problem("", str(number), "nothing_changes", told={"newest": str(newest.number)}))
    draft.version = ProgramVersion.objects.get(program=draft.program, number=published.programs.versions[-1].number)
    draft.version.stories = draft.stories
    draft.version.save(update_fields=["stories"])
    _moved(draft, ProgramDraft.PUBLISHED)
    return published


def _seen(slug: str, number: int, edition: int) -> ProgramDraft:
    """Ours until the transaction ends. Nobody decides about a text that they have not seen."""
    draft = ProgramDraft.objects.select_for_update(of=("self",)).get(program__slug=slug, pk=number)
    if draft.state not in ProgramDraft.OPEN:
        raise PublishRefused(Problem("", str(number), "draft_closed"))
    if draft.edition != edition:
        raise PublishRefused(Problem("", str(edition), "draft_changed", told={"by": draft.written_by[-1]}))
    return draft


def _moved(draft: ProgramDraft, state: str) -> int:
    draft.state = state
    draft.edition += 1
    draft.changed_at = Now()
    draft.save()
    return draft.edition


def _in_form(document: str) -> str:
    """Canonical, so that forms and text write the same; as it is while it cannot be read."""
    try:
        return canonical(document)
    except Unreadable:
        return document.replace("\r\n", "\n")
