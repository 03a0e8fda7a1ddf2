"""Plans of drafts and fits of presets over the ledger, worked out by the job worker while somebody looks on.

Whoever asks is told at once; the worker says how far it is, and ends when it is told to stop. What came of it is kept
until the next one is done.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from regulars.engine.calendar import instant_of
from regulars.intake.fitting import candidates
from regulars.intake.fitting_ledger import fit_ledger
from regulars.intake.models import Reckoning
from regulars.intake.planning import drafted
from regulars.intake.planning_ledger import OverLedger, fold_ledger
from regulars.intake.stating import Stated, assumed_by
from regulars.ledger.connect import raw
from regulars.ledger.queries import count_facts
from regulars.programs.models import ProgramDraft
from regulars.programs.planning.assuming import Behaviour
from regulars.programs.planning.comparing import Outcome
from regulars.programs.planning.fitting import Place, ranked
from regulars.programs.planning.replaying import is_joining_told
from regulars.programs.planning.report import Ground, Report, report
from regulars.programs.presets import TYPES
from regulars.programs.presets.starting import Own
from regulars.programs.queries import Published, now, published_by_id

# Somebody who is at work is heard of more often. What waits may wait for as long as the worker has other work.
LOST_AFTER = timedelta(minutes=2)
T = TypeVar("T")
log = logging.getLogger(__name__)


class Stopped(Exception):
    """Somebody does not want it any more."""


class Told(msgspec.Struct, frozen=True):
    """A plan: the report, what it stands on, and how members have spent points so far, where that was seen."""

    report: Report
    ground: Ground
    own: Behaviour | None


class Fits(msgspec.Struct, frozen=True):
    """The presets in the order of fit, and what they were folded over."""

    places: tuple[Place, ...]
    orders: int
    active: int


def begin_plan(published: Published, draft: ProgramDraft, stated: Stated) -> Reckoning:
    """Plan the draft as it is saved. What only asks for other money of the same fold is told at once."""
    last = newest(published.id, Reckoning.PLAN, draft.pk)
    again = _told_again(last, published, draft, stated) if last and last.state == Reckoning.DONE else None
    return again or _begun(published, Reckoning.PLAN, stated, draft)


def begin_fit(published: Published, stated: Stated) -> Reckoning:
    return _begun(published, Reckoning.FIT, stated)


@transaction.atomic
def _begun(published: Published, kind: str, stated: Stated, draft: ProgramDraft | None = None) -> Reckoning:
    """One at a time for each draft: whoever asks while one is worked out looks on at that one."""
    found = Reckoning(program_id=published.id, draft=draft, kind=kind)
    found.document = draft.document if draft else ""
    found.asked = msgspec.to_builtins(stated)
    mine = Reckoning.objects.filter(program_id=published.id, draft=draft, kind=kind, state__in=Reckoning.OPEN)
    mine.filter(state=Reckoning.RUNNING, heard_at__lt=Now() - LOST_AFTER).update(state=Reckoning.FAILED)
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:
        # It may have ended in the meantime.
        return mine.first() or Reckoning.objects.filter(program_id=published.id, draft=draft, kind=kind).latest("pk")
    app.configure_task(Reckoning.TASK, lock=Reckoning.TASK).defer(number=found.pk)
    return found


def stop(program_id: int, kind: str, draft: int | None) -> None:
    """The worker hears of it when it next says how far it is."""
    mine = Reckoning.objects.filter(program_id=program_id, kind=kind, draft_id=draft)
    mine.filter(state__in=Reckoning.OPEN).update(state=Reckoning.STOPPED, heard_at=Now())


def newest(program_id: int, kind: str, draft: int | None) -> Reckoning | None:
    return Reckoning.objects.filter(program_id=program_id, kind=kind, draft_id=draft).order_by("-pk").first()


def last_done(program_id: int, kind: str, draft: int | None) -> Reckoning | None:
    mine = Reckoning.objects.filter(program_id=program_id, kind=kind, draft_id=draft, state=Reckoning.DONE)
    return mine.order_by("-pk").first()


def all_done(program_id: int, kind: str, drafts: Collection[int]) -> dict[int, Reckoning]:
    """The last of each of these drafts that was worked out, by the draft's number."""
    done = Reckoning.objects.filter(program_id=program_id, kind=kind, draft_id__in=drafts, state=Reckoning.DONE)
    return {one.draft_id: one for one in done.order_by("draft_id", "-pk").distinct("draft_id") if one.draft_id}


def told_of(done: Reckoning | None, kind: type[T]) -> T | None:
    """None: nothing is done yet, or an older release told it."""
    return _read(partial(msgspec.convert, done.told, kind)) if done else None


def _outcome_of(done: Reckoning) -> Outcome | None:
    """None: an older release added it up."""
    return _read(partial(msgspec.msgpack.decode, done.outcome, type=Outcome, dec_hook=_counted))


