"""Codes that a stolen database does not give away.

Nothing here is random and no code is stored. A code is *derived* from what it belongs to and the installation's secret;
what is stored is its *mark*, by which it is found when somebody shows it. Both are HMAC-SHA256 under keys of their own.
Codes that came from elsewhere and have to be shown again are *sealed*: enciphered with a key stream of HMAC-SHA256 that
begins with the code's own mark (a synthetic initial value, as SIV has it), and read back only if the mark agrees.
See docs/adr/0011-codes-are-derived.md.
"""

import hmac
from collections.abc import Iterator
from functools import cache
from hashlib import sha256

from django.conf import settings

from regulars.rewards.spelling import BITS, plain, spelled

MARK_BYTES = 16
SHA256 = "sha256"


def secrets() -> list[str]:
    """The installation's secret, and those it had before: what was made under them stays readable."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def derived(about: str, prefix: str, length: int, secret: str | None = None) -> str:
    """The code of something, as it is printed, with so many characters that nobody can guess."""
    drawn = hmac.digest(_key("derive", secret or settings.SECRET_KEY), about.encode(), SHA256)
    return spelled(prefix, int.from_bytes(drawn[:20]) & (1 << BITS * length) - 1, length)


def mark(program_id: int, code: str, secret: str | None = None) -> bytes:
    """What a code is found by, however it was typed."""
    said = f"{program_id} {plain(code)}".encode()
    return hmac.digest(_key("mark", secret or settings.SECRET_KEY), said, SHA256)[:MARK_BYTES]


def marks(program_id: int, code: str) -> list[bytes]:
    """What it may be found by, where the installation had other secrets before."""
    return [mark(program_id, code, secret) for secret in secrets()]


def read_again(program_id: int, about: str, prefix: str, length: int, known: bytes) -> str:
    """The derived code that has this mark; "" when the installation's secret was lost."""
    codes = ((derived(about, prefix, length, secret), secret) for secret in secrets())
    return next((code for code, secret in codes if mark(program_id, code, secret) == known), "")


def seal(program_id: int, code: str) -> bytes:
    said = code.encode()
    return _enciphered("seal", mark(program_id, code), said, settings.SECRET_KEY)


def unseal(program_id: int, sealed: bytes, known: bytes) -> str:
    """The code that was sealed under this mark; "" when the installation's secret was lost."""
    for secret in secrets():
        said = _enciphered("seal", known, sealed, secret).decode(errors="replace")
        if mark(program_id, said, secret) == known:
            return said
    return ""


def seal_seed(seed: bytes) -> bytes:
    """A day's seed as it is stored until its day is over: under its own digest, which is never used twice."""
    return _enciphered("seed", sha256(seed).digest(), seed, settings.SECRET_KEY)


def unseal_seed(sealed: bytes, digest: bytes) -> bytes | None:
    """The seed of that digest; None when the installation's secret was lost."""
    found = (_enciphered("seed", digest, sealed, secret) for secret in secrets())
    return next((seed for seed in found if sha256(seed).digest() == digest), None)


@cache
def _key(purpose: str, secret: str) -> bytes:
    return sha256(f"regulars.rewards.{purpose} {secret}".encode()).digest()


def _enciphered(purpose: str, begin: bytes, said: bytes, secret: str) -> bytes:
    """The same both ways."""
    stream = _stream(_key(purpose, secret), begin)
    return bytes(byte ^ other for byte, other in zip(said, stream, strict=False))


def _stream(key: bytes, begin: bytes) -> Iterator[int]:
    counter = 0
    while True:
        yield from hmac.digest(key, begin + counter.to_bytes(4), SHA256)
        counter += 1
