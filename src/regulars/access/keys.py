"""What an API key looks like: `rk_`, eight characters to find it by, 48 to prove it.

The secret has 192 random bits, so a plain SHA-256 at rest cannot be searched and needs no salt or slow hash.
"""

from hashlib import sha256
from secrets import token_hex

MARK = "rk_"
PREFIX_LENGTH = 8
SECRET_LENGTH = 48


def new_key() -> str:
    return MARK + token_hex((PREFIX_LENGTH + SECRET_LENGTH) // 2)


def prefix_of(key: str) -> str:
    """The part a key is found by; empty when it is no key at all."""
    rest = key.removeprefix(MARK)
    if rest == key or len(rest) != PREFIX_LENGTH + SECRET_LENGTH or not rest.isascii():
        return ""
    return rest[:PREFIX_LENGTH]


def hash_of(key: str) -> bytes:
    return sha256(key.encode()).digest()
