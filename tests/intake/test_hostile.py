"""Files that are broken, wrong or meant to do harm: every line is accounted for, nothing is guessed."""

import csv

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.intake.reading.cells import harmless
from regulars.intake.reading.faults import Unreadable
from regulars.intake.reading.rejects import write_rejects
from regulars.intake.reading.staging import Shop
from regulars.intake.reading.text import LINE_MAX, RECORD_LINES_MAX
from tests.intake.staged import HEADER, mapping, read, staged

GOOD = "A,2020-01-01,lin,S,1,1\n"


def refused(folder, content, name="orders.csv", **said):
    with pytest.raises(Unreadable) as problem:
        read(folder, content, name, **said)
    return [(fault.path, fault.message) for fault in problem.value.faults]


def reasons(found):
    return [(line, reason) for line, _, _, reason in found.rejects]


@pytest.mark.parametrize("name", ["orders.csv", "orders.ndjson", "orders.parquet"])
def test_an_empty_file(tmp_path, name):
    ((path, message),) = refused(tmp_path, "", name)
    assert path.endswith(name)
    assert message == "the file is empty"


def test_a_header_and_nothing_else(tmp_path):
    assert read(tmp_path, HEADER).counts.lines == 0


def test_missing_columns_are_said_all_at_once(tmp_path):
    said = dict(refused(tmp_path, "id,at,sku\nA,2020-01-01,S\n"))
    assert set(said) == {"columns.customer", "columns.quantity", "columns.total"}
    assert "it has: id, at, sku" in said["columns.total"]


def test_missing_columns_of_json_and_parquet(tmp_path):
    assert dict(
        refused(tmp_path, '{"id": "A", "at": "2020-01-01", "sku": "S", "qty": 1, "who": 1}\n', "a.ndjson")
    ).keys() == {"columns.total"}
    pq.write_table(pa.table({"id": ["A"]}), tmp_path / "b.parquet")
    with pytest.raises(Unreadable, match=r"columns\.total"):
        staged(tmp_path, tmp_path / "b.parquet", mapping(), Shop("UTC", 2))


def test_a_column_that_is_there_twice(tmp_path):
    assert [path for path, _ in refused(tmp_path, "id,at,who,sku,qty,total,total\nA,2020-01-01,lin,S,1,1,2\n")] == [
        "columns.total"
    ]
    content = "id,at,who,sku,qty,total,note,note\nA,2020-01-01,lin,S,1,1,x,y\n"
    assert read(tmp_path, content).counts.orders == 1


def test_a_parquet_file_that_is_none(tmp_path):
    assert refused(tmp_path, "PAR1 not really", "a.parquet")


def test_a_list_is_no_column(tmp_path):
    columns = {name: ["x"] for name in ("id", "at", "who", "sku", "total")}
    pq.write_table(pa.table({**columns, "qty": [[1]]}), tmp_path / "a.parquet")
    with pytest.raises(Unreadable, match=r"columns\.quantity"):
        staged(tmp_path, tmp_path / "a.parquet", mapping(), Shop("UTC", 2))


def test_a_file_of_an_unknown_kind(tmp_path):
    assert refused(tmp_path, "x", "orders.xlsx")


def test_the_wrong_encoding_costs_only_the_lines_it_spoils(tmp_path):
    content = (HEADER + GOOD).encode() + "B,2020-01-01,lin,Café,1,1\n".encode("latin-1")
    found = read(tmp_path, content)
    assert set(found.orders) == {"A"}
    assert reasons(found) == [(3, "unreadable")]
    assert read(tmp_path, content, encoding="latin-1").orders["B"].lines[0].sku == "Café"


@pytest.mark.parametrize("encoding", ["big5", "gb18030", "utf-16", "shift_jis", "utf-8-sig"])
def test_encodings(tmp_path, encoding):
    found = read(tmp_path, (HEADER + "A,2020-01-01,王,茶,1,1\n").encode(encoding), encoding=encoding)
    assert (found.orders["A"].customer, found.orders["A"].lines[0].sku) == ("王", "茶")


def test_a_quote_that_is_never_closed_costs_one_line(tmp_path):
    others = "".join(f"G{place},2020-01-01,lin,S,1,1\n" for place in range(3 * RECORD_LINES_MAX))
    found = read(tmp_path, HEADER + 'A,2020-01-01,lin,"S,1,1\n' + others)
    assert reasons(found) == [(2, "bad_line")]
    assert found.counts.orders == 3 * RECORD_LINES_MAX


