"""The processes of an import, one for each part, and what they say."""

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from regulars.intake.actions import Taken
from regulars.intake.working import BEGIN, STOPPED, Assignment, command

STOP_SECONDS = 60
SAID_MAX = 2_000


class Failed(Exception):
    """A process of the import ended with an error; the same import goes on from its last batch."""


class Crew:
    """Processes that get ready while the file is read, and begin when they are told to.

    They have sessions of their own: Ctrl-C is for the parent, which tells them to stop after the batch in hand.
    """

    def __init__(self, assignments: Sequence[Assignment], folder: Path) -> None:
        source = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
        # What a process says, and itself when it has ended.
        self._said: queue.Queue[bytes | subprocess.Popen[bytes]] = queue.Queue()
        self._complaints = [folder / f"complaints-{assignment.part}.txt" for assignment in assignments]
        self._workers = []
        for assignment, complaints in zip(assignments, self._complaints, strict=True):
            with complaints.open("wb") as errors:
                worker = subprocess.Popen(
                    command(assignment),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env={**os.environ, "PYTHONPATH": path},
                    start_new_session=True,
                )
            self._workers.append(worker)

    def run(self, report: Callable[[Taken], None]) -> bool:
        """Until all are done; False when one was told to stop. Raises Failed when one ended with an error."""
        for worker in self._workers:
            _tell_to_begin(worker)
            threading.Thread(target=self._listen, args=[worker], daemon=True).start()
        try:
            self._hear(report)
        finally:
            self.stop()
        codes = [worker.returncode for worker in self._workers]
        if any(code not in (0, STOPPED) for code in codes):
            raise Failed(self._complaint())
        return STOPPED not in codes

    def _hear(self, report: Callable[[Taken], None]) -> None:
        """Until all have ended well, or one has not: then the others need not go on."""
        running = len(self._workers)
        while running:
            said = self._said.get()
            if isinstance(said, bytes):
                report(msgspec.json.decode(said, type=Taken))
            elif said.wait():
                return
            else:
                running -= 1

    def stop(self) -> None:
        """Let each finish the batch in hand; whoever has not begun never does."""
        for worker in self._workers:
            _close(worker)
            worker.terminate()
        for worker in self._workers:
            try:
                worker.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    def _listen(self, worker: "subprocess.Popen[bytes]") -> None:
        assert worker.stdout is not None
        for line in worker.stdout:
            self._said.put(line)
        self._said.put(worker)

    def _complaint(self) -> str:
        said = [complaints.read_text(errors="replace").strip() for complaints in self._complaints]
        return "\n".join(filter(None, said))[-SAID_MAX:]


def _tell_to_begin(worker: "subprocess.Popen[bytes]") -> None:
    """One that has died already is heard of by its exit code."""
    assert worker.stdin is not None
    with suppress(BrokenPipeError):
        worker.stdin.write(BEGIN)
        worker.stdin.flush()


def _close(worker: "subprocess.Popen[bytes]") -> None:
    assert worker.stdin is not None
    with suppress(BrokenPipeError):
        worker.stdin.close()
