"""What the terminal shows: words as they are, and tables of which nothing is cut off."""

from typing import Any

from rich import console, table  # noqa: TID251  # the one place; others are told to come here


class Console(console.Console):
    """Names may have brackets, which mean no colours here."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, **options)


class Table(table.Table):
    """Whose cells fold. Those that end in an ellipsis lose letters of lines that fit, since of signs as wide as two a
    space at the end is not seen to be one; and half a number is another number."""

    def add_column(self, *heading: Any, **options: Any) -> None:
        super().add_column(*heading, **{"overflow": "fold", **options})
