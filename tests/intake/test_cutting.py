"""A file in many buckets says what it says in one: nothing that judges each other is torn apart."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from regulars.engine.facts import Fact
from regulars.intake.crews import processes
from regulars.intake.made_history import Wish, write_made_history
from regulars.intake.mappings import found_mapping
from regulars.intake.reading import buckets
from regulars.intake.reading.buckets import Manner, understood
from regulars.intake.reading.counting import Counts, count
from regulars.intake.reading.customers import customers
from regulars.intake.reading.cutting import cut
from regulars.intake.reading.faults import Unreadable
from regulars.intake.reading.mapping import Mapping, read_mapping
from regulars.intake.reading.staging import Shop, scratch
from regulars.intake.scratching import FOLDER
from tests.intake.staged import HEADER, mapping

BY_PRODUCT = {"refunds": {"when": {"qty": {"below": "0"}}}}
BY_ORDER_EITHER_WAY = {"refunds": {"when": [{"of": {"empty": "false"}}, {"qty": {"below": "0"}}], "order": "of"}}
BY_ORDER = {"refunds": {"when": {"of": {"empty": "false"}}, "order": "of"}}
# Orders of several customers, who share them with others; a guest's line in a customer's order; orders without a
# number; a refund that no customer's number stands on; lines that say nothing.
TANGLED = HEADER.strip() + ",of\n" + "".join(
    f"{order},2019-01-{day:02} 10:00,{who},S{day % 3},{quantity},{total},{of}\n"
    for order, day, who, quantity, total, of in (
        *(("A", 1, who, 1, 5, "") for who in ("lin", "wang", "")),
        *(("B", 2, who, 1, 5, "") for who in ("wang", "mei")),
        *((f"C{n}", 3, who, 2, 9, "") for n, who in enumerate(("lin", "mei", "wang", "chen", "zhou", "", ""))),
        ("D", 4, "chen", 1, 4, ""), ("D", 4, "", 1, 4, ""),
        ("E", 5, "zhou", 3, 12, ""), ("E", 6, "zhou", "none", 12, ""),
        ("", 7, "lin", 1, 1, ""), ("", 7, "wu", 1, 1, ""), ("", 7, "", 1, 1, ""),
        *((f"F{n}", 8, f"x{n}", 4, 40, "") for n in range(20)),
        *((f"G{n}", 11, f"x{n}", -1, -10, f"F{n}") for n in range(0, 20, 3)),
        *((f"H{n}", 14, "", -1, -10, f"F{n}") for n in range(1, 20, 3)),
        ("I", 17, "x2", -9, -10, "F3"), ("J", 17, "x2", -1, -10, "F99"),
    )
)  # fmt: skip


def read(folder: Path, path: Path, how: Mapping, lines: int) -> tuple[int, Counts, dict[str, list[Fact]]]:
    folder.mkdir()
    with scratch(folder) as conn:
        found = cut(conn, folder / "cut", path, how, lines)
    counts, known = found.counts, {}
    for files in found.buckets:
        bucket = understood(pq.read_table(files, partitioning=None), Manner(found.source, how, Shop("UTC", 2)))
        counts += bucket.counts
        for customer, facts in customers(how.source, bucket.columns):
            assert customer not in known
            known[customer] = facts
    return len(found.buckets), counts, known


@pytest.mark.parametrize("how", [BY_PRODUCT, BY_ORDER, BY_ORDER_EITHER_WAY])
def test_many_buckets_hold_what_one_holds(tmp_path: Path, how: dict[str, object]) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(TANGLED)
    _, counts, known = read(tmp_path / "one", path, mapping(**how), 10**6)
    assert counts.rejected["several_customers"] == 7
    assert counts.refund_lines
    assert counts.guest_orders == 2
    for lines in (1, 7, 30):
        how_many, *found = read(tmp_path / f"by-{lines}", path, mapping(**how), lines)
        assert found == [counts, known]
        assert how_many > 1


def test_an_empty_file_has_no_buckets(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER)
    assert read(tmp_path / "none", path, mapping(), 10) == (0, Counts(), {})


def killed(task: int) -> int:
    return task if task else os._exit(9)


def failing(task: int) -> int:
    raise duckdb.OutOfMemoryException(str(task))


@pytest.mark.parametrize(
    ("work", "tasks", "code"),
    [(killed, [1, 0], "process_killed"), (failing, [1, 2], "bucket_failed"), (failing, [1], "bucket_failed")],
)
def test_a_bucket_that_cannot_be_worked_out_is_told_with_a_code(
    work: Callable[[int], int], tasks: list[int], code: str
) -> None:
    with processes() as crew, pytest.raises(Unreadable, match=code):
        list(crew._done(work, tasks))


def test_a_bucket_has_bounds_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, seen = tmp_path / "orders.csv", []
    path.write_text(TANGLED)

    def looked(conn: duckdb.DuckDBPyConnection) -> Counts:
        seen.extend(
            conn.execute("SELECT current_setting('memory_limit'), current_setting('temp_directory')").fetchall()
        )
        return count(conn)

    monkeypatch.setattr(buckets, "count", looked)
    read(tmp_path / "read", path, mapping(), 10**6)
    [(memory, folder)] = seen
    assert memory.endswith("MiB")
    assert FOLDER in folder


def test_made_orders_are_the_same_for_a_seed_and_all_are_understood(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in ("one.parquet", "same.parquet", "other.parquet"))
    for path, seed in ((one, 1), (same, 1), (other, 2)):
        write_made_history(path, Wish(2_000, 100, seed))
    assert pq.read_table(one) == pq.read_table(same) != pq.read_table(other)
    _, counts, known = read(tmp_path / "read", one, read_mapping(found_mapping("made-history")), 500)
    assert (counts.orders, counts.rejected) == (2_000, {})
    assert counts.refunds > 50
    assert 0 < counts.guest_orders < 100
    assert 90 < len(known) <= 100
