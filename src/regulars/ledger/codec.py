"""Stored bytes: facts, accounts, memos and derivations as msgpack; the chains' hashes.

Each row's hash covers the hash before it and every stored column, in the order of recording, so that corrections are
harmless and a changed row shows itself and every row after it.
"""

from hashlib import sha256

import msgspec

from regulars.engine.account import Account, Memo
from regulars.engine.facts import Enrolment, Fact, Order, Refund
from regulars.engine.outcome import Entry

KIND_ORDER, KIND_REFUND, KIND_ENROLMENT = 1, 2, 3
# An order that a refund already waits for.
KIND_AWAITED = 4

encode = msgspec.msgpack.Encoder().encode
decode_fact = msgspec.msgpack.Decoder(Fact).decode
decode_account = msgspec.msgpack.Decoder(Account).decode
decode_memo = msgspec.msgpack.Decoder(Memo).decode
_decode_why = msgspec.msgpack.Decoder(list[object]).decode


def kind_of(fact: Fact) -> int:
    if isinstance(fact, Order):
        return KIND_ORDER
    return KIND_REFUND if isinstance(fact, Refund) else KIND_ENROLMENT


def occurred_at(fact: Fact) -> int | None:
    """When it happened; None for an order that is not paid."""
    if isinstance(fact, Order):
        return fact.paid_at
    return fact.refunded_at if isinstance(fact, Refund) else fact.enrolled_at


def version_of(fact: Fact) -> tuple[int, int]:
    if isinstance(fact, Order):
        return (fact.version_at, fact.number)
    return (fact.refunded_at if isinstance(fact, Refund) else fact.enrolled_at, 0)


def digest_of(fact: Fact) -> bytes:
    """What a fact says, apart from its version: the same content has the same digest."""
    if isinstance(fact, Order):
        fact = msgspec.structs.replace(fact, version_at=0, number=0)
    elif isinstance(fact, Enrolment):
        fact = msgspec.structs.replace(fact, enrolled_at=0)
    return sha256(encode(fact)).digest()


def fact_hash(before: bytes, seq: int, kind: int, key: str, occurred: int | None, recorded: int, body: bytes) -> bytes:
    return sha256(before + encode((seq, kind, key, occurred, recorded)) + body).digest()


def entry_hash(
    before: bytes, seq: int, entry: Entry, balances: tuple[int, int, int], recorded: int, why: bytes
) -> bytes:
    said = (
        seq, entry.identity, entry.kind, entry.wallet, entry.source, entry.target, entry.points, balances,
        entry.occurred_at, recorded, entry.version,
    )  # fmt: skip
    return sha256(before + encode(said) + why).digest()


def decode_why(stored: bytes) -> tuple[object, ...]:
    return tuple(_decode_why(stored))
