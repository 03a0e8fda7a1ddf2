"""Time's own work: accounts come to the present and the lake follows, however often it runs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from procrastinate.contrib.django import app

from regulars.insight.lake import current, folder_of
from regulars.intake.actions import take_orders
from regulars.jobs import upkeep
from regulars.jobs.tasks import call_help, help_out, keep_up_everywhere, take_up_lost
from regulars.jobs.upkeep import keep_up
from regulars.ledger.connect import raw, rows
from regulars.programs.actions import set_clock
from regulars.programs.clock import real_now
from regulars.programs.queries import published_by_id
from tests.intake.shop import at, order, shop

BALANCE = "SELECT available, pending FROM ledger_account"


@pytest.fixture
def program(transactional_db, settings, tmp_path):
    """A shop with one order of 20.00, seen on the day of the order."""
    settings.DATA_FOLDER = tmp_path
    published = shop()
    take_orders(published, [order("A", "2019-12-01", 2000)], at("2019-12-01 12:00"))
    return travel(published, "2019-12-01 13:00")


def travel(published, local):
    return set_clock(published.slug, at(local) - real_now())


def test_points_mature_when_their_time_has_come(program):
    keep_up(program)
    assert rows(raw(), BALANCE) == [(0, 20)]
    assert keep_up(travel(program, "2019-12-09 00:00")) == 1
    assert rows(raw(), BALANCE) == [(20, 0)]


def test_running_again_changes_nothing(program):
    later = travel(program, "2019-12-09 00:00")
    keep_up(later)
    before = rows(raw(), "SELECT t::text FROM ledger_account AS t")
    assert keep_up(later) == 0
    assert rows(raw(), "SELECT t::text FROM ledger_account AS t") == before


def test_the_task_serves_every_program_and_the_lake_follows(program):
    keep_up_everywhere(timestamp=0)
    lake = current(folder_of(published_by_id(program.id).id))
    assert lake.manifest.counts["orders"] == 1


def test_a_job_of_a_killed_worker_gives_its_lock_back(transactional_db):
    app.configure_task("keep_up", lock="keep_up").defer(timestamp=0)
    rows(raw(), "UPDATE procrastinate_jobs SET status = 'doing' RETURNING id")

    def taken_up() -> None:
        async_to_sync(take_up_lost.func)(timestamp=0)
        connections.close_all()

    # In a thread of its own, as a worker has it: a browser test before this one may have left a loop running here.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(taken_up).result()
    assert rows(raw(), "SELECT status::text, lock FROM procrastinate_jobs") == [("todo", "keep_up")]


def test_a_free_worker_is_called_where_many_are_due(program, monkeypatch):
    """And it does what is left, also where whoever called has done it all."""
    monkeypatch.setattr(upkeep, "MANY", 0)
    keep_up_everywhere(timestamp=0)
    asked = "SELECT task_name, args FROM procrastinate_jobs"
    assert rows(raw(), asked) == [], "nobody is due yet"
    later = travel(program, "2019-12-09 00:00")
    call_help(later.id)
    call_help(later.id)
    assert rows(raw(), asked) == [("help_out", {"program_id": later.id})]
    help_out(program_id=later.id)
    assert rows(raw(), BALANCE) == [(20, 0)]
    help_out(program_id=later.id)


def test_who_keeps_up_calls(program, monkeypatch):
    monkeypatch.setattr(upkeep, "MANY", 0)
    travel(program, "2019-12-09 00:00")
    keep_up_everywhere(timestamp=0)
    assert rows(raw(), "SELECT task_name FROM procrastinate_jobs") == [("help_out",)]
