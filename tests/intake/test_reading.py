"""What columns become: numbers, times, customers, categories, refunds."""

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.intake.reading.staging import Shop
from tests.intake.shop import at
from tests.intake.staged import HEADER, mapping, read, read_file


def test_lines_become_orders_in_order_of_time(tmp_path):
    found = read(
        tmp_path,
        HEADER
        + "B,2020-01-02 10:00,lin,S1,1,5.00\nA,2020-01-01 10:00,wu,S2,2,7.50\nB,2020-01-02 10:00,lin,S3,1,0.10\n",
    )
    assert [arrival.id for arrival in found.arrivals] == ["A", "B"]
    assert found.orders["B"].customer == "lin"
    assert [(line.line, line.sku, line.quantity, line.total) for line in found.orders["B"].lines] == [
        ("1", "S1", 1, 500),
        ("2", "S3", 1, 10),
    ]
    assert found.orders["A"].paid_at == at("2020-01-01 10:00", "UTC")


def test_an_order_without_a_number_is_what_somebody_bought_in_a_day(tmp_path):
    lines = (
        "wu,2020-01-02,S1,1,5.00\nlin,2020-01-02,S1,1,5.00\nlin,2020-01-01,S2,2,7.50\nlin,2020-01-02,S3,1,0.10\n"
        ",2020-01-02,S1,1,1.00\n" + "y" * 195 + ",2020-01-02,S1,1,1.00\n"
    )
    columns = {"order": ["who", "at"], "time": "at", "customer": "who", "product": "sku", "quantity": "qty"}
    said = {"columns": {**columns, "total": "total"}}
    found = read(tmp_path, "who,at,sku,qty,total\n" + lines, **said)
    assert {name: [line.total for line in order.lines] for name, order in found.orders.items()} == {
        "lin 2020-01-01": [750],
        "lin 2020-01-02": [500, 10],
        "wu 2020-01-02": [500],
    }
    reasons = [(line, column, reason) for line, column, _value, reason in found.rejects]
    assert reasons == [(6, "who", "missing"), (7, "who", "too_long")]


@pytest.mark.parametrize(
    ("text", "said", "minor"),
    [
        ("12.5", {}, 1250),
        ("-0", {}, 0),
        ("+3", {}, 300),
        ("1.005", {}, 101),
        ("0.004999", {}, 0),
        ("9999999999.99", {}, 999_999_999_999),
        ("12,50", {"decimal": ","}, 1250),
        ("1.234,50", {"decimal": ",", "thousands": "."}, 123_450),
        ("1234,5", {"decimal": ",", "thousands": "."}, 123_450),
        ("1'234.50", {"thousands": "'"}, 123_450),
        ("1250", {"money": "minor"}, 1250),
        ("¥131.00", {"currency_sign": "¥"}, 13_100),
        ("NT$1,280", {"currency_sign": "NT$", "thousands": ","}, 128_000),
        ("128 元", {"currency_sign": "元"}, 12_800),
    ],
)
def test_amounts(tmp_path, text, said, minor):
    (line,) = read(tmp_path, HEADER + f'A,2020-01-01,lin,S,1,"{text}"\n', **said).lines
    assert line.total == minor


@pytest.mark.parametrize(
    ("text", "said", "reason"),
    [
        ("", {}, "missing"),
        ("12,50", {}, "not_a_number"),
        ("12.50", {"decimal": ","}, "not_a_number"),
        ("12.5.0", {"decimal": ",", "thousands": "."}, "not_a_number"),
        ("1e3", {}, "not_a_number"),
        ("NaN", {}, "not_a_number"),
        ("$5", {}, "not_a_number"),
        ("10000000000", {}, "too_large"),
        ("10000000000000", {}, "too_large"),
        ("1" * 60, {}, "too_large"),
        ("-1", {}, "negative"),
    ],
)
def test_amounts_that_are_none(tmp_path, text, said, reason):
    found = read(tmp_path, HEADER + f'A,2020-01-01,lin,S,1,"{text}"\n', **said)
    assert [(line, code) for line, _, _, code in found.rejects] == [(2, reason)]
    assert not found.arrivals


def test_a_line_total_from_unit_price_is_rounded_once_per_line(tmp_path):
    content = "id,at,sku,qty,price\nA,2020-01-01,S,3,0.335\nA,2020-01-01,S,1,0.335\nA,2020-01-01,S,1,0.33\n"
    found = read(tmp_path, content, columns={"customer": None, "total": None, "unit_price": "price"})
    assert [line.total for line in found.lines] == [101, 34, 33]
    assert found.counts.rounded == 2


def test_quantities_are_whole(tmp_path):
    content = (
        HEADER + "A,2020-01-01,,S,2.000,1\nB,2020-01-01,,S,0.5,1\nC,2020-01-01,,S,-1,1\nD,2020-01-01,,S,2000000000,1\n"
    )
    found = read(tmp_path, content)
    assert found.orders["A"].lines[0].quantity == 2
    assert [(line, code) for line, _, _, code in found.rejects] == [
        (3, "fractional"),
        (4, "negative"),
        (5, "too_large"),
    ]


