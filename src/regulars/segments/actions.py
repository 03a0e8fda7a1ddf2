"""What staff does with segments; each change is written down with who, before and after. One transaction each.

Under one `number` a change is done once. Whoever saves what somebody else saved meanwhile is told so.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.text import slugify

from regulars.programs.queries import Published
from regulars.segments.definition import Definition, Fault, Refused, ground, read, written
from regulars.segments.models import Segment, SegmentChange

# Why nothing was changed. Stable for ever.
REFUSALS = ("archived_already", "changed_meanwhile", "done_already", "key_taken", "segment_unknown", "too_many")
SEGMENTS_MOST = 100
NAME_LONGEST = 80
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LETTER = re.compile("[a-z]")


class ChangeRefused(Exception):
    """Nothing was changed; `code` is one of REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def make(
    published: Published, name: str, definition: object, actor: str, number: UUID, *, tells: bool = False, key: str = ""
) -> str:
    """The key of a new segment: made of its name, unless said. Raises Refused or ChangeRefused."""
    _once(number)
    asked = read(definition, ground(published.programs))
    kept = written(asked)
    name = _named(name)
    _one_more(published.id)
    key = key or _free_key(published.id, name, asked)
    if not KEY.fullmatch(key):
        raise Refused([Fault("key", key[:40], "key_not_possible")])
    try:
        with transaction.atomic():
            segment = Segment.objects.create(
                program_id=published.id, key=key, name=name, definition=kept, tells=tells, edition=1
            )
    except IntegrityError:
        raise ChangeRefused("key_taken") from None
    _told(number, segment, "made", actor, {}, _said(segment))
    return key


@transaction.atomic
def change(
    published: Published, key: str, edition: int, name: str, definition: object, actor: str, number: UUID, *,
    tells: bool,
) -> None:  # fmt: skip
    """Everything of it but its key; of somebody who saw that edition. Raises Refused or ChangeRefused."""
    _once(number)
    segment = _living(published.id, key)
    kept = written(read(definition, ground(published.programs)))
    if segment.edition != edition:
        raise ChangeRefused("changed_meanwhile")
    before = _said(segment)
    segment.name, segment.tells = _named(name), tells
    if segment.definition != kept:
        segment.definition, segment.size, segment.counted_at = kept, None, None
    after = _said(segment)
    if before == after:
        return
    segment.edition = edition + 1
    segment.changed_at = Now()
    segment.save()
    differs = [word for word in after if before[word] != after[word]]
    _told(number, segment, "changed", actor, {word: before[word] for word in differs}, {w: after[w] for w in differs})


@transaction.atomic
def archive(published: Published, key: str, actor: str, number: UUID) -> None:
    """Nobody is in it any more; who was is told so to the ledger by the next round of time's work."""
    _once(number)
    segment = _living(published.id, key)
    segment.archived_at = Now()
    segment.edition += 1
    segment.save(update_fields=["archived_at", "edition"])
    _told(number, segment, "archived", actor, {"archived": False}, {"archived": True})


@transaction.atomic
def bring_back(published: Published, key: str, actor: str, number: UUID) -> None:
    """As it was when it was archived. Raises ChangeRefused."""
    _once(number)
    segment = Segment.objects.select_for_update().filter(program_id=published.id, key=key).first()
    if segment is None or segment.archived_at is None:
        raise ChangeRefused("segment_unknown")
    _one_more(published.id)
    segment.archived_at = None
    segment.edition += 1
    segment.save(update_fields=["archived_at", "edition"])
    _told(number, segment, "brought_back", actor, {"archived": True}, {"archived": False})


def _one_more(program_id: int) -> None:
    if Segment.objects.filter(program_id=program_id, archived_at=None).count() >= SEGMENTS_MOST:
        raise ChangeRefused("too_many")


def _living(program_id: int, key: str) -> Segment:
    segment = Segment.objects.select_for_update().filter(program_id=program_id, key=key).first()
    if segment is None:
        raise ChangeRefused("segment_unknown")
    if segment.archived_at is not None:
        raise ChangeRefused("archived_already")
    return segment


def _named(name: str) -> str:
    name = name.replace("\0", "").strip()[:NAME_LONGEST]
    if not name:
        raise Refused([Fault("name", "", "name_missing")])
    return name


def _free_key(program_id: int, name: str, asked: Definition) -> str:
    """Of a name without Latin letters nothing is left: then it is made of what is asked. Numbered where it is taken."""
    begun = _latin(name) or _latin(" ".join(_words(asked))) or "segment"
    taken = set(Segment.objects.filter(program_id=program_id, key__startswith=begun).values_list("key", flat=True))
    names = (begun, *(f"{begun}-{place}" for place in range(2, len(taken) + 2)))
    return next(key for key in names if key not in taken)


def _latin(text: str) -> str:
    found = slugify(text)[:32].strip("-_")
    return found if LETTER.search(found) else ""


def _words(asked: Definition) -> Iterator[str]:
    """What is compared, and with which words; not with how many, which is what people change."""
    for group in asked.groups:
        for one in group.conditions:
            yield one.about
            if (one.how in ("is_not", "did_not")) != (group.match == "none"):
                yield "not"
            yield from (value for value in one.values if LETTER.search(value))


def _said(segment: Segment) -> dict[str, Any]:
    return {"name": segment.name, "definition": segment.definition, "tells": segment.tells}


def _once(number: UUID) -> None:
    if SegmentChange.objects.filter(number=number).exists():
        raise ChangeRefused("done_already")


def _told(number: UUID, segment: Segment, what: str, actor: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    try:
        with transaction.atomic():
            SegmentChange.objects.create(
                number=number, segment=segment, what=what, actor=actor, before=before, after=after
            )
    except IntegrityError:
        raise ChangeRefused("done_already") from None
