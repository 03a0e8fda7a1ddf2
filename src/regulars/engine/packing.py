"""An account as it is stored: msgpack, compressed where it is long.

A member with many live lots has a long account that says much of the same over and over. Nothing relies on how it was
compressed: accounts are compared by `plain`.
"""

import zlib

import msgspec

from regulars.engine.account import Account

# Shorter ones are written with every order; above this PostgreSQL would compress them itself.
LONG = 2_000
# What a zlib stream begins with; msgpack begins an array of an account's length otherwise.
COMPRESSED = b"\x78"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Account).decode


def packed(account: Account) -> bytes:
    data = _encode(account)
    return data if len(data) <= LONG else zlib.compress(data, 1)


def plain(data: bytes) -> bytes:
    """The same for the same account, whatever compressed it. Raises ValueError where that is broken."""
    try:
        return zlib.decompress(data) if data[:1] == COMPRESSED else data
    except zlib.error as problem:
        raise ValueError(f"the account's bytes are broken: {problem}") from problem


def unpacked(data: bytes) -> Account:
    return _decode(plain(data))


def copied(account: Account) -> Account:
    """Another one: accounts are folded in place."""
    return _decode(_encode(account))
