"""A crew of Spark: the file is read, cut and folded by a cluster; the functions are those of processes of one machine.

Executors need the packages that this project needs; its own code is sent to them. Buckets that were read stay with the
executors, on disk where memory is short, and only sums come back.
"""

import os
import pickle
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.intake.crews import BUCKET_LINES, Part, Told, Work
from regulars.intake.reading.buckets import Manner, understood
from regulars.intake.reading.columns import Expressions
from regulars.intake.reading.counting import Counts
from regulars.intake.reading.cutting import BUCKETED, MIXED, OWNERS, keys
from regulars.intake.reading.faults import Fault, Unreadable
from regulars.intake.reading.mapping import Mapping
from regulars.intake.reading.staging import Shop, quiet
from regulars.intake.reading.tables import source_of
from regulars.intake.scratching import scratch_folder
from regulars.intake.working import without_cycle_search

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

R = TypeVar("R")
Batches = Iterator[pa.RecordBatch]
PACKAGE = Path(__file__).resolve().parents[1]
_READ = pa.schema(
    [("number", pa.int32()), ("counts", pa.binary()), ("orders", pa.int64()), ("last", pa.int64()),
     ("columns", pa.binary())]
)  # fmt: skip
_READ_WORDS = "number int, counts binary, orders bigint, last bigint, columns binary"
_FOUND = pa.schema([("found", pa.binary())])
# So many lines of a file may have numbers of their own before those of the next file begin.
_FILE_LINES = 2**40
SETTINGS = {
    "spark.app.name": "regulars plan",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
}


class Missing(Exception):
    """What Spark needs is not there; `code` is stable: spark_not_installed, java_not_found, spark_reads_parquet,
    spark_int96_times, spark_nanosecond_times.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Cluster:
    """Whatever the session is connected to."""

    def __init__(self, session: "SparkSession") -> None:
        self._session = session
        self._kept: DataFrame | None = None
        self._numbers: list[int] = []

    def read(self, path: Path | str, mapping: Mapping, shop: Shop, told: Told) -> list[Part]:
        if Path(path).suffix not in ("", ".parquet"):
            raise Missing("spark_reads_parquet")
        source = source_of(schema_of(Path(path), mapping), mapping)
        file = self._session.read.parquet(str(path))
        manner, places = Manner(source, mapping, shop), list(source.places.values())
        raw = file.selectExpr(
            f"{_line_of(_files(file))} AS line",
            *(f"{_spark_quoted(column)} AS {place}" for column, place in source.places.items()),
        )
        lines = raw.count()
        self._see(raw.mapInArrow(keyed(manner), _with_keys(raw)), "keyed")
        for view, query in (("owners", OWNERS), ("mixed", MIXED)):
            self._see(self._session.sql(query.format(keyed="keyed")), view)
        buckets = max(-(-lines // BUCKET_LINES), 1)
        cut = self._session.sql(BUCKETED.format(keyed="keyed", places=", ".join(places), buckets=buckets))
        self._kept = cut.groupBy("bucket").applyInArrow(read_group(manner), _READ_WORDS).persist()
        parts = [
            Part(row.number, msgspec.msgpack.decode(row.counts, type=Counts), row.orders, row.last)
            for row in self._kept.select("number", "counts", "orders", "last").collect()
        ]
        told(lines, lines)
        parts.sort(key=lambda part: part.number)
        self._numbers = [part.number for part in parts]
        return parts or [Part(-1, Counts(), 0, None)]

    def fold(self, work: "Work[R]", is_together: bool) -> Iterator[R]:
        assert self._kept is not None
        columns = self._kept.select("columns")
        columns = columns.repartition(1) if is_together else columns
        for row in columns.mapInArrow(on_batches(work, is_together), "found binary").collect():
            found: R = pickle.loads(row.found)  # noqa: S301  # from our own executors
            yield found

    def columns(self, number: int) -> bytes:
        assert self._kept is not None
        chosen = self._kept.filter(f"number = {self._numbers[number]}").select("columns").first()
        return b"" if chosen is None else bytes(chosen.columns)

    def executors(self) -> int:
        """Besides the driver."""
        known = self._session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()  # noqa: SLF001  # no other way
        return len(known) - 1

    @staticmethod
    def _see(frame: "DataFrame", name: str) -> None:
        frame.createOrReplaceTempView(name)


@contextmanager
def cluster(settings: dict[str, str]) -> Iterator[Cluster]:
    """Raises Missing. `settings` are Spark's own, `spark.master` among them; what is not said, Spark decides."""
    session = _session(settings)
    try:
        with scratch_folder() as folder:
            session.sparkContext.addPyFile(str(_packed(folder)))
            yield Cluster(session)
    finally:
        session.stop()


