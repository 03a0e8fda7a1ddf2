"""How a file is written, by its first rows: what is clear is read, what is not is asked, and nothing is chosen."""

from zoneinfo import ZoneInfo

import pytest

from regulars.intake.proposing import proposed
from regulars.intake.reading.guessing import manner
from regulars.intake.reading.mapping import mapping_of
from regulars.intake.reading.peeking import guessed, peek

READ = [
    (["2024-03-05"], "", "2024-03-05 00:00"),
    (["2024-03-05T10:00:00+0800", "someday", "2024-03-06 10:00"], "", "2024-03-05 10:00"),
    (["2024-3-5 9:05"], "%Y-%m-%d %H:%M", "2024-03-05 09:05"),
    (["2024/03/05 14:30"], "%Y/%m/%d %H:%M", "2024-03-05 14:30"),
    (["2024年3月5日 14:30"], "%Y年%m月%d日 %H:%M", "2024-03-05 14:30"),
    (["05.03.2024 14:30:09"], "%d.%m.%Y %H:%M:%S", "2024-03-05 14:30"),
    (["03/04/2024", "13/04/2024", "14/04/2024"], "%d/%m/%Y", "2024-04-03 00:00"),
    (["3/4/24 9:05", "3/14/24 9:05", "3/15/24 9:05"], "%m/%d/%y %H:%M", "2024-03-04 09:05"),
    (["13/04/2024", "14/04/2024", "15/04/2024 9:05"], "%d/%m/%Y", "2024-04-13 00:00"),
    (["5 Mar 2024"], "%d %b %Y", "2024-03-05 00:00"),
    (["5 May 2024"], "%d %b %Y", "2024-05-05 00:00"),
    (["Mar 5, 2024 2:30 PM"], "%b %d, %Y %I:%M %p", "2024-03-05 14:30"),
    (["20240305"], "%Y%m%d", "2024-03-05 00:00"),
]
# Whoever mistypes one day does not turn the others around.
MARCH = [f"{day:02}/03/2026" for day in range(1, 13)]
ASKED = [
    ([*MARCH, "03/13/2026"], {"%d/%m/%Y": "2026-03-01", "%m/%d/%Y": "2026-01-03"}),
    (["03/03/2026", "03/13/2026"], {"%d/%m/%Y": "2026-03-03", "%m/%d/%Y": "2026-03-03"}),
    (["13/03/2026", "03/14/2026"], {"%d/%m/%Y": "2026-03-13", "%m/%d/%Y": "2026-03-14"}),
    (["03/04/2024", "05/06/2024"], {"%d/%m/%Y": "2024-04-03", "%m/%d/%Y": "2024-03-04"}),
    (["03/03/2024"], {"%d/%m/%Y": "2024-03-03", "%m/%d/%Y": "2024-03-03"}),
    (["03-04-05"], {"%d-%m-%y": "2005-04-03", "%m-%d-%y": "2005-03-04", "%y-%m-%d": "2003-04-05"}),
    (["113/03/05"], {}),
    (["9999-12-31T23:59:59Z"], {}),
    (["2024/3/5 上午9:05"], {}),
    ([""], {}),
]
NUMBERS = [
    (["998", "350", "-2"], {(".", ""): "998"}),
    (["12.5", "3"], {(".", ""): "12.5"}),
    (["12,5", "3"], {(",", ""): "12.5"}),
    (["1,280", "350.5", "12.5"], {(".", ","): "1280"}),
    (["1,280", "2,450", "350.5"], {(".", ","): "1280", (",", ""): "1.280"}),
    (["1,280", "2,450", "3,5"], {(".", ","): "1280", (",", ""): "1.280"}),
    (["1,280", "1", "2", "3.5"], {(".", ","): "1280", (",", ""): "1.280"}),
    (["12.5", "1", "2", "3,5"], {(".", ""): "12.5"}),
    (["1.234,50"], {(",", "."): "1234.50"}),
    (["1 234,50"], {(",", " "): "1234.50"}),
    (["1,280", "350"], {(".", ","): "1280", (",", ""): "1.280"}),
    (["1.659"], {(".", ""): "1.659", (",", "."): "1659"}),
    (["NT$1,280"], {(".", ","): "1280", (",", ""): "1.280"}),
    (["EUR 1280"], {}),
]


