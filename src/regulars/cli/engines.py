"""`--engine`: who folds the orders of a file, processes of this machine or a cluster of Spark."""

import sys
from functools import partial
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from regulars.cli.folding import stop
from regulars.intake.crews import Hired, processes
from regulars.intake.spark import Missing, cluster

PROCESSES, SPARK = "processes", "spark"
# As the extra `spark` of the package asks for it.
PYSPARK = ">=4.0.1,<4.1"

Engine = Annotated[str, typer.Option(help=f"Who folds a file: {PROCESSES} of this machine, or {SPARK}.")]
Settings = Annotated[
    list[str] | None, typer.Option("--spark", help="A setting of Spark: spark.master=spark://host:7077")
]


def hired(engine: str, settings: list[str], folds_file: bool) -> Hired:
    """Stops where there is no such engine, or none that could do it, or somebody says what is no setting."""
    if engine not in (PROCESSES, SPARK):
        stop([_("There is no engine “%(name)s”: %(known)s") % {"name": engine, "known": f"{PROCESSES}, {SPARK}"}])
    if engine == SPARK and not folds_file:
        stop([_("Another engine folds a file of --orders, without --tune.")])
    said = dict(one.partition("=")[::2] for one in settings)
    if not all(name.startswith("spark.") and value for name, value in said.items()):
        stop([_("A setting of Spark is written as in --spark spark.master=spark://host:7077.")])
    return processes if engine == PROCESSES else partial(cluster, said)


def lacking(missing: Missing) -> str:
    """What to install; the code is for whoever looks for it."""
    said = {
        "spark_not_installed": _("The engine spark needs pyspark: %(words)s"),
        "java_not_found": _(
            "The engine spark needs Java 17 on the path, or JAVA_HOME: apt install openjdk-17-jre-headless"
        ),
        "spark_reads_parquet": _("The engine spark reads Parquet files."),
        "spark_int96_times": _(
            "The times of this file are INT96, which do not say whether they are instants: write it again with "
            "spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS, or fold it on one machine."
        ),
        "spark_nanosecond_times": _(
            "Spark reads no times in nanoseconds: write the file again with microseconds, or fold it on one machine."
        ),
    }[missing.code]
    words = f"{sys.executable} -m pip install 'pyspark{PYSPARK}'"
    return f"{said % {'words': words}} ({missing.code})"