def test_a_quote_that_meets_another_one_costs_one_line(tmp_path):
    content = HEADER.replace("total", "total,cat") + (
        'A,2020-01-01,lin,"S,1,1,\nA,2020-01-01,lin,S,1,1,\nB,2020-01-01,lin,S",1,1,\nC,2020-01-01,lin,S,1,1,"a""b\nc"\n'
    )
    found = read(tmp_path, content, columns={"category": "cat"})
    assert reasons(found) == [(2, "bad_line")]
    assert set(found.orders) == {"A", "B", "C"}
    assert found.orders["B"].lines[0].sku == 'S"'
    assert found.orders["C"].lines[0].category == 'a"b\nc'
    assert found.counts.lines == 4


def test_lines_with_more_or_fewer_fields(tmp_path):
    found = read(tmp_path, HEADER + "A,2020-01-01\n\n" + GOOD + "B,2020-01-01,lin,S,1,1,1\n")
    assert reasons(found) == [(2, "wrong_field_count"), (5, "wrong_field_count")]
    assert found.counts.lines == 3


def test_a_million_characters(tmp_path):
    long = "x" * 1_200_000
    found = read(tmp_path, HEADER + f"A,2020-01-01,{long},S,1,1\n" + GOOD + f"B,2020-01-01,{'y' * 300},S,1,1\n")
    assert reasons(found) == [(2, "too_long"), (4, "too_long")]
    assert set(found.orders) == {"A"}
    assert all(len(value) <= 200 for _, _, value, _ in found.rejects)


def test_a_file_that_is_one_endless_line(tmp_path):
    found = read(tmp_path, HEADER + "A," * (2 * LINE_MAX))
    assert reasons(found) == [(2, "too_long")]


def test_zero_bytes(tmp_path):
    found = read(tmp_path, HEADER + "A,2020-01-01,l\0n,S,1,1\n" + "B,2020-01-01,lin,S,1,1\n")
    assert [line for line, _ in reasons(found)] == [2]
    assert set(found.orders) == {"B"}


def test_half_a_character_in_json(tmp_path):
    content = '{"id": "A", "at": "2020-01-01", "who": "\\ud800", "sku": "S", "qty": 1, "total": 1}\n'
    assert len(read(tmp_path, content, "a.ndjson").rejects) == 1


def test_what_looks_like_a_statement_stays_text(tmp_path):
    evil = "'); DROP TABLE lines; --"
    content = f'id,at,who,sku,qty,"{evil}"\nA,2020-01-01,{evil},{evil},1,1\n'
    found = read(
        tmp_path,
        content,
        columns={"total": evil},
        leave_out=[{"name": evil, "when": {"sku": {"one_of": ["x" + evil]}}}],
        categories=[{"category": evil, "when": {"sku": {"starts_with": "')"}}}],
    )
    assert found.orders["A"].customer == evil
    assert found.lines[0].category == evil


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "+886912345678", "-", "+"])
def test_what_a_spreadsheet_would_run_is_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Lin", "-5", "-1,234.50", "+5", "+1,234", "1-1", "a=1"])
def test_what_it_would_not_run_stays(text):
    assert harmless(text) == text


def test_formulas_are_harmless_in_the_rejects_file(tmp_path):
    content = HEADER + 'A,2020-01-01,lin,S,1,"=HYPERLINK(""evil"")"\nB,2020-01-01,lin,S,-1,1\n'
    path = tmp_path / "orders.csv"
    path.write_text(content)
    with staged(tmp_path, path, mapping(), Shop("UTC", 2)) as conn:
        write_rejects(conn, [(3, "@shop/B", "too_far_in_future")], tmp_path / "rejects.csv")
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["column"], row["value"], row["reason"]) for row in rows] == [
        ("2", "total", '\'=HYPERLINK("evil")', "not_a_number"),
        ("3", "qty", "-1", "negative"),
        ("3", "", "'@shop/B", "too_far_in_future"),
    ]
    assert rows[0]["explanation"] == "This is not a number"


def test_too_many_lines_for_an_order(tmp_path):
    found = read(tmp_path, HEADER + GOOD * 5_001)
    assert found.counts.rejected == {"too_many_lines": 5_001}


def test_an_order_that_is_worth_too_much(tmp_path):
    found = read(tmp_path, HEADER + "A,2020-01-01,lin,S,1,9000000000\n" * 2)
    assert found.counts.rejected == {"too_large": 2}
