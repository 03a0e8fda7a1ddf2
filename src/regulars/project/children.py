"""Child processes of `serve`: each in a session of its own, started again when it dies, gone when we are.

A child ends with its parent even if the parent is killed: it holds the reading end of a pipe whose writing end only the
parent has, and a closed pipe says that nobody is there any more.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress

LIFELINE = "REGULARS_LIFELINE"
# A child that dies this often in this time will not get better by itself. One that ends in order has not died: the
# worker does when its database goes away, and whoever comes after it waits for that.
DEATHS_MAX = 5
DEATHS_SECONDS = 60
STOP_SECONDS = 10


class Child:
    """One child; `revive` starts it when it is not running."""

    def __init__(self, name: str, *words: str, env: dict[str, str] | None = None) -> None:
        self.name = name
        self._words = words
        self._env = env or {}
        self._lifeline, self._ours = os.pipe()
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths: deque[float] = deque(maxlen=DEATHS_MAX)

    def revive(self) -> bool:
        """Whether it runs now; False when it died too often."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return True
            self._bury(code)
            if len(self._deaths) == DEATHS_MAX and self._deaths[-1] - self._deaths[0] < DEATHS_SECONDS:
                return False
        self._process = subprocess.Popen(
            [sys.executable, "-m", *self._words],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[self._lifeline],
            env={**os.environ, **self._env, LIFELINE: str(self._lifeline)},
        )
        return True

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        """Until it is gone; it is killed when it takes too long."""
        if self._process is None:
            return
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"regulars: {self.name} did not stop in {STOP_SECONDS} s and is killed.", file=sys.stderr)
        self._kill_group()
        self._process.wait()
        os.close(self._ours)
        os.close(self._lifeline)

    def _bury(self, code: int) -> None:
        if code:
            self._deaths.append(time.monotonic())
        print(f"regulars: {self.name} ended unexpectedly ({code}) and is started again.", file=sys.stderr)
        self._kill_group()

    def _kill_group(self) -> None:
        # Its own children (the web server's workers) would live on and keep the port.
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def end_with_parent() -> None:
    """Called by a child: TERM to ourselves when the parent is gone. Nothing happens when nobody gave us a lifeline."""
    handle = os.environ.get(LIFELINE)
    if handle is None:
        return

    def watch() -> None:
        os.read(int(handle), 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
