"""What came of opening pages."""

from msgspec import Struct


class Page(Struct, frozen=True):
    """Milliseconds at the middle and at the slow end, questions to the database, bytes of the page on the wire."""

    name: str
    p50: float
    p95: float
    questions: int
    size: int


class Opened(Struct, frozen=True):
    """`load`: processes that wanted to run, at the end."""

    members: int
    empty: Page
    pages: list[Page]
    load: float
