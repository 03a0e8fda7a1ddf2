"""Made-up members for trying the product with many: the same every time, marked as made, and nobody's names.

A made member is called after a plant and a number. Their orders are an order file like any other, drawn so that few
buy often and many buy once. Amounts are in cents, times local.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from regulars.members.actions import Newcomer, register

SEED = 20_170_101
BATCH = 10_000
YEAR, CLOSES_YEAR = datetime(2017, 1, 1, tzinfo=UTC), datetime(2018, 1, 2, tzinfo=UTC)
OPENS, CLOSES = 7, 22
ORDERS_MAX = 12
LINES_MAX = 4
PLANTS = (
    "Alder", "Aspen", "Aster", "Basil", "Beech", "Birch", "Camellia", "Cedar", "Clover", "Cypress", "Dahlia", "Elder",
    "Fennel", "Fern", "Ginkgo", "Hazel", "Heather", "Iris", "Juniper", "Larch", "Laurel", "Lilac", "Linden", "Lotus",
    "Maple", "Mint", "Myrtle", "Oak", "Olive", "Orchid", "Peony", "Pine", "Poplar", "Rowan", "Sage", "Spruce", "Sumac",
    "Thyme", "Willow", "Yarrow",
)  # fmt: skip
DEPARTMENTS = ("GROCERY", "PRODUCE", "DRUG GM", "MEAT", "DELI", "PASTRY", "SEAFOOD", "NUTRITION")
PRODUCTS = tuple(
    (f"made-{number:03}", DEPARTMENTS[number % len(DEPARTMENTS)], 99 + 50 * (number * 7 % 31)) for number in range(200)
)
SCHEMA = pa.schema(
    [
        ("order", pa.string()),
        ("time", pa.timestamp("s")),
        ("customer", pa.string()),
        ("product", pa.string()),
        ("category", pa.string()),
        ("quantity", pa.int32()),
        ("total", pa.int64()),
    ]
)


def number_of(place: int) -> str:
    return f"made-{place:07}"


def make_members(program_id: int, members: int) -> None:
    """Whoever is there already stays as they are."""
    for start in range(0, members, BATCH):
        newcomers = [_newcomer(place) for place in range(start, min(start + BATCH, members))]
        register(program_id, newcomers, made=True)


def _newcomer(place: int) -> Newcomer:
    return Newcomer(number_of(place), card=f"M{place:07}", name=f"{PLANTS[place % len(PLANTS)]} {place:07}")


def write_made_orders(path: Path, members: int) -> None:
    dice = Random(SEED)  # noqa: S311 - the same every time is the point
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for start in range(0, members, BATCH):
            rows = [row for place in range(start, min(start + BATCH, members)) for row in _lines(place, dice)]
            columns = zip(*rows, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
            writer.write_table(pa.table(arrays, schema=SCHEMA))


def _lines(place: int, dice: Random) -> Iterator[tuple[object, ...]]:
    """All lines of a member's year. The chance of one more order shrinks, so most have one or two."""
    customer = number_of(place)
    for order in range(1 + int(ORDERS_MAX * dice.random() ** 6)):
        time = _opening_time(dice)
        for line in range(1 + int(LINES_MAX * dice.random() ** 2)):
            sku, department, price = PRODUCTS[(int(dice.random() * len(PRODUCTS)) + line) % len(PRODUCTS)]
            quantity = 1 + int(3 * dice.random() ** 3)
            yield f"{customer}-{order}", time, customer, sku, department, quantity, price * quantity


def _opening_time(dice: Random) -> datetime:
    day = YEAR + timedelta(days=int(dice.random() * 365))
    return (day + timedelta(minutes=60 * OPENS + int(dice.random() * 60 * (CLOSES - OPENS)))).replace(tzinfo=None)
