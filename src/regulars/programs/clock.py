"""The one place that reads the clock for a program."""

from time import time_ns


def real_now() -> int:
    """Microseconds since 1970 in UTC."""
    return time_ns() // 1_000
