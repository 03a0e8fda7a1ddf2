"""What time did to many accounts is written down in chunks: side by side, cut short, waiting for nobody."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.ledger import due, record
from regulars.ledger.connect import raw, rows
from regulars.ledger.due import CHUNK_LEAST, CHUNK_MOST, HOLD_SECONDS, is_more_due, paced, walk
from regulars.ledger.receipt import Incoming
from regulars.ledger.verify import verify
from tests.ledger.shop import PROGRAMS, at, enrolment, member, order

pytestmark = pytest.mark.django_db(transaction=True)

NOW = at("2026-02-01 12:00")
MATURED = "SELECT member_id, count(*) FROM ledger_entry WHERE kind = 'mature' GROUP BY member_id"
NAMES = [f"m{number:02}" for number in range(40)]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty members, of whom each has points that wait to mature; slices of twelve, chunks of five."""
    monkeypatch.setattr(due, "SLICE", 12)
    monkeypatch.setattr(due, "CHUNK_FIRST", 5)
    monkeypatch.setattr(due, "paced", lambda size, _: size)
    facts = [(name, enrolment(name, "2026-01-02 12:00")) for name in NAMES]
    facts += [(name, order(f"{name}-A", "2026-01-10 12:00", 1000)) for name in NAMES]
    with transaction.atomic():
        record.record(raw(), PROGRAMS, [Incoming(member(name), fact) for name, fact in facts], at("2026-01-10 13:00"))


def walked(**named: Any) -> list[int]:
    return list(walk(raw(), PROGRAMS, lambda: NOW, **named))


def matured() -> dict[Any, int]:
    return dict(rows(raw(), MATURED))


def in_a_thread(act: Callable[[], Any]) -> Any:
    """With a connection of its own."""
    found: list[Any] = []

    def acted() -> None:
        try:
            found.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=acted)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "it waits for somebody"
    return found[0]


def everybody_once() -> bool:
    return matured() == {member(name): 1 for name in NAMES} and verify(raw(), PROGRAMS).is_exact


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("backwards", [False, True])
def test_everybody_is_touched_once(backwards):
    assert sum(walked(backwards=backwards)) == 40
    assert everybody_once()
    assert walked() == []


@pytest.mark.usefixtures("many")
def test_a_walk_that_was_cut_short_goes_on_where_it_was(monkeypatch):
    advance, left = due.advance, [3]

    def failing(*given: Any) -> int:
        touched = advance(*given)
        left[0] -= 1
        if not left[0]:
            raise ConnectionError("killed before its transaction ended")
        return touched

    monkeypatch.setattr(due, "advance", failing)
    with pytest.raises(ConnectionError):
        walked()
    assert sum(matured().values()) == 10, "what was committed"
    monkeypatch.setattr(due, "advance", advance)
    assert sum(walked()) == 30
    assert everybody_once()


@pytest.mark.usefixtures("many")
def test_whoever_is_held_is_passed_over_without_waiting():
    held = [member(name) for name in NAMES[3:9]]
    with transaction.atomic():
        rows(raw(), "SELECT 1 FROM ledger_account WHERE member_id = ANY(%b) FOR UPDATE", [held])
        assert sum(in_a_thread(walked)) == 34
    assert sum(walked()) == 6
    assert everybody_once()


@pytest.mark.usefixtures("many")
def test_two_walks_side_by_side(monkeypatch):
    """Each is in the middle of a chunk while the other goes on."""
    advance, both = due.advance, threading.Barrier(2, timeout=20)
    met = threading.local()

    def together(*given: Any) -> int:
        touched = advance(*given)
        if not getattr(met, "once", False):
            met.once = True
            both.wait()
        return touched

    monkeypatch.setattr(due, "advance", together)
    found: list[int] = []

    def helping() -> None:
        try:
            found.append(sum(walked(backwards=True)))
        finally:
            connection.close()

    thread = threading.Thread(target=helping)
    thread.start()
    mine = sum(walked())
    thread.join(30)
    assert (mine + found[0], min(mine, found[0]) >= 5) == (40, True)
    assert everybody_once()


@pytest.mark.usefixtures("many")
def test_how_many_are_due():
    assert is_more_due(raw(), 1, NOW, 39)
    assert not is_more_due(raw(), 1, NOW, 40)


@pytest.mark.parametrize(
    ("size", "seconds", "following"),
    [
        (200, HOLD_SECONDS * 1.1, 100),
        (200, HOLD_SECONDS / 2, 200),
        (200, HOLD_SECONDS / 4, 400),
        (400, 0, CHUNK_MOST),
        (CHUNK_LEAST, 10, CHUNK_LEAST),
        (CHUNK_MOST, 0, CHUNK_MOST),
    ],
)
def test_a_chunk_holds_its_members_about_as_long_as_it_may(size, seconds, following):
    assert paced(size, seconds) == following
