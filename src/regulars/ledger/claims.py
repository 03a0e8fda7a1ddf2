"""Which facts are new: the natural key and version of each, locked in key order before anything else.

A refund and an enrolment are one-off: known is known. So are an activity and an opening balance, but what says
something else under the same key is refused. An order's newest version wins; an older one is stale, the same one is a
repeat, and other content under the same version is refused unless the door reads versions that are dated coarsely. An
order is another member's from now on only when a snapshot that corrects says so.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.facts import Activity, Fact, Fulfilment, Opening, Order, Refund
from regulars.engine.program import Programs
from regulars.ledger import codec
from regulars.ledger.admission import refusal
from regulars.ledger.clocks import as_of, is_too_far
from regulars.ledger.codec import KIND_AWAITED, KIND_HOLD, KIND_ORDER
from regulars.ledger.connect import Rows, instant, moment, over, rows, run
from regulars.ledger.receipt import Incoming, Receipt

INSERT_KEYS = """
    INSERT INTO ledger_fact_key (program_id, kind, key, member_id, version_at, number, digest)
    SELECT %s, * FROM {rows} AS new (kind, key, member_id, version_at, number, digest)
    ON CONFLICT DO NOTHING RETURNING kind, key
"""
KEY_TYPES = ("int2", "text", "uuid", "timestamptz", "int4", "bytea")
LOCK_KEYS = """
    SELECT kind, key, member_id, version_at, number, digest FROM ledger_fact_key
    JOIN unnest(%b::smallint[], %b::text[]) AS wanted (kind, key) USING (kind, key)
    WHERE program_id = %s ORDER BY kind, key FOR UPDATE OF ledger_fact_key
"""
UPDATE_KEYS = """
    UPDATE ledger_fact_key
    SET version_at = new.version_at, number = new.number, digest = new.digest, member_id = new.member_id
    FROM unnest(%b::text[], %b::timestamptz[], %b::int[], %b::bytea[], %b::uuid[])
        AS new (key, version_at, number, digest, member_id)
    WHERE program_id = %s AND kind = 1 AND ledger_fact_key.key = new.key
