"""The release before goes on beside the new tables: whoever runs it must not miss a column, nor be asked for one.

A column or table goes, or is renamed, in two releases: the first one stops using it, the next one takes it away. A new
column may be left out by whoever does not know it. `SAID` lists what breaks this rule, with its reason.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddField,
    AlterField,
    AlterModelTable,
    CreateModel,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
)
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, Field

ROOT = Path(__file__).parents[2] / "src" / "regulars"
BEFORE_ANY_RELEASE = "there was no release before it"
# A migration by its room and name, and why it is so all the same.
SAID = {
    "access/0004_auditor": "one more role may be said; the column stays as it was",
    "rewards/0002_checkouts": BEFORE_ANY_RELEASE,
}
GOES = (DeleteModel, RemoveField, RenameField, RenameModel, AlterModelTable)
STATEMENTS = {
    "takes something away": re.compile(r"\bDROP\s+(?:TABLE|COLUMN)\b|\bRENAME\s+(?:TO|COLUMN)\b", re.IGNORECASE),
    "changes a column": re.compile(
        r"\bALTER\s+COLUMN\s+\w+\s+(?:SET\s+NOT\s+NULL|(?:SET\s+DATA\s+)?TYPE)\b", re.IGNORECASE
    ),
}
ADDED = re.compile(
    r"\bADD\s+(?:COLUMN\s+)?(?!CONSTRAINT|PRIMARY|CHECK|FOREIGN|UNIQUE)([^,;]*\bNOT\s+NULL[^,;]*)", re.IGNORECASE
)


def found() -> Iterator[tuple[str, str]]:
    """Every migration of ours that breaks the rule, and how."""
    loader = MigrationLoader(None)
    ours = {app.label: app for app in apps.get_app_configs() if app.name.startswith("regulars.")}
    for (label, name), migration in sorted(loader.disk_migrations.items()):
        if label in ours:
            new = {one.name_lower for one in migration.operations if isinstance(one, CreateModel)}
            for operation in migration.operations:
                if getattr(operation, "model_name_lower", "") not in new and (fault := fault_of(operation)):
                    yield f"{label}/{name}", fault
            yield from ((f"{label}/{name}", fault) for fault in faults_in(sql_beside(ours[label].path, name)))


def fault_of(operation: Operation) -> str:
    if isinstance(operation, GOES):
        return operation.describe()
    if isinstance(operation, AlterField):
        return "" if operation.field.null else f"{operation.describe()}: may it still be left empty?"
    if isinstance(operation, AddField) and is_asked_for(operation.field):
        return f"{operation.describe()}: the release before does not fill it; give it a db_default, or null=True"
    if isinstance(operation, RunSQL):
        return "; ".join(faults_in(str(operation.sql)))
    return ""


def is_asked_for(field: Field) -> bool:  # type: ignore[type-arg]
    return not field.null and not field.many_to_many and field.db_default is NOT_PROVIDED


def sql_beside(room: str, module: str) -> str:
    """The files that a migration of this module runs."""
    source = (Path(room) / "migrations" / f"{module}.py").read_text()
    return "\n".join((Path(room) / "sql" / name).read_text() for name in re.findall(r'"(\w+\.sql)"', source))


def faults_in(sql: str) -> list[str]:
    faults = [f"{what}: {match.group()}" for what, pattern in STATEMENTS.items() for match in pattern.finditer(sql)]
    asked = [match.group(1) for match in ADDED.finditer(sql) if "DEFAULT" not in match.group(1).upper()]
    return faults + [f"asks for a column that the release before does not fill: {one.strip()}" for one in asked]


def test_the_release_before_can_go_on_beside_the_new_tables() -> None:
    broken = [f"{name}: {fault}" for name, fault in found() if name not in SAID]
    assert not broken, (
        "Add what is new so that it may be left out; take away what is old one release after nobody uses it. Where it "
        "must be otherwise, say why in SAID:\n" + "\n".join(broken)
    )


def test_every_reason_is_needed() -> None:
    assert set(SAID) == {name for name, _ in found()} & set(SAID)


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("ALTER TABLE a ADD COLUMN b text NOT NULL", 1),
        ("ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT ''", 0),
        ("ALTER TABLE a ADD b int, ADD c int NOT NULL", 1),
        ("ALTER TABLE a DROP COLUMN b", 1),
        ("ALTER TABLE a RENAME COLUMN b TO c", 1),
        ("ALTER TABLE a RENAME TO c; DROP TABLE d", 2),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL", 1),
        ("ALTER TABLE a ALTER COLUMN b TYPE bigint", 1),
        ("CREATE TABLE a (b text NOT NULL); CREATE INDEX c ON a (b)", 0),
    ],
)
def test_what_the_rule_sees_in_sql(sql: str, count: int) -> None:
    assert len(faults_in(sql)) == count


def test_python_in_migrations_runs_files_or_grants() -> None:
    """What a function does to tables by statements of its own is not seen here."""
    for path in ROOT.glob("*/migrations/0*.py"):
        assert not STATEMENTS["takes something away"].search(functions_of(path)), path.name


def functions_of(path: Path) -> str:
    return "".join(re.findall(r"^def \w+.*?(?=^\S)", path.read_text(), re.MULTILINE | re.DOTALL))
