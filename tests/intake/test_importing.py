"""Files into the ledger: each line accounted for, safe to run twice and to be stopped between batches."""

import csv
from datetime import UTC, datetime, timedelta
from threading import Timer

import psycopg
import pytest
from django.db import connection

from regulars.intake import scratching
from regulars.intake.actions import Overtaken, begin_import, take_batch
from regulars.intake.import_processes import Failed
from regulars.intake.importing import Interrupted, Request, import_file
from regulars.intake.models import ImportPart, ImportRun
from regulars.intake.orders import OrderIn
from regulars.intake.previewing import preview
from regulars.intake.queries import imported, latest_imports, refusals
from regulars.intake.reading.building import Batch
from regulars.intake.reading.faults import Unreadable
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import now
from tests.intake.shop import at, ledger, order, orders_kept, shop
from tests.intake.staged import HEADER, mapping

ORDERS = HEADER + "".join(
    f"{number},2020-01-{1 + number % 28:02} 10:00,{number % 7 or ''},S{number % 3},2,{number}.00\n"
    for number in range(1, 61)
)
REFUNDS = "R1,2020-02-01,1,S1,-1,-1\nR2,2020-02-01,,S1,-1,-1\n"
BROKEN = "X,yesterday,1,S1,1,1\nF,2090-01-01,1,S1,1,1\nZ,2020-01-01,1,S1,1,0\n"
HOW = {
    "refunds": {"when": {"qty": {"below": "0"}}},
    "leave_out": [{"name": "free", "when": {"total": {"below": "0.01", "above": "-0.01"}}}],
}


RETURNS = """id,at,who,sku,qty,total,of
A1,2020-01-01 09:00,lin,X,1,3.00,
A1,2020-01-01 09:00,lin,Y,1,5.00,
{number},2020-01-02 10:00,lin,X,-1,-3.00,A1
{number},2020-01-02 10:01,lin,Y,-1,-5.00,A1
"""


@pytest.fixture
def published(db):
    return shop()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS + REFUNDS + BROKEN)
    return path


def request_of(path, **more):
    return Request(path, mapping(**HOW), **{"size": 10, "processes": 0, **more})


def run(published, path, **more):
    return import_file(published, request_of(path, **more), lambda _: None)


def test_every_line_of_the_file_is_accounted_for(published, file):
    found = run(published, file).imported
    counts, tally = found.counts, found.tally
    assert counts.lines == 65
    assert counts.left_out == {"free": 1}
    assert counts.rejected == {"not_a_time": 1, "refund_of_guest": 1}
    assert (counts.refund_lines, counts.refunds) == (1, 1)
    assert (tally.orders_recorded, tally.orders_refused, tally.refunds_recorded) == (60, 1, 1)
    kept = tally.lines_recorded + tally.lines_known + tally.lines_refused
    assert kept == counts.order_lines
    assert kept + counts.refund_lines + 1 + 2 == counts.lines
    assert len(orders_kept()) == 60
    assert found.has_rejects


def test_what_was_not_taken_is_written_down(published, file, tmp_path):
    run(published, file, rejects=tmp_path / "rejects.csv")
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as written:
        rows = [(row["line"], row["column"], row["value"], row["reason"]) for row in csv.DictReader(written)]
    assert rows == [
        ("63", "", "R2", "refund_of_guest"),
        ("64", "at", "yesterday", "not_a_time"),
        ("65", "", "shop/F", "too_far_in_future"),
    ]


def test_a_second_run_says_so_and_changes_nothing(published, file):
    first = run(published, file)
    before = ledger()
    again = run(published, file)
    assert again.is_known
    assert again.imported == first.imported
    assert ledger() == before
    assert latest_imports(published.id, 5) == [first.imported]


