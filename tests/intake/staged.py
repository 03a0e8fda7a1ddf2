"""A file as the reader understands it, for tests that need no database."""

from pathlib import Path
from typing import Any

import duckdb
from msgspec import Struct

from regulars.engine.facts import Line
from regulars.intake.orders import Arrival, LateRefund, OrderIn
from regulars.intake.reading.arranging import PARTS
from regulars.intake.reading.building import read_batch
from regulars.intake.reading.counting import Counts, count
from regulars.intake.reading.mapping import Mapping, mapping_of
from regulars.intake.reading.staging import Shop, scratch, stage

COLUMNS = {"order": "id", "time": "at", "customer": "who", "product": "sku", "quantity": "qty", "total": "total"}
HEADER = "id,at,who,sku,qty,total\n"


class Read(Struct):
    """`rejects` are (line, column, value, reason) by line."""

    counts: Counts
    arrivals: list[Arrival]
    rejects: list[tuple[int, str, str, str]]

    @property
    def orders(self) -> dict[str, OrderIn]:
        return {arrival.id: arrival for arrival in self.arrivals if isinstance(arrival, OrderIn)}

    @property
    def lines(self) -> list[Line]:
        return [line for order in self.orders.values() for line in order.lines]

    @property
    def refunds(self) -> list[LateRefund]:
        return [arrival for arrival in self.arrivals if isinstance(arrival, LateRefund)]


def mapping(**said: Any) -> Mapping:
    """The test's usual columns, and what is said besides; numbers may be plain, as they are in no YAML file."""
    columns = {name: column for name, column in {**COLUMNS, **said.pop("columns", {})}.items() if column is not None}
    return mapping_of({"source": "shop", "columns": columns, **said})


def read(folder: Path, content: str | bytes, name: str = "orders.csv", zone: str = "UTC", **said: Any) -> Read:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_file(folder, path, mapping(**said), Shop(zone, 2))


def read_file(folder: Path, path: Path, how: Mapping, shop: Shop) -> Read:
    with staged(folder, path, how, shop) as conn:
        batches = [
            read_batch(conn, how.source, part, 0, 10**9, by_card=bool(how.columns.card)) for part in range(PARTS)
        ]
        arrivals = [arrival for batch in batches for arrival in batch.arrivals]
        rejects = conn.execute("SELECT line, field, value, reason FROM rejects ORDER BY ALL").fetchall()
        return Read(count(conn), sorted(arrivals, key=_time), rejects)


def staged(folder: Path, path: Path, how: Mapping, shop: Shop) -> duckdb.DuckDBPyConnection:
    place = folder / "scratch"
    place.mkdir(exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    conn = scratch(place)
    try:
        stage(conn, path, how, shop)
    except BaseException:
        conn.close()
        raise
    return conn


def _time(arrival: Arrival) -> tuple[int, int, str]:
    if isinstance(arrival, LateRefund):
        return (arrival.refund.refunded_at or 0, 1, arrival.order)
    return (arrival.paid_at or 0, 0, arrival.id)