@pytest.mark.parametrize(
    ("text", "said", "instant"),
    [
        ("2020-07-01 10:00", {"time_zone": "Europe/London"}, at("2020-07-01 09:00", "UTC")),
        ("2020-07-01T10:00:00.5", {}, at("2020-07-01 10:00:00.5", "UTC")),
        ("2020-07-01", {"time_zone": "Asia/Taipei"}, at("2020-06-30 16:00", "UTC")),
        ("2020-07-01 10:00+08:00", {"time_zone": "Europe/London"}, at("2020-07-01 02:00", "UTC")),
        ("2020-07-01T10:00:00-0330", {}, at("2020-07-01 13:30", "UTC")),
        ("2020-07-01T10:00:00Z", {"time_zone": "Asia/Taipei"}, at("2020-07-01 10:00", "UTC")),
        ("2020-07-01 10:00:00 +0800", {}, at("2020-07-01 02:00", "UTC")),
        ("2020-07-01 10:00 +08:00", {}, at("2020-07-01 02:00", "UTC")),
        ("2020-07-01 10:00:00 UTC", {"time_zone": "Asia/Taipei"}, at("2020-07-01 10:00", "UTC")),
        ("01.07.2020 10:00", {"time_format": "%d.%m.%Y %H:%M"}, at("2020-07-01 10:00", "UTC")),
        ("01.07.2020 10:00 +0800", {"time_format": "%d.%m.%Y %H:%M %z"}, at("2020-07-01 02:00", "UTC")),
        # Skipped by daylight saving: read with the offset before the change, so 02:30 is 03:30.
        ("2017-03-12 02:30", {"time_zone": "America/New_York"}, at("2017-03-12 07:30", "UTC")),
        ("2017-03-12 03:00", {"time_zone": "America/New_York"}, at("2017-03-12 07:00", "UTC")),
        # Happens twice: the first of the two.
        ("2017-11-05 01:30", {"time_zone": "America/New_York"}, at("2017-11-05 05:30", "UTC")),
        ("2017-11-05 02:00", {"time_zone": "America/New_York"}, at("2017-11-05 07:00", "UTC")),
    ],
)
def test_times(tmp_path, text, said, instant):
    (order,) = read(tmp_path, HEADER + f"A,{text},lin,S,1,1\n", **said).orders.values()
    assert order.paid_at == instant


@pytest.mark.parametrize(
    "text", ["yesterday", "2020-02-30", "infinity", "1492-10-12", "31.12.2020", "20:00", "9999-01-01"]
)
def test_times_that_are_none(tmp_path, text):
    found = read(tmp_path, HEADER + f"A,{text},lin,S,1,1\n")
    assert found.rejects == [(2, "at", text, "not_a_time")]


def test_the_programs_zone_is_meant_when_the_mapping_names_none(tmp_path):
    (order,) = read(tmp_path, HEADER + "A,2020-07-01,lin,S,1,1\n", zone="Asia/Taipei").orders.values()
    assert order.paid_at == at("2020-07-01", "Asia/Taipei")


def test_guests(tmp_path):
    content = HEADER + "A,2020-01-01,,S,1,1\nB,2020-01-01,0,S,1,1\nC,2020-01-01, lin ,S,1,1\n"
    found = read(tmp_path, content, guests=["0"])
    assert [found.orders[name].customer for name in "ABC"] == [None, None, "lin"]
    assert found.counts.guest_orders == 2


def test_everything_else_a_line_may_say(tmp_path):
    content = (
        "id,at,who,sku,qty,total,row,cat,brand,off,coupon,till,shop,code,code2\n"
        "A,2020-01-01,lin,S1,1,5,L9,tea,Acme,0.50,-0.25,web,,WELCOME,\n"
        "A,2020-01-01,lin,POST,1,3,L8,,,,,web,,WELCOME,FREE\n"
    )
    found = read(
        tmp_path,
        content,
        columns={
            "line": "row",
            "category": "cat",
            "brand": "brand",
            "discount": ["off", "coupon"],
            "channel": "till",
            "store": "shop",
            "codes": ["code", "code2"],
        },
        constant={"store": "main"},
        categories=[{"category": "fees", "when": {"sku": {"one_of": ["POST", "DOT"]}}}],
    )
    (order,) = found.orders.values()
    assert (order.channel, order.store, order.codes) == ("web", "main", ("FREE", "WELCOME"))
    assert [(line.line, line.category, line.brand, line.discount) for line in order.lines] == [
        ("L9", "tea", "Acme", 75),
        ("L8", "fees", "", 0),
    ]


