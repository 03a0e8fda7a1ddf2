"""The benchmark of plans says what it measured; engines that are not there are named. No time is asserted."""

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.cli.benching import bench
from regulars.cli.engines import lacking
from regulars.compiled import in_use
from regulars.intake import spark
from regulars.intake.made_history import Wish, write_made_history
from regulars.intake.reading.mapping import read_mapping
from regulars.intake.reading.tables import source_of
from tests.intake.shop import DOCUMENT
from tests.intake.staged import HEADER
from tests.intake.test_planning import MAPPING

RUNNER = CliRunner()


def test_made_orders_are_measured_beside_a_plain_query() -> None:
    said = RUNNER.invoke(bench, ["plan", "--made", "1000", "--members", "80", "--json"])
    assert said.exit_code == 0, said.output
    [found] = json.loads(said.stdout)
    # A fiftieth is of guests.
    assert 950 < found["orders"] < 1_000
    assert found["seconds"] > found["reading_seconds"] > 0
    assert 10_000_000 < found["peak_bytes"] < 4_000_000_000
    assert found["cpu_seconds"] > 0
    assert found["sums_seconds"] > 0


def test_a_file_of_ones_own_is_measured_in_words(tmp_path: Path) -> None:
    write_made_history(tmp_path / "made.parquet", Wish(1_000, 50))
    said = RUNNER.invoke(bench, ["plan", "--orders", str(tmp_path / "made.parquet"), "--mapping", "made-history"])
    assert said.exit_code == 0, said.output
    for words in (
        "The program is tea-house.",
        "µs of CPU an order",
        "times as long as DuckDB",
        f"Compiled modules: {in_use()}",
    ):
        assert words in said.output


@pytest.mark.parametrize("words", [[], ["--made", "1000", "--orders", __file__], ["--orders", __file__]])
def test_without_orders_nothing_is_measured(words: list[str]) -> None:
    said = RUNNER.invoke(bench, ["plan", *words])
    assert (said.exit_code, "--made" in said.output) == (2, True)


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    for name, text in (("draft.yaml", DOCUMENT), ("orders.csv", HEADER), ("mapping.yaml", MAPPING)):
        (tmp_path / name).write_text(text)
    where = ("--orders", str(tmp_path / "orders.csv"), "--mapping", str(tmp_path / "mapping.yaml"))
    return ["plan", str(tmp_path / "draft.yaml"), *where]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--engine", "flink"], "There is no engine “flink”: processes, spark"),
        (["--engine", "spark", "--spark", "master"], "spark.master=spark://host:7077"),
        (["--engine", "spark", "--tune"], "without --tune"),
    ],
)
def test_engines_that_cannot_be_are_refused(words: list[str], more: list[str], said: str) -> None:
    refused = RUNNER.invoke(app, [*words, *more])
    assert (refused.exit_code, said in refused.output) == (2, True), refused.output


@pytest.mark.parametrize(
    ("language", "said"), [("en", "needs pyspark"), ("zh-Hant", "需要 pyspark"), ("zh-Hans", "需要 pyspark")]
)
def test_without_pyspark_it_says_what_to_install(
    words: list[str], monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    refused = RUNNER.invoke(app, [*words, "--engine", "spark", "--language", language])
    assert refused.exit_code == 2
    assert said in refused.output
    assert "(spark_not_installed)" in refused.output
    # Into the environment that asks, not into whichever comes first on the path.
    assert f"{sys.executable} -m pip install 'pyspark" in refused.output


def test_every_format_is_measured(tmp_path: Path) -> None:
    how = str(_write_mapping(tmp_path))
    line = '{"id": "1", "at": "2026-01-01 10:00", "who": "lin", "sku": "a", "qty": "1", "total": "5"}\n'
    (tmp_path / "orders.ndjson").write_text(line)
    written(tmp_path / "orders.PARQUET", pa.timestamp("us"))
    for name in ("orders.ndjson", "orders.PARQUET"):
        said = RUNNER.invoke(bench, ["plan", "--orders", str(tmp_path / name), "--mapping", how])
        assert said.exit_code == 0, said.output
        assert "1 orders in" in said.output


def test_what_cannot_be_measured_is_told_in_words(tmp_path: Path) -> None:
    how = str(_write_mapping(tmp_path))
    (tmp_path / "draft.yaml").write_text("earn: [")
    (tmp_path / "orders.csv").write_text("id\n1\n")
    orders = ["--orders", str(tmp_path / "orders.csv")]
    for words, said in (
        ([str(tmp_path / "draft.yaml"), *orders, "--mapping", how], "draft.yaml"),
        ([*orders, "--mapping", "nobodys"], "There is no mapping “nobodys”: "),
        ([*orders, "--mapping", how], "the file has no column"),
    ):
        refused = RUNNER.invoke(bench, ["plan", *words])
        assert (refused.exit_code, said in refused.output) == (2, True), refused.output


NAMES = ("id", "who", "sku", "qty", "total")


def written(path: Path, at: pa.TimestampType, **how: Any) -> Path:
    times = pa.array([1_767_261_600], pa.timestamp("s", at.tz)).cast(at)
    pq.write_table(pa.table({"at": times} | {name: ["1"] for name in NAMES}), path, **how)
    return path


@pytest.mark.parametrize(("zone", "kind"), [(None, "time"), ("UTC", "instant")])
def test_spark_takes_the_kinds_of_columns_from_the_file(tmp_path: Path, zone: str | None, kind: str) -> None:
    how = read_mapping(_write_mapping(tmp_path))
    written(tmp_path / "part-1.parquet", pa.timestamp("us", zone))
    for path in (tmp_path, tmp_path / "part-1.parquet"):
        assert source_of(spark.schema_of(path, how), how).kinds["at"] == kind


@pytest.mark.parametrize(
    ("unit", "how", "code"),
    [
        ("us", {"use_deprecated_int96_timestamps": True}, "spark_int96_times"),
        ("ns", {}, "spark_nanosecond_times"),
    ],
)
def test_spark_refuses_times_that_it_reads_otherwise(
    tmp_path: Path, unit: str, how: dict[str, bool], code: str
) -> None:
    written(tmp_path / "part-1.parquet", pa.timestamp("us"))
    written(tmp_path / "part-2.parquet", pa.timestamp(unit), **how)
    with pytest.raises(spark.Missing) as missing:
        spark.schema_of(tmp_path, read_mapping(_write_mapping(tmp_path)))
    assert missing.value.code == code
    assert code in lacking(missing.value)


def _write_mapping(folder: Path) -> Path:
    (folder / "mapping.yaml").write_text(MAPPING)
    return folder / "mapping.yaml"


def test_without_java_it_says_what_to_install(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    fake = type(sys)("pyspark.sql")
    fake.SparkSession = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyspark", type(sys)("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", fake)
    monkeypatch.setitem(sys.modules, "pyspark.sql", fake)
    monkeypatch.setattr(spark.shutil, "which", lambda _name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    refused = RUNNER.invoke(app, [*words, "--engine", "spark"])
    assert (refused.exit_code, "(java_not_found)" in refused.output) == (2, True), refused.output
