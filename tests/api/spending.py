"""Every operation about spending, the scope it needs, and a request that succeeds."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpResponse

from regulars.members.models import Member
from regulars.rewards.models import AskedAdjustment
from tests.api.till import Till, line

Operations = dict[tuple[str, str], tuple[str, Callable[[Till], HttpResponse]]]

COUPON = {"id": "c", "code": "SPRING10"}


def counter(*laid: dict[str, Any]) -> dict[str, Any]:
    return {"currency": "TWD", "customer": "C-1", "lines": [line(total="500")], "lay": list(laid or (COUPON,))}


def posted(path: str, body: object = None) -> Callable[[Till], HttpResponse]:
    return lambda till: till.send("POST", path, {} if body is None else body, idempotency_key="op-1")


def held(verb: str) -> Callable[[Till], HttpResponse]:
    """Ends what a till that may do everything holds; without a verb, reads it."""

    def ask(till: Till) -> HttpResponse:
        number = made("rewards_checkout")
        return (
            till.send("POST", f"/checkouts/{number}:{verb}", {}, idempotency_key="op-2")
            if verb
            else till.get(f"/checkouts/{number}")
        )

    return ask


def owned(verb: str, body: object = None) -> Callable[[Till], HttpResponse]:
    def ask(till: Till) -> HttpResponse:
        number = made("rewards_issued")
        return till.send("POST", f"/issued/{number}:{verb}", body or {}) if verb else till.get(f"/issued/{number}")

    return ask


def waiting(verb: str) -> Callable[[Till], HttpResponse]:
    """Decides what somebody else asks for."""

    def ask(till: Till) -> HttpResponse:
        member = Member.objects.all()[0]
        number = AskedAdjustment.objects.create(
            program_id=member.program_id,
            member_id=member.id,
            wallet="points",
            points=1,
            reason="goodwill",
            asked_by="else",
            asked_at=datetime.now(UTC),
        ).id
        return till.send("POST", f"/adjustments/{number}:{verb}", {}, idempotency_key="op-4")

    return ask


def batch(verb: str, body: object = None) -> Callable[[Till], HttpResponse]:
    def ask(till: Till) -> HttpResponse:
        number = made("rewards_batch")
        return till.send("POST", f"/codes/{number}:{verb}", body) if verb else till.get(f"/codes/{number}")

    return ask


def made(table: str) -> UUID | int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} LIMIT 1")
        found: tuple[UUID | int] = cursor.fetchone()
    return found[0]


def prepare(till: Till) -> None:
    """What the requests below need: something held, something owned, some codes."""
    till.put()
    till.send("POST", "/checkouts", {**counter(), "hold_minutes": 5}, idempotency_key="p-1")
    till.send("POST", "/members/external:C-1/gifts", {"reward": "tasting", "cause": "x"}, idempotency_key="p-2")
    till.send("POST", "/codes", {"coupon": "batch", "quantity": 1}, idempotency_key="p-3")


OPERATIONS: Operations = {
    ("POST", "v1/members:identify"): ("members:read", posted("/members:identify", {"customer": "C-1"})),
    ("POST", "v1/checkouts:quote"): ("rewards:read", posted("/checkouts:quote", counter())),
    ("POST", "v1/checkouts"): ("rewards:redeem", posted("/checkouts", counter())),
    ("GET", "v1/checkouts/<uuidstr:checkout>"): ("rewards:read", held("")),
    ("POST", "v1/checkouts/<uuidstr:checkout>:capture"): ("rewards:redeem", held("capture")),
    ("POST", "v1/checkouts/<uuidstr:checkout>:release"): ("rewards:redeem", held("release")),
    ("POST", "v1/checkouts/<uuidstr:checkout>:void"): ("rewards:redeem", held("void")),
    ("GET", "v1/members/<path:member>/rewards"): (
        "rewards:read",
        lambda till: till.get("/members/external:C-1/rewards"),
    ),
    ("POST", "v1/members/<path:member>/rewards"): (
        "rewards:redeem",
        posted("/members/external:C-1/rewards", {"reward": "tasting"}),
    ),
    ("POST", "v1/members/<path:member>/gifts"): (
        "rewards:issue",
        posted("/members/external:C-1/gifts", {"reward": "cup", "cause": "y"}),
    ),
    ("POST", "v1/members/<path:member>/adjustments"): (
        "points:adjust",
        posted("/members/external:C-1/adjustments", {"wallet": "points", "points": 5, "reason": "goodwill"}),
    ),
    ("GET", "v1/adjustments"): ("points:approve", lambda till: till.get("/adjustments")),
    ("POST", "v1/adjustments/<uuidstr:adjustment>:approve"): ("points:approve", waiting("approve")),
    ("POST", "v1/adjustments/<uuidstr:adjustment>:decline"): ("points:approve", waiting("decline")),
    ("GET", "v1/issued/<uuidstr:issued>"): ("rewards:read", owned("")),
    ("POST", "v1/issued/<uuidstr:issued>:fulfil"): ("rewards:fulfil", owned("fulfil", {"step": "ordered"})),
    ("POST", "v1/issued/<uuidstr:issued>:cancel"): ("rewards:issue", owned("cancel")),
    ("POST", "v1/codes"): ("codes:make", posted("/codes", {"coupon": "batch", "quantity": 1})),
    ("GET", "v1/codes/<int:batch>"): ("codes:make", batch("")),
    ("POST", "v1/codes/<int:batch>:import"): ("codes:make", batch("import", {"codes": ["ABC-1"]})),
    ("POST", "v1/codes/<int:batch>:cancel"): ("codes:make", batch("cancel")),
    ("POST", "v1/codes:personal"): ("codes:make", posted("/codes:personal", {"coupon": "own", "customer": "C-1"})),
}
