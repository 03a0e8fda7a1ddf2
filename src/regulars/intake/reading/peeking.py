"""The first look at a file of which nobody has said yet what its columns mean: their names, some values, a guess."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.intake.reading import mapping as written
from regulars.intake.reading.faults import Fault, Unreadable
from regulars.intake.reading.guessing import Manner, manner
from regulars.intake.reading.tables import FORMATS, delimiter_of
from regulars.intake.reading.text import Broken, csv_records, opened

ROWS = 4
# Rows whose values say how the others are written.
SAMPLE = 500
VALUE_AT_MOST = 60
COLUMNS_AT_MOST = 200
HEAD_BYTES = 200_000
DELIMITERS = ",;\t|"
ENCODINGS = ("utf-8", "big5", "gb18030", "cp1252")
# What shops call their columns, without signs and spaces; the first that fits decides.
NAMES: Mapping[str, tuple[str, ...]] = {
    "order": ("orderno", "ordernumber", "orderid", "invoice", "invoiceno", "order", "name", "receipt", "訂單編號",
              "訂單號碼", "订单编号", "订单号", "主订单编号", "單號", "单号", "id"),
    "time": ("paidat", "createdat", "orderdate", "invoicedate", "datetime", "date", "time", "at", "付款時間",
             "付款日期", "订单付款时间", "訂單日期", "下單時間", "下單日期", "交易日期", "付款时间", "下单时间",
             "订单日期", "下单日期", "交易时间", "日期", "時間", "时间"),
    "customer": ("customerid", "customerno", "customer", "memberid", "member", "who", "會員編號", "顧客編號", "會員",
                 "会员编号", "会员", "客户编号", "客戶編號", "買家會員名", "买家会员名", "买家昵称", "買家帳號",
                 "顧客", "客户", "買家", "买家",
                 # Where nothing else says who bought: an address is personal, and changes.
                 "email", "customeremail", "電子郵件", "电子邮件"),
    "card": ("membercard", "membercardno", "loyaltycard", "loyaltycardno", "會員卡號", "会员卡号"),
    "product": ("sku", "lineitemsku", "stockcode", "productid", "product", "item", "商品編號", "商品編碼", "商品编号",
                "商品编码", "商家编码", "品號", "貨號", "货号", "貨品編號", "商品", "品項", "品名", "商品名稱",
                "商品名称"),
    "quantity": ("quantity", "lineitemquantity", "qty", "units", "數量", "数量", "件數", "件数"),
    "total": ("linetotal", "total", "amount", "subtotal", "sales", "實付金額", "实付金额", "买家实付", "实付款",
              "小計", "小计", "金額", "金额"),
    "unit_price": ("unitprice", "price", "lineitemprice", "單價", "单价", "商品單價", "商品单价", "售價", "售价"),
    "category": ("category", "department", "分類", "分类", "類別", "类别", "類目", "类目"),
    "store": ("store", "location", "shop", "門市", "门店", "分店", "店別"),
}  # fmt: skip
# What came back, in the order's own line; whether of the line or of the whole order, the rows say.
GIVEN_BACK: Mapping[str, tuple[str, ...]] = {
    "refunded": ("refundedamount", "amountrefunded", "refundamount", "refunded", "refundtotal", "totalrefunded",
                 "退款金額", "退款金额", "已退款金額", "已退款金额", "退款總額", "退款总额", "退貨金額", "退货金额",
                 "退款總金額", "退款总金额", "實際退款金額", "实际退款金额", "已退金額", "已退金额"),
    "refunded_quantity": ("refundedquantity", "refundquantity", "returnedquantity", "refundedqty", "returnedqty",
                          "退款數量", "退款数量", "退貨數量", "退货数量", "退款件數", "退款件数", "退貨件數",
                          "退货件数"),
    "refunded_at": ("refundedat", "refunddate", "refundeddate", "refundtime", "退款時間", "退款时间", "退款日期",
                    "退款完成時間", "退款完成时间", "退貨日期", "退货日期", "退貨時間", "退货时间"),
}  # fmt: skip
# What is written in figures.
IN_FIGURES = ("total", "unit_price", "quantity", "refunded", "order_refunded", "refunded_quantity")
# Columns that say what came back or was never paid: whoever does not read them takes it for sold.
UNDOING = re.compile(r"refund|return|cancel|status|state|退款|退貨|退货|取消|狀態|状态", re.IGNORECASE)
_SIGNS = re.compile(r"[\W_]+")
_FIGURE = re.compile(r"\d")


class Peek(Struct, frozen=True):
    """`guess` is the column for each thing an order needs, where one looks like it. `sample` has more rows than are
    shown."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str
    delimiter: str
    guess: dict[str, str]
    sample: tuple[tuple[str, ...], ...] = ()

    def manner(self, columns: Mapping[str, str]) -> Manner:
        """How its times and numbers are written, in the columns of this meaning."""
        return manner(self._values(columns, ("time",)), self._values(columns, IN_FIGURES))

    def _values(self, columns: Mapping[str, str], meant: Sequence[str]) -> list[str]:
        places = [self.columns.index(name) for one in meant if (name := columns.get(one, "")) in self.columns]
        return [row[place] for row in self.sample for place in places if place < len(row)]


