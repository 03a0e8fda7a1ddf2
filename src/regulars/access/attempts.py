"""Wrong secrets, counted for a minute by where they come from and which key they try.

A key has 192 random bits, so nobody guesses one; this keeps those who try from costing us much, and lets us notice.
Other keys from the same address are not slowed, so one broken till does not stop the shop. Each process of the web
server counts by itself.
"""

import logging
from hashlib import sha256

from django.core.cache import caches

LIMIT = 10
WINDOW_SECONDS = 60

log = logging.getLogger(__name__)


def too_many(address: str, prefix: str) -> bool:
    return bool(caches["process"].get(_slot(address, prefix), 0) >= LIMIT)


def note(address: str, prefix: str) -> None:
    cache, slot = caches["process"], _slot(address, prefix)
    cache.add(slot, 0, WINDOW_SECONDS)
    if cache.incr(slot) == LIMIT:
        log.warning("%d wrong secrets for the key rk_%s from %s within a minute", LIMIT, prefix, address)


def _slot(address: str, prefix: str) -> str:
    return "attempts:" + sha256(f"{address} {prefix}".encode()).hexdigest()
