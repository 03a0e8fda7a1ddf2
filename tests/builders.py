"""Short ways to say what happened: instants, lines, orders, refunds, programs, and the account they lead to."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from regulars.engine import grammar
from regulars.engine.account import Account
from regulars.engine.calendar import instant_of
from regulars.engine.facts import Enrolment, Fact, Line, Order, Refund, RefundLine
from regulars.engine.fold import fold
from regulars.engine.outcome import Entry, Outcome
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled

ZONE = "Asia/Taipei"
Tree = dict[str, Any]


def at(text: str, zone: str = ZONE) -> int:
    """The instant of a local time, "2026-01-10 15:00" or "2026-01-10"."""
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def document(**parts: Any) -> Tree:
    """A small program: a point per 100 TWD, nothing else, for everybody from the first order on."""
    plain: Tree = {
        "program": "shop",
        "timezone": ZONE,
        "currency": "TWD",
        "enrolment": "first order",
        "wallets": {"points": {}},
        "earn": [{"rule": "base", "give": "1 point per 100 TWD"}],
    }
    return plain | parts


def programs(*trees: Tree, starts: Sequence[str] = ()) -> Programs:
    """The versions of one program; the first holds from the beginning, each other from its start on."""
    instants = [-(2**53), *(at(text) for text in starts)]
    versions = [grammar.read(tree, number, instants[number - 1]) for number, tree in enumerate(trees, start=1)]
    return Programs(1, versions)


def line(name: str, total: int, quantity: int = 1, category: str = "", sku: str = "") -> Line:
    """`total` in major units, for whole ones."""
    return Line(name, sku or f"sku-{name}", quantity, total * 100, category)


def order(key: str, paid: str, *lines: Line, version: str = "", **details: Any) -> Order:
    """A paid order; its snapshot is as old as the payment unless `version` says otherwise."""
    return Order(f"shop/{key}", at(version or paid), lines, paid_at=at(paid), **details)


def refund(key: str, when: str, *lines: RefundLine) -> Refund:
    """`key` is "A-1/R-1": the order and the refund."""
    return Refund(f"shop/{key}", f"shop/{key.partition('/')[0]}", at(when), lines)


def back(name: str, quantity: int = 1, total: int | None = None) -> RefundLine:
    return RefundLine(name, quantity, None if total is None else total * 100)


def joined(when: str, key: str = "lin") -> Enrolment:
    return Enrolment(key, at(when))


def told(versions: Programs, facts: Iterable[Fact], until: str = "") -> Outcome:
    """The outcome of facts from nothing, and of the time that passes until then."""
    return fold(Tape(versions, Account()), unrolled(facts), at(until) if until else None)


def copied(account: Account) -> Account:
    """As stored and read again."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(account), type=Account)


def moves(entries: Iterable[Entry]) -> list[str]:
    """Entries to look at: "earn base 13 issued>pending"."""
    return [
        f"{entry.kind} {entry.identity.rpartition('|')[2]} {entry.points} {entry.source}>{entry.target}".replace(
            "  ", " "
        )
        for entry in entries
    ]
