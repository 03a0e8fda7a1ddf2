"""How far behind an installation is, asked of its database when somebody collects figures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, transaction
from prometheus_client.core import GaugeMetricFamily

from regulars.engine.calendar import datetime_of
from regulars.ledger.connect import raw, rows, run
from regulars.programs.queries import all_programs, now

LIMIT = "SELECT set_config('statement_timeout', '2s', true)"
# By the index on what is due, and the first row after each reader: as quick with a hundred million rows.
DUE = "SELECT min(next_due_at) FROM ledger_account WHERE program_id = %s AND next_due_at IS NOT NULL"
UNREAD = """
    SELECT reader, (SELECT recorded_at FROM ledger_announcement AS a
        WHERE a.program_id = r.program_id AND (a.written, a.member_id, a.seq) > (r.written, r.member_id, r.seq)
        ORDER BY a.written, a.member_id, a.seq LIMIT 1)
    FROM ledger_reader AS r WHERE program_id = %s ORDER BY reader
"""
JOBS = """
    SELECT count(*), min(coalesce(scheduled_at, at)) FROM procrastinate_jobs AS j
    LEFT JOIN LATERAL (
        SELECT max(at) AS at FROM procrastinate_events WHERE job_id = j.id AND type = 'deferred'
    ) AS deferred ON true
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())
"""


class Lags:
    """Collected by prometheus_client; each time asks anew."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        reachable = GaugeMetricFamily("regulars_database_reachable", "Whether the database answers: 1 or 0.")
        try:
            with transaction.atomic():
                run(raw(), LIMIT)
                found = [*_programs(), *_jobs()]
        except DatabaseError:
            found = []
        reachable.add_metric([], int(bool(found)))
        yield reachable
        yield from found


def _programs() -> list[GaugeMetricFamily]:
    due = GaugeMetricFamily(
        "regulars_due_seconds", "How long the account that is most overdue has waited for time's work.",
        labels=["program"],
    )  # fmt: skip
    outbox = GaugeMetricFamily(
        "regulars_outbox_seconds", "How long the oldest announcement has waited for a reader.",
        labels=["program", "reader"],
    )  # fmt: skip
    for published in all_programs():
        present = datetime_of(now(published))
        [(at,)] = rows(raw(), DUE, [published.id])
        due.add_metric([published.slug], _seconds(at, present))
        for reader, waits in rows(raw(), UNREAD, [published.id]):
            outbox.add_metric([published.slug, reader], _seconds(waits, present))
    return [due, outbox]


def _jobs() -> list[GaugeMetricFamily]:
    [(count, at)] = rows(raw(), JOBS)
    waiting = GaugeMetricFamily("regulars_jobs_waiting", "Jobs that nobody has begun.", value=count)
    lag = _seconds(at, datetime.now(UTC))
    return [waiting, GaugeMetricFamily("regulars_jobs_seconds", "How long the oldest of them has waited.", value=lag)]


def _seconds(at: Any, present: datetime) -> float:
    return max((present - at).total_seconds(), 0.0) if at is not None else 0.0
