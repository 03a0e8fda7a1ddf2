"""What became of every line of a staged file, as counts that add up to it."""

import duckdb
from msgspec import Struct, field
from msgspec.structs import astuple


class Counts(Struct, frozen=True):
    """Lines (records) of the file. `lines` = `order_lines` + `refund_lines` + all of `left_out` + all of `rejected`.

    `partly_refunded` are lines of which some units or money found nothing to take back; they are among `refund_lines`,
    or the order's own where these say what came back, and stand in the rejects file too. `refunded` is
    what all refunds together take back. `rounded` are lines whose price or total has more digits than the currency.
    """

    lines: int = 0
    order_lines: int = 0
    refund_lines: int = 0
    partly_refunded: int = 0
    rounded: int = 0
    orders: int = 0
    guest_orders: int = 0
    refunds: int = 0
    arrivals: int = 0
    refunded: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: "Counts") -> "Counts":
        """Of the lines of both."""
        numbers = [mine + theirs for mine, theirs in zip(astuple(self)[:-2], astuple(other)[:-2], strict=True)]
        return Counts(*numbers, _sums(self.left_out, other.left_out), _sums(self.rejected, other.rejected))


def _sums(mine: dict[str, int], theirs: dict[str, int]) -> dict[str, int]:
    return {name: mine.get(name, 0) + theirs.get(name, 0) for name in sorted({**mine, **theirs})}


_TOTALS = """
SELECT
    (SELECT count(*) FROM lines) + (SELECT count(*) FROM broken),
    (SELECT count(*) FROM lines WHERE kind = 'order'),
    (SELECT count(DISTINCT line) FROM returned WHERE kind = 1),
    (SELECT count(*) FROM rejects WHERE reason IN ('more_than_paid', 'partly_refunded')),
    (SELECT count(*) FROM lines WHERE kind = 'order' AND rounded),
    (SELECT count(*) FROM arrivals WHERE kind = 0),
    (SELECT count(*) FROM arrivals WHERE kind = 0 AND customer IS NULL),
    (SELECT count(*) FROM arrivals WHERE kind > 0),
    (SELECT count(*) FROM arrivals),
    (SELECT CAST(coalesce(sum(money), 0) AS BIGINT) FROM returned)
"""
_LEFT_OUT = "SELECT substr(kind, 6), count(*) FROM lines WHERE kind LIKE 'left:%' GROUP BY kind ORDER BY kind"
_REJECTED = """
SELECT reason, count(*) FROM rejects WHERE reason NOT IN ('more_than_paid', 'partly_refunded')
GROUP BY reason ORDER BY reason
"""


def count(conn: duckdb.DuckDBPyConnection) -> Counts:
    totals = zip(Counts.__struct_fields__, conn.execute(_TOTALS).fetchone() or (), strict=False)
    left_out = dict(conn.execute(_LEFT_OUT).fetchall())
    counts = Counts(**dict(totals), left_out=left_out, rejected=dict(conn.execute(_REJECTED).fetchall()))
    known = counts.order_lines + counts.refund_lines + sum(left_out.values()) + sum(counts.rejected.values())
    assert known == counts.lines, f"{counts.lines} lines, but {known} accounted for"
    return counts
