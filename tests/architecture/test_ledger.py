"""The ledger is named SQL with psycopg; Django only lends the connection."""

from tests.architecture.source import imports, python_files, shown

# Models exist for searching and for screens; connect.py borrows the connection.
MAY = {"apps.py", "connect.py", "models.py"}


def test_the_hot_path_does_not_go_through_the_orm():
    found = [
        f"{shown(path, line)} imports {name}"
        for path in python_files("src/regulars/ledger")
        if path.name not in MAY and "migrations" not in path.parts
        for line, name in imports(path)
        if name.partition(".")[0] == "django"
    ]
    assert not found, (
        "An ORM writes row by row and hides the locks. Put the statement into ledger/sql and take the psycopg "
        "connection as an argument:\n" + "\n".join(found)
    )