@pytest.mark.parametrize(("values", "form", "read"), READ)
def test_times_that_can_be_read_in_one_way_are_read(values: list[str], form: str, read: str) -> None:
    [found] = manner(values, []).times
    assert (found.form, f"{found.read:%Y-%m-%d %H:%M}") == (form, read)
    assert found.example in values


@pytest.mark.parametrize(("values", "ways"), ASKED)
def test_times_that_can_be_read_in_several_ways_are_asked(values: list[str], ways: dict[str, str]) -> None:
    assert {one.form: f"{one.read:%Y-%m-%d}" for one in manner(values, []).times} == ways


@pytest.mark.parametrize(("values", "ways"), NUMBERS)
def test_numbers(values: list[str], ways: dict[tuple[str, str], str]) -> None:
    assert {(one.decimal, one.thousands): f"{one.read:f}" for one in manner([], values).numbers} == ways


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-03-05T23:30:00Z", "2026-03-06 07:30"),
        ("2026-03-05T23:30:00.5Z", "2026-03-06 07:30"),
        ("2026-03-05 23:30:00 UTC", "2026-03-06 07:30"),
        ("2026-03-05 23:30 -0500", "2026-03-06 12:30"),
        ("2026-03-05T23:30:00+08:00", "2026-03-05 23:30"),
        ("2026-03-05 23:30:00.123", "2026-03-05 23:30"),
    ],
)
def test_a_time_with_an_offset_is_that_instant(value: str, read: str) -> None:
    [found] = manner([value], []).times
    assert f"{found.on_clock(ZoneInfo('Asia/Taipei')):%Y-%m-%d %H:%M}" == read


def test_the_example_is_one_that_tells_the_ways_apart() -> None:
    assert [one.example for one in manner(["03/03/2024", "03/04/2024"], []).times] == ["03/04/2024"] * 2


@pytest.mark.parametrize(
    ("values", "currency"),
    [(["NT$1,280.50", "350.5"], "NT$"), (["¥131.00", "58.5"], "¥"), (["1 280,50 €"], "€"), (["5"], "")],
)
def test_what_stands_at_amounts_for_their_currency_is_no_part_of_them(values: list[str], currency: str) -> None:
    found = manner([], values)
    assert (found.currency, len(found.numbers)) == (currency, 1)


def test_a_file_proposes_its_mapping(tmp_path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("Order ID;Date;SKU;Qty;Total\nA;13.04.2024;T;1;1.280,50\n")
    found = proposed(peek(file), peek(file).guess)
    assert (found.missing, found.unclear) == ((), ())
    mapping = mapping_of(found.said)
    assert (mapping.time_format, mapping.decimal, mapping.thousands) == ("%d.%m.%Y", ",", ".")
    assert mapping.time_zone == ""
    file.write_text("Order ID;Date;SKU;Total\nA;03/04/2024;T;1,280\n")
    found = proposed(peek(file), peek(file).guess)
    assert found.unclear == ("time_format", "numbers")
    assert not proposed(peek(file), peek(file).guess, "%m/%d/%Y", (".", ",")).unclear
    file.write_text("a;b\n1;2\n")
    assert proposed(peek(file), peek(file).guess).missing == ("order", "time", "product", "total")


@pytest.mark.parametrize(
    "headings",
    [
        "訂單編號,付款日期,顧客編號,品項,數量,金額",
        "單號,交易日期,會員,商品名稱,件數,小計",
        "订单号,下单日期,会员编号,商品名称,件数,金额",
    ],
)
def test_ordinary_headings_say_what_a_column_is(tmp_path, headings: str) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(f"{headings}\nA,2024/3/5,C1,烏龍茶,1,480\n", "utf-8")
    meant = ("order", "time", "customer", "product", "quantity", "total")
    assert peek(file).guess == dict(zip(meant, headings.split(","), strict=True))


@pytest.mark.parametrize(("beside", "guess"), [("會員編號", "會員編號"), ("Customer", "Customer"), ("Note", "Email")])
def test_an_address_is_the_customer_only_where_nothing_else_is(beside: str, guess: str) -> None:
    assert guessed(["Order ID", "Email", "Phone", beside])["customer"] == guess