"""

Key = tuple[int, str]


class Known(Struct):
    """The newest version of a fact. `fresh`: this write brought it."""

    member_id: UUID
    version: tuple[int, int]
    digest: bytes
    fresh: bool = False
    changed: bool = False


class Claim(Struct):
    """A fact that is to be kept, and whose it is. `place` is where it stood in the batch.

    `told`: whoever is or was one with the member has heard of it. `moved_from`: whose order it was until now.
    """

    place: int
    member_id: UUID
    guest: bool
    fact: Fact
    known_order: bool
    told: bool = False
    moved_from: UUID | None = None


class Claims(Struct):
    """`awaited`: orders that a refund arrived before, or that were paid with a hold."""

    kept: list[Claim]
    receipts: list[Receipt | None]
    awaited: set[str]


def claim(
    conn: psycopg.Connection[Any], programs: Programs, incoming: Sequence[Incoming], now: int, are_new: bool = False
) -> Claims:
    """Decide every fact of a batch, with its key locked until the transaction ends. Keys that `are_new` were made for
    these facts, which are about no other key: nobody can know them."""
    receipts: list[Receipt | None] = [None] * len(incoming)
    timely: dict[int, Incoming] = {}
    for place, item in enumerate(incoming):
        if is_too_far(item.fact, now):
            receipts[place] = Receipt(item.fact.key, "refused", item.member_id, "too_far_in_future")
        elif code := refusal(programs, item.member_id, item.fact):
            receipts[place] = Receipt(item.fact.key, "refused", item.member_id, code)
        else:
            timely[place] = item
    keys = {key for item in timely.values() for key in keys_of(item.fact)}
    known = {} if are_new else known_keys(conn, programs.program_id, keys)
    claims = Claims([], receipts, set())
    for place, item in timely.items():
        decided = decide(place, item, known)
        if isinstance(decided, Claim):
            decided.fact = as_of(decided.fact, now)
            claims.kept.append(decided)
        else:
            receipts[place] = decided
    claims.awaited = {key for kind, key in known if kind == KIND_AWAITED}
    claims.awaited |= {item.fact.key for item in claims.kept if any(hold in known for hold in holds_of(item.fact))}
    keep_keys(conn, programs.program_id, known)
    return claims


def keys_of(fact: Fact) -> tuple[Key, ...]:
    if isinstance(fact, Order):
        return ((KIND_ORDER, fact.key), (KIND_AWAITED, fact.key), *holds_of(fact))
    own = (codec.kind_of(fact), fact.key)
    if isinstance(fact, Refund | Fulfilment):
        return (own, (KIND_ORDER, fact.order), (KIND_AWAITED, fact.order))
    return (own,)


def holds_of(fact: Fact) -> tuple[Key, ...]:
    """Those that may have paid for an order."""
    if not isinstance(fact, Order) or not fact.payments:
        return ()
    return tuple((KIND_HOLD, payment.redemption) for payment in fact.payments if payment.redemption)


def known_keys(conn: psycopg.Connection[Any], program_id: int, keys: Iterable[Key]) -> dict[Key, Known]:
    wanted = sorted(keys)
    found = rows(conn, LOCK_KEYS, [[kind for kind, _ in wanted], [key for _, key in wanted], program_id])
    return {
        (kind, key): Known(member_id, (instant(version_at) or 0, number), digest)
        for kind, key, member_id, version_at, number, digest in found
    }


def decide(place: int, item: Incoming, known: dict[Key, Known]) -> Claim | Receipt:
    fact = item.fact
    key = (codec.kind_of(fact), fact.key)
    before = known.get(key)
    if isinstance(fact, Order):
        return decide_order(place, item, fact, before, known)
    if before is not None:
        code = contradiction(item, fact, before)
        return Receipt(fact.key, "refused" if code else "repeated", item.member_id if code else before.member_id, code)
    member_id, has_order = item.member_id, True
    if isinstance(fact, Refund | Fulfilment):
        order = known.get((KIND_ORDER, fact.order))
        has_order = order is not None
        if order is not None and member_id not in (None, order.member_id):
            return Receipt(fact.key, "refused", member_id, "order_of_other_member")
        member_id = order.member_id if order is not None else member_id
        if member_id is None:
            return Receipt(fact.key, "refused", None, "order_unknown")
    assert member_id is not None
    known[key] = Known(member_id, codec.version_of(fact), codec.digest_of(fact), fresh=True)
    if isinstance(fact, Refund | Fulfilment) and not has_order:
        known.setdefault((KIND_AWAITED, fact.order), Known(member_id, (0, 0), b"", fresh=True))
    return Claim(place, member_id, False, fact, has_order)


def decide_order(
    place: int, item: Incoming, fact: Order, before: Known | None, known: dict[Key, Known]
) -> Claim | Receipt:
    digest = codec.digest_of(fact)
    if before is None:
        member_id = item.member_id or uuid4()
        known[KIND_ORDER, fact.key] = Known(member_id, codec.version_of(fact), digest, fresh=True)
        return Claim(place, member_id, item.member_id is None, fact, False)
    moves = item.member_id not in (None, before.member_id)
    if code := nothing_new(item, fact, before, moves):
        outcome = code if code in ("repeated", "stale") else "refused"
        whose = item.member_id if code == "order_of_other_member" else before.member_id
        return Receipt(fact.key, outcome, whose, "" if outcome == code else code)
    version = codec.version_of(fact)
    if version <= before.version:
        version = (before.version[0], before.version[1] + 1)
    before.version, before.digest, before.changed = version, digest, True
    fact = replace(fact, version_at=version[0], number=version[1])
    if item.member_id is None or not moves:
        return Claim(place, before.member_id, False, fact, True)
    moved_from, before.member_id = before.member_id, item.member_id
    return Claim(place, item.member_id, False, fact, False, moved_from=moved_from)


def contradiction(item: Incoming, fact: Fact, before: Known) -> str:
    """Why a one-off that is known cannot be what this one says: another member's, other content, or of another time
    than a door states. "": most are not looked at again."""
    if not isinstance(fact, Activity | Opening):
        return ""
    is_other = (item.member_id, codec.digest_of(fact)) != (before.member_id, before.digest)
    if isinstance(fact, Opening):
        return "opening_conflict" if is_other else ""
    is_dated = item.version != "unknown"
    return "activity_conflict" if is_other or (is_dated and codec.version_of(fact) != before.version) else ""


def nothing_new(item: Incoming, fact: Order, before: Known, moves: bool) -> str:
    """Why a snapshot of a known order is not kept: its outcome, or the code of its refusal; "" if it is kept."""
    version = codec.version_of(fact)
    is_dated = item.version != "unknown"
    if not moves and codec.digest_of(fact) == before.digest and (version <= before.version or not is_dated):
        return "repeated"
    if is_dated and version < before.version:
        return "stale"
    if moves and not fact.corrects:
        return "order_of_other_member"
    return "version_conflict" if item.version == "stated" and version == before.version else ""


def keep_keys(conn: psycopg.Connection[Any], program_id: int, known: dict[Key, Known]) -> None:
    fresh = sorted(item for item in known.items() if item[1].fresh)
    if fresh:
        given = [
            (kind, key, found.member_id, moment(found.version[0]), found.version[1], found.digest)
            for (kind, key), found in fresh
        ]
        if len(_added(conn, program_id, given)) < len(fresh):
            raise Contended("another request is recording the same fact; try again")
    changed = [(key, found) for (_, key), found in known.items() if found.changed and not found.fresh]
    if changed:
        run(conn, UPDATE_KEYS, [
            [key for key, _ in changed],
            [moment(found.version[0]) for _, found in changed],
            [found.version[1] for _, found in changed],
            [found.digest for _, found in changed],
            [found.member_id for _, found in changed],
            program_id,
        ])  # fmt: skip


def await_orders(conn: psycopg.Connection[Any], program_id: int, waiting: Iterable[tuple[str, UUID]]) -> None:
    """Orders that are known, and that something waits for until they are paid. Their keys are locked."""
    found = dict(waiting)
    if found:
        _added(
            conn, program_id, [(KIND_AWAITED, key, member_id, moment(0), 0, b"") for key, member_id in found.items()]
        )


def _added(conn: psycopg.Connection[Any], program_id: int, given: Sequence[tuple[Any, ...]]) -> Rows:
    """Keys that nobody had, and have these now."""
    text, parameters = over(INSERT_KEYS, given, KEY_TYPES)
    return rows(conn, text, [program_id, *parameters])


class Contended(Exception):
    """Two requests recorded the same new fact at once; this one wrote nothing and may be tried again."""


# Somebody else holds what we need; the database gave up waiting for it. Nothing was written.
BUSY = (Contended, psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled)


def is_busy(error: Exception) -> bool:
    """Whether the same may be tried again. Django wraps what its own cursors raise; the ledger's are bare."""
    return isinstance(error, BUSY) or isinstance(error.__cause__, BUSY)
