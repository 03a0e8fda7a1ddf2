"""The first orders of a file as they would be understood; nothing is kept."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
from msgspec import Struct

from regulars.intake.importing import BATCH, Request, understand
from regulars.intake.orders import Filed, LateRefund, order_key
from regulars.intake.reading.arranging import PARTS
from regulars.intake.reading.building import read_batch
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.peeking import unused
from regulars.intake.reading.staging import STAGED
from regulars.intake.scratching import scratch_folder
from regulars.ledger.clocks import CLOCK_SKEW
from regulars.ledger.connect import raw
from regulars.ledger.order_list import known as known_orders
from regulars.programs.queries import Published, now

SHOWN = 5
AHEAD = "SELECT kind, count(*) FROM arrivals WHERE at_us > ? GROUP BY kind"


class Shown(Struct, frozen=True):
    """An arrival, and when it happened where the shop is."""

    local_time: datetime
    arrival: Filed


class Preview(Struct, frozen=True):
    """`ahead` of its orders, and `ahead_refunds` of its refunds, lie in the future: the ledger will not take them.
    `known` of its orders are kept already. `unused` are the columns that nothing is read from.
    """

    first: list[Shown]
    counts: Counts
    ahead: int
    ahead_refunds: int
    known: int
    unused: tuple[str, ...]


def preview(published: Published, request: Request) -> Preview:
    """Raises Unreadable."""
    by_card = request.mapping.columns.card is not None
    with scratch_folder() as folder:
        counts = understand(folder, published, request)
        with duckdb.connect(str(folder / STAGED), read_only=True) as conn:
            batches = [
                read_batch(conn, request.mapping.source, part, 0, SHOWN, by_card=by_card) for part in range(PARTS)
            ]
            known = _known(conn, published.id, request.mapping.source)
            ahead = dict(conn.execute(AHEAD, [now(published) + CLOCK_SKEW]).fetchall())
    zone = ZoneInfo(published.zone)
    found = [Shown(_local_time(arrival, zone), arrival) for batch in batches for arrival in batch.arrivals]
    first = sorted(found, key=lambda shown: shown.local_time)[:SHOWN]
    ahead_refunds = sum(ahead.values()) - ahead.get(0, 0)
    return Preview(first, counts, ahead.get(0, 0), ahead_refunds, known, unused(request.path, request.mapping))


def _known(conn: duckdb.DuckDBPyConnection, program_id: int, source: str) -> int:
    found = conn.execute("SELECT order_id FROM arrivals WHERE kind = 0")
    batches = iter(lambda: [order_key(source, order) for (order,) in found.fetchmany(BATCH)], [])
    return sum(len(known_orders(raw(), program_id, keys)) for keys in batches)


def _local_time(arrival: Filed, zone: ZoneInfo) -> datetime:
    instant = arrival.refund.refunded_at if isinstance(arrival, LateRefund) else arrival.paid_at
    return datetime.fromtimestamp((instant or 0) / 1_000_000, UTC).astimezone(zone)