def _session(settings: dict[str, str]) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise Missing("spark_not_installed") from None
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").exists())):
        raise Missing("java_not_found")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder
    for name, value in {**SETTINGS, **settings}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _packed(folder: Path) -> Path:
    """This project's own code, for the executors."""
    path = folder / "regulars.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(PACKAGE.rglob("*")):
            if file.suffix in (".py", ".sql") and file.is_file():
                packed.write(file, file.relative_to(PACKAGE.parent))
    return path


def schema_of(path: Path, mapping: Mapping) -> pa.Schema:
    """As one machine sees the file; Spark alone would take each time for an instant. Raises Missing and Unreadable.

    INT96 says of no time whether it is an instant, and one machine and Spark do not guess the same; Spark reads no
    nanoseconds.
    """
    files = [path] if path.is_file() else sorted(path.rglob("*.parquet"))
    try:
        seen = [pq.ParquetFile(file) for file in files]
    except (pa.ArrowInvalid, OSError) as problem:
        raise Unreadable(Fault(str(path), str(problem))) from problem
    if not seen:
        raise Missing("spark_reads_parquet")
    for file in seen:
        physical = {column.path: column.physical_type for column in file.schema}
        if any(physical.get(column) == "INT96" for column in mapping.used()):
            raise Missing("spark_int96_times")
        if any(_is_in_nanoseconds(field) and physical.get(field.name) != "INT96" for field in file.schema_arrow):
            raise Missing("spark_nanosecond_times")
    return seen[0].schema_arrow


def _is_in_nanoseconds(field: pa.Field) -> bool:
    return pa.types.is_timestamp(field.type) and field.type.unit == "ns"


def _files(file: "DataFrame") -> list[str]:
    """As each line calls its own; what Spark lists by itself is written otherwise."""
    return sorted(row.path for row in file.selectExpr("_metadata.file_path AS path").distinct().collect())


def _line_of(files: Sequence[str]) -> str:
    """The number of a line in its file; of several files one after the other by name."""
    if len(files) <= 1:
        return "_metadata.row_index + 1"
    names = [name.replace("\\", "\\\\").replace("'", "\\'") for name in files]
    cases = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(names))
    return f"_metadata.row_index + 1 + {_FILE_LINES} * CASE _metadata.file_path {cases} END"


def _spark_quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _with_keys(raw: "DataFrame") -> Any:
    from pyspark.sql.types import LongType, StructType

    fields = [*raw.schema.fields]
    return StructType(fields).add("customer_key", LongType()).add("order_key", LongType())


def keyed(manner: Manner) -> Callable[[Batches], Batches]:
    """Every line with the hashes by which it is shared out."""

    def with_keys(batches: Batches) -> Batches:
        columns = Expressions(manner.source, manner.mapping, 0)
        query = keys(columns)
        with duckdb.connect() as conn:
            quiet(conn)
            conn.execute("SET threads = 1")
            for batch in batches:
                conn.register("raw", pa.Table.from_batches([batch]))
                yield from conn.execute(query, columns.values).to_arrow_table().cast(_keyed(batch.schema)).to_batches()
                conn.unregister("raw")

    return with_keys


def _keyed(schema: pa.Schema) -> pa.Schema:
    return schema.append(pa.field("customer_key", pa.int64())).append(pa.field("order_key", pa.int64()))


def read_group(manner: Manner) -> Callable[[tuple[pa.Scalar, ...], pa.Table], pa.Table]:
    """The lines of a bucket understood."""

    def read(key: tuple[pa.Scalar, ...], lines: pa.Table) -> pa.Table:
        found = understood(lines.drop_columns(["bucket"]), manner)
        counts = msgspec.msgpack.encode(found.counts)
        row = (key[0].as_py(), counts, found.orders, found.last, found.columns)
        return pa.table([[value] for value in row], schema=_READ)

    return read


def on_batches(work: "Work[R]", is_together: bool) -> Callable[[Batches], Batches]:
    """What comes of each bucket, or of all that come here as one."""

    def fold(batches: Batches) -> Batches:
        buckets = (value.as_py() for batch in batches for value in batch.column(0))
        with without_cycle_search():
            for share in [buckets] if is_together else ([bucket] for bucket in buckets):
                yield pa.record_batch([[pickle.dumps(work(share))]], schema=_FOUND)

    return fold
