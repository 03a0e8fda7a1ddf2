"""The copies of rewards that members own, and what happened to each. Locked last, in the order of their ids."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct

from regulars.ledger.connect import add_rows, moment, over, rows, run
from regulars.rewards import secrecy
from regulars.rewards.refusing import Refused

# Characters drawn for the code of an issued reward: 60 bits.
CODE_LENGTH = 12

COLUMNS = (
    "id", "program_id", "member_id", "reward", "version", "state", "mark", "issued_at", "valid_from", "expires_at",
    "checkout_id",
)  # fmt: skip
TYPES = (
    "uuid", "int4", "uuid", "text", "int4", "text", "bytea", "timestamptz", "timestamptz", "timestamptz", "uuid",
)  # fmt: skip
HOLD = """
    UPDATE rewards_issued SET state = 'held', checkout_id = %s, held_until = %s
    WHERE program_id = %s AND id = %s AND (state = 'issued' OR (state = 'held' AND held_until <= %s)) RETURNING id
"""
USE = """
    UPDATE rewards_issued SET state = 'used', held_until = NULL
    WHERE program_id = %s AND id = %s AND state = 'held' AND checkout_id = %s RETURNING id
"""
FREE = """
    UPDATE rewards_issued SET state = 'issued', held_until = NULL, checkout_id = NULL,
        expires_at = CASE WHEN expires_at IS NULL THEN NULL ELSE GREATEST(expires_at, %s) END
    WHERE program_id = %s AND id = %s AND checkout_id = %s RETURNING id
"""
DRAW = """
    UPDATE rewards_issued SET state = 'used', held_until = NULL
    WHERE program_id = %s AND id = %s AND (state = 'issued' OR (state = 'held' AND held_until <= %s)) RETURNING id
"""
CANCEL = "UPDATE rewards_issued SET state = 'cancelled', held_until = NULL WHERE program_id = %s AND id = %s"
TELL = """
    INSERT INTO rewards_happened (program_id, issued_id, at, what, actor, place, reason, checkout_id)
    SELECT %s, issued_id, at, what, actor, place, reason, checkout_id
    FROM {rows} AS told (number, issued_id, at, what, actor, place, reason, checkout_id) ORDER BY number
"""
# Looked for once, whatever the plan: a subquery on the inner side of a join would find another code on each turn.
FROM_POOL = """
    WITH free AS MATERIALIZED (
        SELECT c.mark FROM rewards_code AS c JOIN rewards_batch AS b ON b.id = c.batch_id
        WHERE c.program_id = %s AND b.reward = %s AND c.issued_id IS NULL AND c.sealed IS NOT NULL
            AND b.cancelled_at IS NULL AND (b.valid_from IS NULL OR b.valid_from <= %s)
            AND (b.expires_at IS NULL OR b.expires_at > %s)
        ORDER BY c.batch_id, c.number LIMIT 1 FOR UPDATE OF c SKIP LOCKED
    )
    UPDATE rewards_code AS c SET issued_id = %s, held_until = %s FROM free
    WHERE c.program_id = %s AND c.mark = free.mark RETURNING c.sealed, c.mark
"""
BACK_TO_POOL = """
    WITH over AS MATERIALIZED (
        SELECT mark FROM rewards_code WHERE program_id = %s AND held_until <= %s FOR UPDATE SKIP LOCKED
    )
    UPDATE rewards_code AS c SET issued_id = NULL, held_until = NULL FROM over
    WHERE c.program_id = %s AND c.mark = over.mark
"""
LET_GO = """
    UPDATE rewards_code SET issued_id = NULL, held_until = NULL
    WHERE program_id = %s AND issued_id = ANY(%b) AND held_until IS NOT NULL
"""
KEPT_FOR = """
    UPDATE rewards_code SET held_until = NULL
    WHERE program_id = %s AND issued_id = %s AND held_until IS NOT NULL RETURNING mark
"""
POOLS = """
    SELECT reward FROM unnest(%b::text[]) AS wanted (reward)
    WHERE EXISTS (SELECT 1 FROM rewards_batch AS b WHERE b.program_id = %s AND b.reward = wanted.reward)
