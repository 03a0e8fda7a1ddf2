"""A file understood line by line, in a scratch database on disk.

Each record of the file becomes exactly one of: a line of an order, a refund, left out under a name of the mapping, or
rejected. An order with a rejected line is rejected whole, since a part of it would be a false snapshot. Memory is
bounded: DuckDB sorts and joins on disk where it must.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from msgspec import Struct

from regulars.intake.reading.arranging import arrange
from regulars.intake.reading.checks import Check, checks
from regulars.intake.reading.columns import Expressions
from regulars.intake.reading.judging import judge_orders
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.matching import match_refunds
from regulars.intake.reading.stated import add_stated_refunds
from regulars.intake.reading.tables import SHOWN_MAX, add_rows, load_raw
from regulars.intake.reading.zones import DAY_US, local_days

MEMORY = "400MB"
STAGED = "staged.duckdb"

# Without line numbers of the shop's own a line is known by its place among all lines of its order in the file.
PLACE = "CAST(row_number() OVER (PARTITION BY {order} ORDER BY line) AS VARCHAR)"


class Shop(Struct, frozen=True):
    """What the mapping leaves to the program: its zone, and the digits of its currency."""

    zone: str
    digits: int


def scratch(folder: Path) -> duckdb.DuckDBPyConnection:
    """A new scratch database in `folder`; it asks no network and takes its time zone from nobody."""
    conn = duckdb.connect(str(folder / STAGED))
    bound(conn, folder)
    # It lives for minutes: compressing it would take longer than all the rest.
    conn.execute("SET force_compression = 'uncompressed'")
    quiet(conn)
    return conn


def bound(conn: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """What does not fit into memory goes to `folder`."""
    conn.execute("SET memory_limit = $limit", {"limit": MEMORY})
    conn.execute("SET temp_directory = $folder", {"folder": str(folder)})


def quiet(conn: duckdb.DuckDBPyConnection) -> None:
    """Whoever shows progress does so themselves; what is not there is not fetched."""
    conn.execute("SET enable_progress_bar = false")
    conn.execute(
        "SET TimeZone = 'UTC'; SET autoinstall_known_extensions = false; SET autoload_known_extensions = false"
    )


def stage(conn: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping, shop: Shop) -> None:
    """Fill `lines`, `rejects`, `arrivals`, `basket` and `returned`. Raises Unreadable when the file does not fit."""
    columns = Expressions(load_raw(conn, path, mapping), mapping, shop.digits)
    see_days(conn, mapping, shop)
    understand(conn, columns)
    conn.execute("DROP TABLE raw")
    judge_orders(conn)
    match_refunds(conn, by_order=bool(mapping.refunds and mapping.refunds.order))
    add_stated_refunds(conn, mapping)
    arrange(conn)


def see_days(conn: duckdb.DuckDBPyConnection, mapping: Mapping, shop: Shop) -> None:
    """`local_days`: what the clock on the wall says of instants."""
    conn.register("local_days", local_days(ZoneInfo(mapping.time_zone or shop.zone)))


def understand(conn: duckdb.DuckDBPyConnection, columns: Expressions, place: str = PLACE) -> None:
    """`lines`: what each record says and is (`kind`: order, refund, rejected, left:NAME); `rejects`: why not.

    `place` is what a line is known by that has no number of the shop's own.
    """
    found = checks(columns)
    meant = ", ".join(f"{expression} AS {name}" for name, expression in _meant(columns, place).items())
    named, exact = columns.mapping.columns, columns.exact_total()
    at, back_at = _instant(columns, named.time, "days"), _instant(columns, named.refunded_at, "back_days")
    faults = " ".join(f"WHEN {check.condition} THEN {place}" for place, check in enumerate(found, 1))
    parsed = ", ".join(f"{expression} AS {name}" for name, expression in columns.parsed.items())
    conn.execute(
        f"""
        CREATE TEMP TABLE lines AS
        WITH parsed AS (SELECT *, {parsed} FROM raw),
        timed AS (
            SELECT parsed.*, {exact} AS exact, {at[0]} AS at_us, {back_at[0]} AS back_us
            FROM parsed {at[1]} {back_at[1]}
        ),
        meant AS (
            SELECT line, at_us, back_us, {meant}, TRY_CAST(round(exact, 0) AS BIGINT) AS total,
                CASE {faults} ELSE 0 END AS fault
            FROM timed
        )
        SELECT * REPLACE (
            CASE WHEN kind LIKE 'left:%' THEN 0
                WHEN fault = 0 AND kind = 'order' AND least(quantity, total) < 0 THEN {len(found) + 1}
                ELSE fault END AS fault
        ) FROM meant
        """,
        columns.values,
    )
    sign = Check(columns.mapping.columns.quantity or columns.priced(), "negative", "")
    _reject(conn, columns, [*found, sign])


def _instant(columns: Expressions, column: str | None, days: str) -> tuple[str, str]:
    """An expression for the instant that a column says, and what must be joined for it; NULL where it says none."""
    if column is None:
        return "CAST(NULL AS BIGINT)", ""
    local, zoned = columns.local_time(column), columns.instant(column)
    offset = f"CASE WHEN {local} >= {days}.since_us THEN {days}.after_us ELSE {days}.before_us END"
    joined = f"LEFT JOIN local_days AS {days} ON {local} // {DAY_US} = {days}.day"
    return f"coalesce({zoned}, {local} - {offset})", joined


def _meant(columns: Expressions, place: str) -> dict[str, str]:
    mapping, named = columns.mapping, columns.mapping.columns
    left = [f"WHEN {columns.holds(one.when)} THEN {columns.value('left:' + one.name)}" for one in mapping.leave_out]
    return {
        "order_id": columns.order(),
        "customer": columns.customer(),
        "line_id": columns.text(named.line) if named.line else place.format(order=columns.order()),
        "sku": columns.text(named.product),
        "category": columns.category(),
        "brand": columns.text_or(named.brand, ""),
        "channel": columns.text_or(named.channel, mapping.constant.channel),
        "store": columns.text_or(named.store, mapping.constant.store),
        "codes": columns.codes(),
        "refunded": f"CAST({columns.text(mapping.refunds.order) if mapping.refunds else 'NULL'} AS VARCHAR)",
        "quantity": f"TRY_CAST({columns.quantity()} AS BIGINT)",
        "discount": columns.discount(),
        "back": columns.given_back(named.refunded),
        "units_back": columns.units_back(),
        "order_back": columns.given_back(named.order_refunded),
        "back_said": f"CAST({columns.text(named.given_back)} AS VARCHAR)",
        "rounded": columns.is_rounded(),
        "kind": f"CASE WHEN {columns.is_refund()} THEN 'refund' {' '.join(left)} ELSE 'order' END",
    }


def _reject(conn: duckdb.DuckDBPyConnection, columns: Expressions, found: list[Check]) -> None:
    places = columns.source.places
    values = " ".join(
        f"WHEN {number} THEN CAST({places[check.column]} AS VARCHAR)" for number, check in enumerate(found, 1)
    )
    conn.execute("CREATE TEMP TABLE faults (fault INTEGER, field VARCHAR, reason VARCHAR)")
    add_rows(conn, "faults", [(number, check.column, check.reason) for number, check in enumerate(found, 1)])
    conn.execute(
        f"""
        CREATE TABLE rejects AS
        SELECT line, field, left(CASE fault {values} END, {SHOWN_MAX}) AS value, reason, order_id, kind
        FROM lines JOIN faults USING (fault) JOIN raw USING (line)
        UNION ALL SELECT line, '', text, reason, NULL, 'broken' FROM broken
        """
    )
    conn.execute("UPDATE lines SET kind = 'rejected' WHERE fault > 0")
