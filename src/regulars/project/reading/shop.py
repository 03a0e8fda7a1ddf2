"""Members with points to spend, in an installation of its own, and the API's reads of them.

`python -m regulars.project.reading.shop ROUNDS` fills it, asks each read so often, and prints what each took as JSON.
The whole way of a request is measured but the wire. Reads take turns, so that what else the machine does falls on all
of them alike.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from statistics import quantiles
from time import perf_counter
from typing import Any

from msgspec import Struct

CART = {
    "currency": "TWD",
    "lines": [{"line": "1", "sku": "OOL-1", "quantity": 2, "total": "998"}],
    "lay": [{"id": "1", "reward": "cup"}],
}


class Read(Struct, frozen=True):
    """Milliseconds at the middle and at the slow end, and questions to the database."""

    name: str
    p50: float
    p99: float
    questions: int


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
    import django

    django.setup()
    import msgspec
    from django.test.utils import override_settings

    from regulars.project.database import database_running
    from regulars.project.migration import migrate_when_needed
    from regulars.project.redeeming.shop import filled

    with database_running(), override_settings(ROOT_URLCONF="regulars.project.reading.urls"):
        migrate_when_needed()
        key, members = filled("members:read", "rewards:read")
        sys.stdout.write(msgspec.json.encode(asked(key, members, int(sys.argv[1]))).decode())


def asked(key: str, members: Sequence[str], rounds: int) -> list[Read]:
    """One row by its key, a member, and the quote of a cart."""
    from django.test import Client

    api = Client(SERVER_NAME="localhost", headers={"authorization": f"Bearer {key}"})

    def quote(member: str) -> Any:
        return api.post("/v1/checkouts:quote", json.dumps(CART | {"member": member}), content_type="application/json")

    reads: dict[str, Callable[[str], Any]] = {
        "row": lambda member: api.get(f"/bench/rows/{member}"),
        "member": lambda member: api.get(f"/v1/members/{member}"),
        "quote": quote,
    }
    took: dict[str, list[float]] = {name: [] for name in reads}
    for number in range(-len(members) // 10, rounds):
        for name, read in reads.items():
            begun = perf_counter()
            answer = read(members[number % len(members)])
            spent = (perf_counter() - begun) * 1000
            assert answer.status_code == 200, (name, answer.status_code, answer.content)
            # The first ones warm up.
            if number >= 0:
                took[name].append(spent)
    return [_read(name, read, members[0], took[name]) for name, read in reads.items()]


def _read(name: str, read: Callable[[str], Any], member: str, took: Sequence[float]) -> Read:
    from regulars.project.paging.questions import questions

    with questions() as put:
        read(member)
    cut = quantiles(took, n=100, method="inclusive")
    return Read(name, cut[49], cut[98], len(put))


if __name__ == "__main__":
    main()