"""
TOLD_TYPES = ("int4", "uuid", "timestamptz", "text", "text", "text", "text", "uuid")


LOCK = """
    SELECT id, state, checkout_id, held_until, fulfilment FROM rewards_issued
    WHERE program_id = %s AND id = ANY(%b) ORDER BY id FOR UPDATE
"""
GOOD = "SELECT 1 FROM rewards_issued WHERE program_id = %s AND id = %s AND state <> 'cancelled'"
FULFIL = "UPDATE rewards_issued SET fulfilment = %s WHERE program_id = %s AND id = %s"


# What goods were before each step.
BEFORE = {"ordered": "", "shipped": "ordered", "delivered": "shipped"}
GONE_OUT = ("delivered", "shipped")


class Doing(Struct, frozen=True):
    """Who does something, where, when, and in which checkout."""

    program_id: int
    at: int
    actor: str = ""
    place: str = ""
    checkout_id: UUID | None = None


class Copy(Struct, frozen=True):
    """A copy of a reward that is to be issued, as it was offered `issued_at`."""

    id: UUID
    member_id: UUID
    reward: str
    version: int
    state: str
    issued_at: int
    valid_from: int | None = None
    expires_at: int | None = None


def is_good(conn: psycopg.Connection[Any], program_id: int, issued_id: UUID) -> bool:
    """Whether it was issued and not cancelled."""
    return bool(rows(conn, GOOD, [program_id, issued_id]))


def about(issued_id: UUID) -> str:
    return f"issued:{issued_id}"


def issue(conn: psycopg.Connection[Any], copy: Copy, doing: Doing, reason: str = "") -> None:
    """A member owns it from now on. Raises Refused where its codes come from a pool that is empty."""
    issue_all(conn, [(copy, doing)], reason)


def issue_all(conn: psycopg.Connection[Any], issued: Sequence[tuple[Copy, Doing]], reason: str = "") -> None:
    """The same of many, of one program."""
    add_rows(conn, "rewards_issued", COLUMNS, TYPES, (_row(copy, doing) for copy, doing in issued))
    pools = _pools(conn, [(copy.reward, doing) for copy, doing in issued])
    for copy, doing in issued:
        if copy.reward in pools and not rows(conn, KEPT_FOR, [doing.program_id, copy.id]):
            _take_of_pool(conn, copy.id, copy.reward, None, doing)
    told = [
        (copy.id, what, why, doing)
        for copy, doing in issued
        for what, why in ([("issued", reason), ("used", "")] if copy.state == "used" else [("issued", reason)])
    ]
    _tell(conn, told)


def _row(copy: Copy, doing: Doing) -> Sequence[Any]:
    mark = secrecy.mark(doing.program_id, secrecy.derived(about(copy.id), "", CODE_LENGTH))
    times = [moment(copy.issued_at), moment(copy.valid_from), moment(copy.expires_at)]
    own = [copy.id, doing.program_id, copy.member_id, copy.reward, copy.version, copy.state, mark]
    return [*own, *times, doing.checkout_id]


def hand_out(conn: psycopg.Connection[Any], *wanted: tuple[UUID, str, int | None, Doing]) -> None:
    """For each copy of a reward the next code of its pool, if it has one, that nobody has or holds; until then or
    (None) for good. Raises Refused."""
    pools = _pools(conn, [(reward, doing) for _, reward, _, doing in wanted])
    for issued_id, reward, until, doing in wanted:
        if reward in pools:
            _take_of_pool(conn, issued_id, reward, until, doing)


def _pools(conn: psycopg.Connection[Any], wanted: Sequence[tuple[str, Doing]]) -> set[str]:
    """Those of these rewards whose codes come from a pool."""
    if not wanted:
        return set()
    names = sorted({reward for reward, _ in wanted})
    return {reward for (reward,) in rows(conn, POOLS, [names, wanted[0][1].program_id])}


def _take_of_pool(conn: psycopg.Connection[Any], issued_id: UUID, reward: str, until: int | None, doing: Doing) -> None:
    at = moment(doing.at)
    run(conn, BACK_TO_POOL, [doing.program_id, at, doing.program_id])
    if not rows(conn, FROM_POOL, [doing.program_id, reward, at, at, issued_id, moment(until), doing.program_id]):
        raise Refused("pool_empty")


def let_go(conn: psycopg.Connection[Any], issued_ids: Sequence[UUID], doing: Doing) -> None:
    """Codes that were held for copies that are not issued go back to their pool."""
    run(conn, LET_GO, [doing.program_id, list(issued_ids)])


def hold(conn: psycopg.Connection[Any], issued_ids: Sequence[UUID], until: int, doing: Doing) -> None:
    """Raises Refused where somebody was quicker."""
    for issued_id in sorted(issued_ids):
        values = [doing.checkout_id, moment(until), doing.program_id, issued_id, moment(doing.at)]
        if not rows(conn, HOLD, values):
            raise Refused("code_held")
        tell(conn, issued_id, "held", doing)


def use(conn: psycopg.Connection[Any], issued_ids: Sequence[UUID], doing: Doing) -> None:
    """What the checkout held is used."""
    for issued_id in sorted(issued_ids):
        if not rows(conn, USE, [doing.program_id, issued_id, doing.checkout_id]):
            raise Refused("checkout_lapsed")
        tell(conn, issued_id, "used", doing)


def draw(conn: psycopg.Connection[Any], issued_id: UUID, prize: str, doing: Doing) -> None:
    """A ticket was drawn, and is used by it. Raises Refused where it is not there any more."""
    if not rows(conn, DRAW, [doing.program_id, issued_id, moment(doing.at)]):
        raise Refused("code_used")
    tell(conn, issued_id, "drawn", doing, prize)


def free(conn: psycopg.Connection[Any], issued_ids: Sequence[UUID], what: str, valid_until: int, doing: Doing) -> None:
    """What the checkout held or used can be used again, and for a while yet if it cannot for ever."""
    for issued_id in sorted(issued_ids):
        if rows(conn, FREE, [moment(valid_until), doing.program_id, issued_id, doing.checkout_id]):
            tell(conn, issued_id, what, doing)


def take_back(conn: psycopg.Connection[Any], issued_ids: Sequence[UUID], doing: Doing, reason: str = "") -> None:
    """Cancel what was bought with the checkout, unless it is. Raises Refused for what was used elsewhere since, or is
    on its way."""
    found = rows(conn, LOCK, [doing.program_id, list(issued_ids)])
    for _, state, checkout_id, held_until, fulfilment in found:
        if fulfilment in GONE_OUT:
            raise Refused("already_shipped")
        if state == "held" and held_until > moment(doing.at):
            raise Refused("code_held")
        if state == "used" and checkout_id != doing.checkout_id:
            raise Refused("code_used")
    cancel(conn, [number for number, state, _, _, _ in found if state != "cancelled"], doing, reason)


def fulfil(conn: psycopg.Connection[Any], issued_id: UUID, step: str, doing: Doing, reason: str = "") -> None:
    """The goods of an issued reward are one step nearer to the member. Raises Refused."""
    found = rows(conn, LOCK, [doing.program_id, [issued_id]])
    if not found:
        raise Refused("issued_unknown")
    _, state, _, _, before = found[0]
    if state == "cancelled":
        raise Refused("code_cancelled")
    if BEFORE[step] != before:
        raise Refused("fulfilment_order", {"state": before})
    run(conn, FULFIL, [step, doing.program_id, issued_id])
    tell(conn, issued_id, step, doing, reason)


def cancel(conn: psycopg.Connection[Any], issued_ids: Sequence[UUID], doing: Doing, reason: str = "") -> None:
    for issued_id in sorted(issued_ids):
        run(conn, CANCEL, [doing.program_id, issued_id])
        tell(conn, issued_id, "cancelled", doing, reason)


def tell(conn: psycopg.Connection[Any], issued_id: UUID, what: str, doing: Doing, reason: str = "") -> None:
    """Add to its history."""
    _tell(conn, [(issued_id, what, reason, doing)])


def _tell(conn: psycopg.Connection[Any], told: Sequence[tuple[UUID, str, str, Doing]]) -> None:
    """What happened to which, and why, one after the other."""
    if not told:
        return
    given = [
        (number, issued_id, moment(doing.at), what, doing.actor, doing.place, reason, doing.checkout_id)
        for number, (issued_id, what, reason, doing) in enumerate(told)
    ]
    text, parameters = over(TELL, given, TOLD_TYPES)
    run(conn, text, [told[0][3].program_id, *parameters])