def test_lines_are_left_out_under_a_name(tmp_path):
    content = HEADER + "A,2020-01-01,lin,S,1,0\nA,2020-01-01,lin,S,1,2\nX1,2020-01-01,lin,S,1,2\nB,broken,,TEST,?,\n"
    found = read(
        tmp_path,
        content,
        leave_out=[
            {"name": "free", "when": {"total": {"below": "0.001", "above": "-0.001"}}},
            {"name": "internal", "when": {"id": {"starts_with": "X"}}},
            {"name": "tests", "when": {"sku": {"one_of": ["TEST"]}, "who": {"empty": "true"}}},
        ],
    )
    assert found.counts.left_out == {"free": 1, "internal": 1, "tests": 1}
    assert [line.line for line in found.lines] == ["2"]
    assert not found.rejects


def test_an_order_with_a_rejected_line_is_left_out_whole(tmp_path):
    found = read(tmp_path, HEADER + "A,2020-01-01,lin,S,1,5\nA,2020-01-01,lin,S,one,5\nB,2020-01-01,lin,S,1,5\n")
    assert set(found.orders) == {"B"}
    assert found.rejects == [(2, "", "A", "incomplete_order"), (3, "qty", "one", "not_a_number")]


def test_an_order_is_one_customers(tmp_path):
    content = HEADER + "A,2020-01-01,lin,S,1,5\nA,2020-01-01,wu,S,1,5\nB,2020-01-01,,S,1,5\nB,2020-01-01,wu,S,1,5\n"
    found = read(tmp_path, content)
    assert not found.arrivals
    assert found.counts.rejected == {"several_customers": 4}


def test_line_numbers_are_there_once(tmp_path):
    found = read(tmp_path, HEADER + "A,2020-01-01,lin,S,1,5\nA,2020-01-01,lin,S,1,5\n", columns={"line": "sku"})
    assert found.counts.rejected == {"double_line": 2}


def test_a_number_that_is_held_as_text_for_spreadsheets_is_that_number(tmp_path):
    content = HEADER + '="0026",2020-01-01,\'0912345678,S,1,5\n'
    content += '"=""0027""",2020-01-01,\'t Hooft,"=""A""",1,5\n'
    found = read(tmp_path, content)
    told = {number: (order.customer, order.lines[0].sku) for number, order in found.orders.items()}
    assert told == {"0026": ("0912345678", "S"), "0027": ("'t Hooft", "A")}


def test_the_earliest_line_dates_an_order(tmp_path):
    found = read(tmp_path, HEADER + "A,2020-01-01 10:02,lin,S,1,5\nA,2020-01-01 10:01,lin,S,1,5\n")
    assert found.orders["A"].paid_at == at("2020-01-01 10:01", "UTC")


def test_newline_delimited_json(tmp_path):
    content = (
        '{"id": 1, "at": "2020-01-01", "who": null, "sku": "S", "qty": 1, "total": 0.1}\n\n'
        '{"id": "2", "at": "2020-01-01", "who": 7, "sku": "茶", "qty": 2, "total": "12.50"}\n'
        '{"id": "3", "at": "2020-01-01", "who": {"id": 7}, "sku": "S", "qty": 2, "total": 1}\n[1]\n{"id": \n'
    )
    found = read(tmp_path, content, "orders.ndjson")
    assert [(order.customer, order.lines[0].sku, order.lines[0].total) for order in found.orders.values()] == [
        (None, "S", 10),
        ("7", "茶", 1250),
    ]
    assert [(line, code) for line, _, _, code in found.rejects] == [(4, "bad_line"), (5, "bad_line"), (6, "bad_line")]
    assert found.counts.lines == 5


def test_parquet_of_every_kind(tmp_path):
    table = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int64()),
            "at": pa.array([0, 3_600_000_000, None], pa.timestamp("us", tz="Asia/Taipei")),
            "who": pa.array([7.0, float("nan"), None], pa.float64()),
            "sku": pa.array(["S", "T", "U"]).dictionary_encode(),
            "qty": pa.array([1, 2, 3], pa.int16()),
            "total": pa.array([Decimal("1.50"), Decimal("2.00"), None], pa.decimal128(10, 2)),
        }
    )
    path = tmp_path / "orders [1].parquet"
    pq.write_table(table, path)
    found = read_file(tmp_path, path, mapping(), Shop("UTC", 2))
    assert [(order.id, order.paid_at, order.customer, order.lines[0].total) for order in found.orders.values()] == [
        ("1", 0, "7", 150),
        ("2", 3_600_000_000, None, 200),
    ]
    assert [(line, code) for line, _, _, code in found.rejects] == [(3, "missing")]


def test_parquet_with_naive_times_and_doubles(tmp_path):
    days = pa.array([18262], pa.date32())
    table = pa.table({"id": ["A"], "at": days, "who": ["lin"], "sku": ["S"], "qty": [2.0], "total": [0.1 + 0.2]})
    path = tmp_path / "orders.parquet"
    pq.write_table(table, path)
    (order,) = read_file(tmp_path, path, mapping(), Shop("Asia/Taipei", 2)).orders.values()
    assert order.paid_at == at("2020-01-01", "Asia/Taipei")
    assert (order.lines[0].quantity, order.lines[0].total) == (2, 30)