def _read(reading: Callable[[], T]) -> T | None:
    try:
        return reading()
    except msgspec.DecodeError:
        return None


def stated_in(found: Reckoning) -> Stated:
    return msgspec.convert(found.asked, Stated)


def work_out(number: int) -> None:
    """What the worker does. One that was stopped before it began is not begun."""
    mine = Reckoning.objects.filter(pk=number)
    if not mine.filter(state=Reckoning.WAITING).update(state=Reckoning.RUNNING, heard_at=Now()):
        return
    found = mine.get()
    published = published_by_id(found.program_id)
    found.facts, found.newest = count_facts(raw(), published.id), published.programs.versions[-1].number
    try:
        told, outcome = _worked_out(found, published, _said_by(number))
    except Stopped:
        return
    except Exception:
        log.exception("reckoning %s", number)
        mine.filter(state=Reckoning.RUNNING).update(state=Reckoning.FAILED, heard_at=Now())
        return
    _keep(found, told, outcome)


@transaction.atomic
def _keep(found: Reckoning, told: Told | Fits, outcome: bytes) -> None:
    """In place of the ones before it; nothing when somebody stopped it in the meantime."""
    mine = Reckoning.objects.filter(pk=found.pk, state=Reckoning.RUNNING)
    plain = msgspec.to_builtins(told)
    if mine.update(
        state=Reckoning.DONE, told=plain, outcome=outcome, facts=found.facts, newest=found.newest, heard_at=Now()
    ):
        same = Reckoning.objects.filter(program_id=found.program_id, kind=found.kind, draft_id=found.draft_id)
        same.filter(pk__lt=found.pk).delete()


def _said_by(number: int) -> Callable[[int, int], None]:
    def say(done: int, total: int) -> None:
        mine = Reckoning.objects.filter(pk=number, state=Reckoning.RUNNING)
        if not mine.update(done=done, total=total, heard_at=Now()):
            raise Stopped

    return say


def _worked_out(
    found: Reckoning, published: Published, progress: Callable[[int, int], None]
) -> tuple[Told | Fits, bytes]:
    return _plan(found, progress) if found.kind == Reckoning.PLAN else (_fit(found, published, progress), b"")


def _plan(found: Reckoning, progress: Callable[[int, int], None]) -> tuple[Told, bytes]:
    stated = stated_in(found)
    draft = drafted(found.document)
    folded = fold_ledger(draft, ("", ""), stated.categories, lambda own: assumed_by(stated, own).behaviour, progress)
    assert folded is not None, "a draft of the program counts in its money and days"
    return _reported(found.document, folded, stated), _packed(folded)


def _reported(document: str, folded: OverLedger, stated: Stated) -> Told:
    replayed = folded.replayed
    assumed = assumed_by(stated, folded.own)
    ground = Ground(replayed.guests, replayed.members, replayed.exact, is_joining_told(folded.in_force))
    return Told(report(drafted(document), replayed.outcome, assumed, folded.in_force), ground, folded.own)


def _fit(found: Reckoning, published: Published, progress: Callable[[int, int], None]) -> Fits:
    some = candidates(TYPES, Own("", published.currency, published.zone))
    fitted = fit_ledger(some, published, progress)
    places = ranked(some, fitted.fits, assumed_by(stated_in(found), None))
    return Fits(tuple(places), fitted.orders, fitted.active)


def _is_same_fold(last: Reckoning, was: Told, published: Published, draft: ProgramDraft, stated: Stated) -> bool:
    """Members redeem as they did then: only what is assumed of money differs. On another day more has run out."""
    day = published.programs.calendar.day
    return (
        last.document == draft.document
        and last.newest == published.programs.versions[-1].number
        and last.facts == count_facts(raw(), published.id)
        and day(instant_of(last.asked_at) + published.clock_offset_us) == day(now(published))
        and was.report.assumed.behaviour == assumed_by(stated, was.own).behaviour
        and set(stated.categories) <= {category for category, _margin in was.report.assumed.margins}
    )


def _told_again(last: Reckoning, published: Published, draft: ProgramDraft, stated: Stated) -> Reckoning | None:
    """None: that has to be folded anew."""
    was, outcome = told_of(last, Told), _outcome_of(last)
    if was is None or outcome is None or not _is_same_fold(last, was, published, draft, stated):
        return None
    assumed = assumed_by(stated, was.own)
    again = report(drafted(last.document), outcome, assumed, published.programs)
    told = Told(again, was.ground, was.own)
    last.told, last.asked = msgspec.to_builtins(told), msgspec.to_builtins(stated)
    last.save(update_fields=["told", "asked"])
    return last


def _packed(folded: OverLedger) -> bytes:
    return msgspec.msgpack.encode(folded.replayed.outcome)


def _counted(kind: type[Any], found: Any) -> Any:
    assert issubclass(getattr(kind, "__origin__", kind), Counter)
    return Counter(found)