def test_a_file_of_which_nothing_was_taken_can_be_tried_again(published, tmp_path, monkeypatch):
    early = tmp_path / "early.csv"
    early.write_text(HEADER + "F,2090-01-01,1,S1,1,1\n")
    first = run(published, early)
    assert first.imported.took_nothing
    again = run(published, early)
    assert (again.is_known, again.imported.tally) == (False, first.imported.tally)
    assert len(refusals(again.imported.run_id)) == 1
    assert not orders_kept()
    monkeypatch.setattr("regulars.programs.queries.now", lambda _published: at("2090-01-02"))
    taken = run(published, early)
    assert (taken.is_known, taken.imported.tally.orders_recorded, taken.imported.tally.orders_refused) == (False, 1, 0)
    assert run(published, early).is_known


def test_the_same_orders_in_another_file_are_known(published, file, tmp_path):
    run(published, file)
    before = ledger()
    longer = tmp_path / "longer.csv"
    longer.write_text(ORDERS + "61,2020-01-30,1,S1,1,1\n")
    tally = run(published, longer).imported.tally
    assert (tally.orders_known, tally.orders_recorded) == (60, 1)
    assert len(ledger()["ledger_fact"]) == len(before["ledger_fact"]) + 1


def test_an_order_exported_again_with_other_content_is_a_newer_reading(published, file, tmp_path):
    """The time in the file is that of the purchase, so it cannot tell which of two files is newer; the later one is."""
    run(published, file)
    again = tmp_path / "again.csv"
    again.write_text(ORDERS.replace(",S2,2,29.00", ",S2,2,19.00"))
    tally = run(published, again).imported.tally
    assert (tally.orders_recorded, tally.orders_known, tally.orders_refused) == (1, 59, 0)
    assert orders_kept()["shop/29"] == (2900, 1900)


@pytest.mark.parametrize("number", ["A1", "C9"])
def test_no_refund_is_lost_whatever_its_number_names(published, tmp_path, number):
    """A return's own number, or the order's once more: both units come back, and a second reading adds nothing."""
    how = mapping(refunds={"when": {"qty": {"below": "0"}}, "order": "of"})
    for again in (False, True):
        path = tmp_path / f"{again}.csv"
        path.write_text(RETURNS.format(number=number) + "\n" * again)
        tally = import_file(published, Request(path, how, 10, 0), lambda _: None).imported.tally
        assert (tally.refunds_recorded, tally.refunds_known) == ((0, 2) if again else (2, 0))
        assert orders_kept() == {"shop/A1": (800, 0)}


def test_an_import_goes_on_where_it_was_stopped(published, file, tmp_path):
    """Stopped after every batch in turn, it comes to the same end as one that was never stopped."""
    seen = []

    def stop_after_a_batch(progress):
        seen.append(progress)
        if progress.stage == "keeping" and progress.lines:
            raise KeyboardInterrupt

    for _ in range(50):
        try:
            result = import_file(published, request_of(file), stop_after_a_batch)
            break
        except Interrupted:
            continue
    assert result.imported.tally.orders_recorded == 60
    assert len(orders_kept()) == 60
    positions = [progress.done for progress in seen if progress.stage == "keeping" and not progress.lines]
    assert positions == sorted(positions)
    assert positions[-1] == result.imported.counts.arrivals


@pytest.fixture
def contended(transactional_db, file, tmp_path):
    """An import that meets an order which another transaction holds, for so many seconds from when it gets there."""
    shared = shop()
    run(shared, file)
    longer = tmp_path / "longer.csv"
    longer.write_text(ORDERS + "61,2020-01-30,1,S1,1,1\n")

    def import_while_held(seconds):
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT 1 FROM ledger_fact_key WHERE key = 'shop/28' FOR UPDATE")
            raw().execute("SET lock_timeout = '100ms'")
            release = Timer(seconds, other.rollback)
            try:
                return import_file(shared, request_of(longer), lambda said: said.lines or started(release, said))
            finally:
                release.cancel()

    yield import_while_held
    connection.close()


def started(release, said):
    if said.stage == "keeping":
        release.start()


