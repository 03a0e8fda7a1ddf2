"""What can be wrong with an installation, looked at one by one: each check says what it found and what to do."""

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from regulars.engine.calendar import datetime_of
from regulars.ledger.connect import raw, rows
from regulars.ledger.verify import spot_check
from regulars.programs.queries import Published, all_programs, now

MEGABYTE, GIGABYTE = 1_000_000, 1_000_000_000
LEAST_FREE = 0.1
CLOCKS_APART = timedelta(seconds=2)
# A worker says that it is there every ten seconds, and looks after accounts every minute.
SILENT_AFTER = timedelta(minutes=1)
LATE_AFTER = timedelta(minutes=5)
DAY = timedelta(days=1)
MOST_USED = 0.8

CLOCK = "SELECT clock_timestamp()"
SERVER = "SELECT current_setting('server_version'), pg_database_size(current_database())"
CONNECTIONS = "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity WHERE datname IS NOT NULL"
IDLE_IN_TRANSACTION = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND xact_start < clock_timestamp() - %s AND pid <> pg_backend_pid()
"""
OVERDUE = "SELECT count(*) FROM ledger_account WHERE program_id = %s AND next_due_at < %s"

State = Literal["good", "doubtful", "bad"]


class Found(Struct, frozen=True):
    """What a check came to: `code` for machines, and what to do where something is amiss."""

    code: str
    state: State
    said: str
    todo: str = ""


def looked_over() -> Iterator[Found]:
    """One after the other, as they are done; the quick ones first."""
    for check in (_database, _connections, _transactions, _clock, _disk, _worker, _failed, _mail, _https):
        yield check()
    for published in all_programs():
        for look in (_test_clock, _upkeep, _ledger):
            yield look(published)


def _found(code: str, is_good: bool, said: str, todo: str, otherwise: State = "bad") -> Found:
    return Found(code, "good", said) if is_good else Found(code, otherwise, said, todo)


def _database() -> Found:
    [(version, size)] = rows(raw(), SERVER)
    said = {"version": version, "size": f"{size / MEGABYTE:,.0f}"}
    return Found("database", "good", _("PostgreSQL %(version)s answers; the database has %(size)s MB.") % said)


def _connections() -> Found:
    [(used, most)] = rows(raw(), CONNECTIONS)
    said = _("%(used)s of %(most)s connections are in use.") % {"used": used, "most": most}
    todo = _("Raise max_connections, or put a pool before PostgreSQL.")
    return _found("connections", used < most * MOST_USED, said, todo, "doubtful")


def _transactions() -> Found:
    [(count,)] = rows(raw(), IDLE_IN_TRANSACTION, [LATE_AFTER])
    said = ngettext(
        "%(count)s transaction has been open for more than five minutes.",
        "%(count)s transactions have been open for more than five minutes.",
        count,
    )
    todo = _("Look for it in pg_stat_activity: others wait for what it holds, and nothing is cleaned up meanwhile.")
    return _found("transactions", not count, said % {"count": count}, todo, "doubtful")


def _clock() -> Found:
    [(theirs,)] = rows(raw(), CLOCK)
    apart = abs(theirs - datetime.now(UTC))
    said = _("The clocks of this machine and of the database are %(seconds)s s apart.")
    todo = _("Set both by NTP: late orders and expiry go by them.")
    return _found("clock", apart < CLOCKS_APART, said % {"seconds": f"{apart.total_seconds():.1f}"}, todo)


def _disk() -> Found:
    disk = shutil.disk_usage(settings.DATA_FOLDER)
    said = {"free": f"{disk.free / GIGABYTE:.1f}", "whole": f"{disk.total / GIGABYTE:.0f}"}
    is_good = disk.free > max(GIGABYTE, disk.total * LEAST_FREE)
    todo = _("Make room: PostgreSQL stops when its disk is full.")
    return _found("disk", is_good, _("%(free)s GB of %(whole)s GB are free.") % said, todo)


def _worker() -> Found:
    alive = _workers()
    said = ngettext("%(count)s job worker is at work.", "%(count)s job workers are at work.", alive)
    todo = _("Start `%(regulars)s serve`: points mature on screens, but nothing is persisted, sent or given out.")
    todo %= {"regulars": settings.COMMAND}
    return _found("worker", bool(alive), said % {"count": alive}, todo)


def _workers() -> int:
    """Those that were heard of lately."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=datetime.now(UTC) - SILENT_AFTER).count()


def _failed() -> Found:
    failed = ProcrastinateJob.objects.filter(
        status="failed", procrastinateevent__type="failed", procrastinateevent__at__gt=datetime.now(UTC) - DAY
    )
    count = failed.distinct().count()
    said = ngettext("%(count)s job failed within a day.", "%(count)s jobs failed within a day.", count)
    return _found("jobs", not count, said % {"count": count}, _("The worker's log says why."), "doubtful")


def _mail() -> Found:
    if settings.SENDS_MAIL:
        return Found("mail", "good", _("Letters leave by %(host)s.") % {"host": settings.EMAIL_HOST})
    said = _("No mail server is named: letters to members, with their codes, are files in the data folder.")
    return Found("mail", "doubtful", said, _("Set REGULARS_MAIL."))


def _https() -> Found:
    if settings.HTTPS:
        return Found("https", "good", _("Cookies go over HTTPS only."))
    said = _("Pages are served without HTTPS, which is for trying it on one machine.")
    return Found("https", "doubtful", said, _("Put a proxy that ends TLS before it, and set REGULARS_HTTPS=1."))


def _test_clock(published: Published) -> Found:
    if not published.clock_offset_us:
        return Found("test_clock", "good", _("%(program)s goes by the clock.") % {"program": published.slug})
    there = datetime_of(now(published)).astimezone(published.programs.zone)
    said = _("%(program)s runs on a test clock: it is %(day)s there.")
    return Found("test_clock", "doubtful", said % {"program": published.slug, "day": f"{there:%Y-%m-%d}"})


def _upkeep(published: Published) -> Found:
    """What came late is due long since: a worker that is there is about to see to it."""
    late = now(published) - int(LATE_AFTER.total_seconds() * 1e6)
    [(count,)] = rows(raw(), OVERDUE, [published.id, datetime_of(late)])
    said = ngettext(
        "%(program)s: %(count)s account waits for what time does to it.",
        "%(program)s: %(count)s accounts wait for what time does to them.",
        count,
    )
    todo = _("The job worker brings them up to date; screens say what is right meanwhile.")
    is_good = not count or _workers() > 0
    return _found("upkeep", is_good, said % {"program": published.slug, "count": f"{count:,}"}, todo, "doubtful")


def _ledger(published: Published) -> Found:
    """Some accounts in a row, from one that chance chooses; `regulars verify` proves all of them."""
    after = UUID(int=random.getrandbits(128))  # which ones are looked at is no secret
    verdict = spot_check(raw(), published.programs, after)
    said = {"program": published.slug, "count": f"{verdict.members + verdict.guests:,}"}
    if verdict.is_exact:
        return Found("ledger", "good", _("%(program)s: %(count)s accounts folded again are exact.") % said)
    todo = _("Run `%(regulars)s verify` and keep what it says.")
    wrong = _("%(program)s: of %(count)s accounts folded again, %(wrong)s are not exact.")
    told = said | {"wrong": len({finding.member_id for finding in verdict.findings})}
    return Found("ledger", "bad", wrong % told, todo % {"regulars": settings.COMMAND})