def peek(path: Path, encoding: str = "", delimiter: str = "") -> Peek:
    """Raises Unreadable."""
    encoding = encoding or _encoding(path)
    if FORMATS.get(path.suffix.lower()) == "csv":
        delimiter = delimiter or _delimiter(path, encoding)
    columns, rows = _table(path, encoding, delimiter, '"')
    if len(columns) > COLUMNS_AT_MOST:
        raise Unreadable(Fault("", _("the file has more than %(most)s columns") % {"most": COLUMNS_AT_MOST}))
    sample = tuple(tuple(value[:VALUE_AT_MOST] for value in row) for row in rows)
    guess = guessed(columns)
    guess |= given_back(columns, sample, guess.get("order", ""))
    return Peek(tuple(columns), sample[:ROWS], encoding, delimiter or ",", guess, sample)


def unused(path: Path, mapping: written.Manner) -> tuple[str, ...]:
    """The columns that a mapping does not speak of. Raises Unreadable."""
    columns, _rows = _table(path, mapping.encoding, delimiter_of(path, mapping), mapping.csv.quote)
    used = mapping.used()
    return tuple(column for column in columns if column and column not in used)


def _table(path: Path, encoding: str, delimiter: str, quote: str) -> tuple[list[str], list[list[str]]]:
    kind = FORMATS.get(path.suffix.lower())
    if kind == "parquet":
        return _parquet(path)
    return _json(path, encoding) if kind == "json" else _csv(path, encoding, delimiter, quote)


def guessed(columns: Sequence[str], names: Mapping[str, Sequence[str]] = NAMES) -> dict[str, str]:
    plain = {_SIGNS.sub("", column).lower(): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for meant, known in names.items():
        name = next((name for name in known if name in plain and plain[name] not in found.values()), None)
        if name:
            found[meant] = plain[name]
    return found


def given_back(columns: Sequence[str], rows: Sequence[Sequence[str]], order: str) -> dict[str, str]:
    """The columns that say what came back. Nothing where the rows leave open whether of a line or of its whole order:
    read as the other, the same money would come back for each line, or of one alone.
    """
    found = guessed(columns, GIVEN_BACK)
    if "refunded" not in found or order not in columns:
        return {}
    whose, how_much = columns.index(order), columns.index(found["refunded"])
    orders: dict[str, list[str]] = {}
    for row in rows:
        if max(whose, how_much) < len(row):
            orders.setdefault(row[whose].strip(), []).append(row[how_much].strip())
    if any(amount and not _FIGURE.search(amount) for amounts in orders.values() for amount in amounts):
        return {}
    several = [amounts for amounts in orders.values() if len(amounts) > 1]
    if "refunded_quantity" in found or any(_is_by_line(amounts) for amounts in several):
        return found
    if all(amounts[0] and not any(amounts[1:]) for amounts in several):
        found["order_refunded"] = found.pop("refunded")
        return found
    return {}


def _is_by_line(amounts: Sequence[str]) -> bool:
    """Whether an order's lines cannot all say the same of their order."""
    return len(set(filter(None, amounts))) > 1 or (not amounts[0] and any(amounts))


def _encoding(path: Path) -> str:
    """The first that reads the beginning of the file; a character that is cut at its end does not count."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    whole = head if len(head) < HEAD_BYTES else head[: head.rfind(b"\n") + 1]
    for encoding in ENCODINGS:
        try:
            whole.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return ENCODINGS[0]


def _delimiter(path: Path, encoding: str) -> str:
    with opened(path, encoding) as file:
        first = file.readline(HEAD_BYTES)
    return max(DELIMITERS, key=first.count)


def _csv(path: Path, encoding: str, delimiter: str, quote: str) -> tuple[list[str], list[list[str]]]:
    with opened(path, encoding) as file:
        records = islice(csv_records(file, delimiter, quote), SAMPLE + 1)
        found = [record[1] for record in records if not isinstance(record, Broken)]
    if not found:
        raise Unreadable(Fault("", _("the header cannot be read")))
    return [(name or "").strip() for name in found[0]], [[value or "" for value in row] for row in found[1:]]


def _json(path: Path, encoding: str) -> tuple[list[str], list[list[str]]]:
    found: list[dict[str, object]] = []
    with opened(path, encoding) as file:
        for text in islice(file, SAMPLE):
            try:
                found.append(msgspec.json.decode(text, type=dict[str, object]))
            except (ValueError, UnicodeError):
                continue
    columns = list(dict.fromkeys(name for one in found for name in one))
    if not columns:
        raise Unreadable(Fault("", _("the first lines hold no JSON object")))
    return columns, [[_said(one.get(name)) for name in columns] for one in found]


def _parquet(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with pq.ParquetFile(path) as file:
            columns = list(file.schema_arrow.names)
            batch = next(file.iter_batches(batch_size=SAMPLE), None)
    except (OSError, ValueError) as problem:
        raise Unreadable(Fault("", str(problem))) from problem
    rows = batch.to_pylist() if batch is not None else []
    return columns, [[_said(row.get(name)) for name in columns] for row in rows]


def _said(value: object) -> str:
    return "" if value is None else str(value)