def test_an_import_waits_for_whoever_holds_an_order(contended):
    assert contended(0.5).imported.tally.orders_recorded == 1


def test_an_import_that_waited_in_vain_says_so(contended):
    with pytest.raises(Failed, match="lock timeout"):
        contended(60)


def test_two_imports_of_the_same_part_do_not_both_write(published):
    imported_run = begin_import(published.id, "f", "d", "m")
    batch = Batch([order("A", "2019-01-01", 500)], [2], [1])
    take_batch(published, imported_run.id, 0, 0, batch, now(published))
    before = ledger()
    with pytest.raises(Overtaken):
        take_batch(published, imported_run.id, 0, 0, batch, now(published))
    assert ledger() == before
    assert ImportPart.objects.get(part=0).position == 1


def test_a_batch_that_fails_leaves_nothing(published):
    imported_run = begin_import(published.id, "f", "d", "m")
    broken = Batch([order("A", "2019-01-01", 500), order("B", "2019-01-01", 500, customer="nul\0")], [2, 3], [1, 1])
    before = ledger()
    with pytest.raises(Exception, match=r"NUL|0x00"):  # said by psycopg, or by PostgreSQL
        take_batch(published, imported_run.id, 0, 0, broken, now(published))
    assert ledger() == before
    assert ImportPart.objects.get(part=0).position == 0


def test_another_mapping_is_another_import(published, file):
    run(published, file)
    other = Request(file, mapping(**HOW, constant={"channel": "web"}), 10, 0)
    tally = import_file(published, other, lambda _: None).imported.tally
    assert tally.orders_recorded == 60
    assert ImportRun.objects.count() == 2


def test_the_preview_keeps_nothing(published, file):
    before = ledger()
    found = preview(published, request_of(file))
    assert [shown.arrival.id for shown in found.first if isinstance(shown.arrival, OrderIn)][:2] == ["28", "56"]
    assert f"{found.first[0].local_time:%Y-%m-%d %H:%M}" == "2020-01-01 10:00"
    assert ledger() == before
    assert not ImportRun.objects.exists()


def test_a_time_format_that_is_none(published, file):
    with pytest.raises(Unreadable, match="%Q"):
        import_file(published, Request(file, mapping(**HOW, time_format="%Q"), 10, 0), lambda _: None)


def test_scratch_folders_of_the_dead_are_cleared_away(tmp_path, monkeypatch):
    monkeypatch.setattr(scratching.tempfile, "tempdir", str(tmp_path))
    (tmp_path / "regulars-import-999999999-x").mkdir()
    alive = tmp_path / "regulars-import-1-x"
    alive.mkdir()
    with scratching.scratch_folder() as folder:
        assert {path.name for path in tmp_path.iterdir()} == {folder.name, alive.name}
    assert list(tmp_path.iterdir()) == [alive]


def test_an_import_that_is_new_to_us(published):
    found = imported(begin_import(published.id, "f", "d", "m").id)
    assert (found.position, found.finished_at, found.counts.lines) == (0, None, 0)


@pytest.mark.parametrize("says", [{}, {"announce": "true"}], ids=["a history", "every night"])
def test_members_hear_of_what_a_file_brings_where_it_says_so(published, tmp_path, says):
    """And of nothing that is older than a week."""
    path, moment = tmp_path / "orders.csv", datetime.fromtimestamp(now(published) / 1_000_000, UTC)
    ago = [moment - timedelta(days=days) for days in (1, 30)]
    path.write_text(HEADER + "".join(f"{at:A%d},{at:%Y-%m-%d %H:%M},{at:c%d},S1,2,500.00\n" for at in ago))
    import_file(published, Request(path, mapping(**HOW, **says), processes=0), lambda _: None)
    told = rows(raw(), "SELECT occurred_at, sends FROM ledger_announcement ORDER BY occurred_at DESC")
    assert [sends for _, sends in told] == [bool(says), False]
