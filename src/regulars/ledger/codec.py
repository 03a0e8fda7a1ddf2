"""Stored bytes: facts, memos and derivations as msgpack; the chains' hashes. Accounts are in engine/packing.py.

Each row's hash covers the hash before it and every stored column, in the order of recording, so that corrections are
harmless and a changed row shows itself and every row after it.
"""

from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec

from regulars.engine import facts
from regulars.engine.account import Memo
from regulars.engine.facts import Activity, Enrolment, Fact, Order, Theirs
from regulars.engine.outcome import Entry
from regulars.engine.purse import Events

KIND_ORDER, KIND_REFUND, KIND_ENROLMENT = 1, 2, 3
# An order that a refund or a fulfilment already waits for.
KIND_AWAITED = 4
KIND_ACTIVITY = 6
KIND_REDEMPTION, KIND_HOLD = 11, 12
# Stored with every fact: stable for ever.
KINDS: dict[type[Fact], int] = {
    Order: KIND_ORDER,
    facts.Refund: KIND_REFUND,
    Enrolment: KIND_ENROLMENT,
    facts.Fulfilment: 5,
    Activity: KIND_ACTIVITY,
    facts.Details: 7,
    facts.PlanStanding: 8,
    facts.SegmentStanding: 9,
    facts.Effect: 10,
    facts.Redemption: KIND_REDEMPTION,
    facts.Hold: KIND_HOLD,
    facts.Capture: 13,
    facts.Release: 14,
    facts.Restoration: 15,
    facts.Transfer: 16,
    facts.Received: 17,
    facts.Adjustment: 18,
    facts.TierGrant: 19,
    facts.Referred: 20,
    facts.Merge: 21,
    facts.Unmerge: 22,
    Theirs: 23,
    facts.Closing: 24,
    facts.Claimed: 25,
    facts.Opening: 26,
}

# What a field holds apart from tuples and structs.
PLAIN = frozenset({bool, dict, int, str, type(None)})

encode = msgspec.msgpack.Encoder().encode
decode_fact = msgspec.msgpack.Decoder(Fact).decode
decode_memo = msgspec.msgpack.Decoder(Memo).decode
decode_payload = msgspec.msgpack.Decoder(dict[str, str]).decode
decode_events = msgspec.msgpack.Decoder(Events).decode


def decode_order(body: bytes) -> Order:
    """A snapshot, be it another member's who is one with this one."""
    fact = decode_fact(body)
    order = fact.fact if isinstance(fact, Theirs) else fact
    assert isinstance(order, Order)
    return order


_decode_why = msgspec.msgpack.Decoder(list[object]).decode


def kind_of(fact: Fact) -> int:
    return KINDS[type(fact)]


def occurred_at(fact: Fact) -> int | None:
    """When it happened; None for an order that is not paid."""
    own = fact.fact if isinstance(fact, Theirs) else fact
    return own.paid_at if isinstance(own, Order) else own.at


def version_of(fact: Fact) -> tuple[int, int]:
    return (fact.version_at, fact.number) if isinstance(fact, Order) else (fact.at, 0)


def digest_of(fact: Fact) -> bytes:
    """What a fact says, apart from its version: the same content has the same digest, also when facts can say more."""
    if isinstance(fact, Order):
        fact = msgspec.structs.replace(fact, version_at=0, number=0)
    elif isinstance(fact, Activity | Enrolment):
        fact = msgspec.structs.replace(fact, at=0)
    return sha256(encode(said(fact))).digest()


def said(value: Any) -> object:
    """A value as lists, without what nobody said: fields at the end that have their default."""
    kind: Any = type(value)
    if kind in PLAIN:
        return value
    if kind is tuple:
        return [said(one) for one in value]
    told, defaults = msgspec.structs.astuple(value), defaults_of(kind)
    length = len(told)
    while length and told[length - 1] == defaults[length - 1]:
        length -= 1
    return [kind.__struct_config__.tag, *[said(one) for one in told[:length]]]


@cache
def defaults_of(kind: type[msgspec.Struct]) -> tuple[object, ...]:
    """By place; NODEFAULT where something must be said."""
    return tuple(
        field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        for field in msgspec.structs.fields(kind)
    )


def fact_hash(before: bytes, seq: int, kind: int, key: str, occurred: int | None, recorded: int, body: bytes) -> bytes:
    return sha256(before + encode((seq, kind, key, occurred, recorded)) + body).digest()


def entry_hash(
    before: bytes,
    seq: int,
    entry: Entry,
    balances: tuple[int, int, int],
    recorded: int,
    why: bytes,
    posted: date | None = None,
) -> bytes:
    more = (entry.funder, posted.isoformat()) if posted else (entry.funder,) if entry.funder else ()
    said = (
        seq, entry.identity, entry.kind, entry.wallet, entry.source, entry.target, entry.points, balances,
        entry.occurred_at, recorded, entry.version, *more,
    )  # fmt: skip
    return sha256(before + encode(said) + why).digest()


def decode_why(stored: bytes) -> tuple[object, ...]:
    return tuple(_decode_why(stored))
