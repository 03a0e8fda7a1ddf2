"""The same fold on a real cluster of two executors: every figure is that of processes of one machine, to the cent.

Needs Java and pyspark (docs/runbooks/spark.md); not among the tests that `./run test` runs.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from regulars.intake import crews
from regulars.intake import spark as sparks
from regulars.intake.crews import Crew
from regulars.intake.made_history import Wish, write_made_history
from regulars.intake.mappings import found_mapping
from regulars.intake.planning import Folded, Question, drafted, fold_file, sampled, staged, unheard
from regulars.intake.reading.mapping import Mapping, read_mapping
from regulars.programs.planning.assuming import Assumed
from regulars.programs.planning.report import report
from regulars.programs.presets import preset

pytest.importorskip("pyspark", reason="NOT RUN: pyspark is not installed (requirements/spark.txt)")
if not shutil.which("java"):
    pytest.skip("NOT RUN: there is no Java", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("default")
HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false"}
TWO_EXECUTORS = {**HERE, "spark.master": "local-cluster[2,1,1024]", "spark.sql.shuffle.partitions": "4"}
DRAFT = preset("tea-house")
IN_FORCE = DRAFT.replace("1 point per 100 TWD", "3 points per 200 TWD").replace(
    "reach: 10000, retain: 8000", "reach: 4000, retain: 3000"
)
SHARED = DRAFT.replace("  - rule: base\n", "  - rule: base\n    campaign: opening\n").replace(
    "\nearn:", "\ncampaigns:\n  - {campaign: opening, budget: 20000 points}\n\nearn:"
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[sparks.Cluster]:
    """Nothing listens to anybody else."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        with sparks.cluster(TWO_EXECUTORS) as crew:
            yield crew


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "orders.parquet"
    write_made_history(path, Wish(4_000, 300))
    return path


@pytest.fixture(autouse=True)
def many_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than executors; those of one machine are one."""
    monkeypatch.setattr(sparks, "BUCKET_LINES", 1_500)


class Hired:
    """The session is not ended with a plan."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew

    def __enter__(self) -> Crew:
        return self.crew

    def __exit__(self, *_said: object) -> None:
        pass


MAPPING: Mapping = read_mapping(found_mapping("made-history"))


def both(cluster: sparks.Cluster, path: Path, question: Question) -> tuple[Folded, Folded]:
    programs = drafted(question.draft)
    here = fold_file(question, programs, path, MAPPING, unheard)
    there = fold_file(question, programs, path, MAPPING, unheard, hired=lambda: Hired(cluster))
    return here, there


def told(found: Folded, question: Question) -> object:
    in_force = drafted(question.in_force) if question.in_force else None
    return report(drafted(question.draft), found.outcome, Assumed(), in_force)


@pytest.mark.parametrize(
    "question",
    [Question(DRAFT, categories=("oolong",)), Question(DRAFT, IN_FORCE, ("2024-03", "2025-06")), Question(SHARED)],
    ids=["alone", "against", "budgets"],
)
def test_two_executors_say_what_one_machine_says(cluster: sparks.Cluster, file: Path, question: Question) -> None:
    here, there = both(cluster, file, question)
    assert here.orders == there.orders > 3_000
    assert here.counts == there.counts
    assert told(here, question) == told(there, question)
    assert here.outcome == there.outcome
    assert here.outcome.tally.revenue.total() > 10**8


def test_a_folder_of_files_is_one_history(cluster: sparks.Cluster, file: Path, tmp_path: Path) -> None:
    table = pq.read_table(file)
    for place, start in enumerate(range(0, len(table), 4_000)):
        pq.write_table(table.slice(start, 4_000), tmp_path / f"part-{place}'.parquet")
    question = Question(DRAFT)
    whole = fold_file(question, drafted(DRAFT), file, MAPPING, unheard)
    parts = fold_file(question, drafted(DRAFT), tmp_path, MAPPING, unheard, hired=lambda: Hired(cluster))
    assert (whole.counts, whole.outcome) == (parts.counts, parts.outcome)


def test_executors_worked_on_several_buckets(cluster: sparks.Cluster, file: Path) -> None:
    with staged(file, MAPPING, drafted(DRAFT), ("", ""), hired=lambda: Hired(cluster)) as read:
        assert len(read.orders_by_bucket) > 4
        some = sampled(read, 200, 3)
    assert 0 < len(some) < 300
    assert cluster.executors() == 2
    assert crews.BUCKET_LINES > 10_000
