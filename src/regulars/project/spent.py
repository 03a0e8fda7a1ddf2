"""What CPU processes spent, as Linux counts it: of a process and all that came of it."""

import os
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def spent(*roots: int) -> float:
    """Seconds of CPU of these processes and their descendants, those that ended and were waited for too."""
    found: dict[int, tuple[int, float]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and (read := _read(path)):
            found[int(path.name)] = read
    wanted, total = set(roots), 0.0
    while wanted:
        total += sum(found[one][1] for one in wanted if one in found)
        wanted = {one for one, (parent, _) in found.items() if parent in wanted}
    return total


def _read(path: Path) -> tuple[int, float] | None:
    """The parent, and the seconds; None where the process has just ended."""
    try:
        words = (path / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(words[1]), sum(int(words[place]) for place in (11, 12, 13, 14)) * TICK
