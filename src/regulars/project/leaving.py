"""Signals that ask a process to go. Without a handler Python would die at once and leave the database running."""

import signal
import sys


def leave_in_order() -> None:
    """From now on, asked to stop: what is open gets closed and the database stopped, as after Ctrl-C."""
    for number in leaving():
        signal.signal(number, _leave)


def leaving() -> list[signal.Signals]:
    """HUP only where nobody (nohup) told us to live on without a terminal."""
    lives_on = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [signal.SIGTERM] if lives_on else [signal.SIGTERM, signal.SIGHUP]


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)
