"""What the job worker does: by itself, each minute, and what somebody in the console waits for."""

import logging
from contextlib import suppress

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from regulars.intake.keeping import forget_files
from regulars.intake.models import Reckoning, Upload
from regulars.jobs.upkeep import advance_accounts, keep_up, needs_help
from regulars.members.entering import forget_old
from regulars.programs.queries import all_programs, published_by_id

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="keep_up", lock="keep_up", queueing_lock="keep_up")
def keep_up_everywhere(timestamp: int) -> None:  # noqa: ARG001 (its name is the scheduler's)
    """Every minute; one at a time, and none waits behind another."""
    # A job has no request around it: without this a connection that PostgreSQL's restart broke would stay.
    close_old_connections()
    try:
        for published in all_programs():
            if needs_help(published):
                call_help(published.id)
            log.info("keep_up %s: %s accounts", published.slug, keep_up(published))
        forget_old(timezone.now())
        forget_files(timezone.now())
    finally:
        close_old_connections()


def call_help(program_id: int) -> None:
    """Whichever worker is free; nobody, where a call waits already."""
    with suppress(AlreadyEnqueued):
        app.configure_task("help_out", queueing_lock=f"help_out {program_id}").defer(program_id=program_id)


@app.task(name="help_out")
def help_out(program_id: int) -> None:
    """Advance accounts beside who keeps up, and beside other helpers: nobody waits for anybody."""
    close_old_connections()
    try:
        published = published_by_id(program_id)
        log.info("help_out %s: %s accounts", published.slug, advance_accounts(published, helping=True))
    finally:
        close_old_connections()


@app.periodic(cron="* * * * *")
@app.task(name="take_up_lost", queueing_lock="take_up_lost")
async def take_up_lost(timestamp: int) -> None:  # noqa: ARG001 (as above)
    """Jobs of a worker that was killed begin anew: until then the locks that they hold stop all that wait behind."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


@app.task(name=Reckoning.TASK, lock=Reckoning.TASK)
def work_out_now(number: int) -> None:
    """A plan, or a fit of presets, that somebody waits for; one at a time: time's own work goes on beside it."""
    # As above: what folds is imported when somebody asks for it.
    from regulars.intake.reckonings import work_out

    close_old_connections()
    try:
        work_out(number)
    finally:
        close_old_connections()


@app.task(name=Upload.TASK, lock=Upload.TASK)
def take_in_now(number: int) -> None:
    """A file that somebody brought in by the console; one at a time. Begun anew it goes on where it was."""
    # As above: DuckDB and Arrow are imported when somebody needs them.
    from regulars.intake.uploading import take_in

    close_old_connections()
    try:
        take_in(number)
    finally:
        close_old_connections()
