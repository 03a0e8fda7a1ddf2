"""Members who are or were one: what is recorded of one of them is told in the other's history as well.

From a merge on whatever is learned of the absorbed member is told to the survivor; when the two are two again each
hears what happened to the other until then. A history that begins to tell of somebody tells everything of them. So a
fold reads one member's facts, and every member's chain proves all of their entries.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg
from msgspec.structs import replace

from regulars.engine.facts import Claimed, Closing, Fact, Merge, Order, Theirs, Unmerge
from regulars.engine.together import retold
from regulars.ledger import codec, load
from regulars.ledger.claims import Claim
from regulars.ledger.connect import run
from regulars.ledger.load import Loaded

HAND_ON = """
    UPDATE ledger_fact_key AS k SET member_id = %s FROM unnest(%b::smallint[], %b::text[]) AS passed (kind, key)
    WHERE k.program_id = %s AND k.kind = passed.kind AND k.key = passed.key AND k.member_id = %s
"""
# Told by another member's history: no receipt waits for it.
NOWHERE = -1


def is_told(loaded: Loaded, claims: Iterable[Claim]) -> bool:
    """Whether any of a member's claims may concern somebody else."""
    account = loaded.account
    return bool(account.into or account.parted) or any(
        isinstance(item.fact, Merge | Unmerge | Claimed | Closing) for item in claims
    )


def spread(
    conn: psycopg.Connection[Any], program_id: int, loaded: dict[UUID, Loaded], claims: dict[UUID, list[Claim]]
) -> bool:
    """Tell these claims to whoever hears of their members; whether an account must be loaded for it."""
    added = False
    for member in sorted(loaded):
        for item in list(claims.get(member, ())):
            if item.told:
                continue
            item.told = True
            for hearer, facts in heard(conn, program_id, loaded[member], item, claims):
                known = bodies(conn, program_id, hearer, claims)
                new = [fact for fact in facts if codec.encode(fact) not in known]
                if new:
                    added = added or hearer not in loaded
                    claims.setdefault(hearer, []).extend(
                        Claim(NOWHERE, hearer, False, fact, isinstance(fact, Theirs), isinstance(fact, Claimed))
                        for fact in new
                    )
    return added


def heard(
    conn: psycopg.Connection[Any], program_id: int, loaded: Loaded, item: Claim, claims: dict[UUID, list[Claim]]
) -> Iterable[tuple[UUID, list[Fact]]]:
    """Who hears of a claim, and what; of whom a merge concerns, everything."""
    teller, fact = loaded.member_id, item.fact
    if isinstance(fact, Claimed):
        known = [one for _, one in load.history(conn, program_id, teller)]
        run(conn, HAND_ON, [UUID(fact.by), *keys_of(known), program_id, teller])
        yield UUID(fact.by), [*known, replace(fact, me=fact.by)]
        return
    if isinstance(fact, Merge | Unmerge):
        known = [one for _, one in load.history(conn, program_id, teller)] + [one.fact for one in claims[teller]]
        hearer = other_of(teller, fact, known)
        if hearer is not None:
            yield hearer, told(known, teller, hearer)
    if isinstance(fact, Closing):
        for part in parts_of(loaded):
            yield part, told([fact], teller, part)
    for hearer in hearers(loaded, fact):
        yield hearer, told([fact], teller, hearer)


def keys_of(facts: Iterable[Fact]) -> tuple[list[int], list[str]]:
    """The keys by which facts about a guest's order will find whose it is now."""
    own = [(codec.kind_of(fact), fact.key) for fact in facts]
    own += [(codec.KIND_AWAITED, fact.key) for fact in facts if isinstance(fact, Order)]
    return [kind for kind, _ in own], [key for _, key in own]


def other_of(teller: UUID, fact: Merge | Unmerge, known: Iterable[Fact]) -> UUID | None:
    """The survivor hears of whom it absorbs; who was absorbed hears of the survivor when they part."""
    if isinstance(fact, Merge):
        return UUID(fact.survivor) if fact.absorbed == str(teller) else None
    merges = (one for one in known if isinstance(one, Merge) and one.key == fact.merge)
    return next((UUID(one.absorbed) for one in merges if one.survivor == str(teller)), None)


def told(facts: Iterable[Fact], teller: UUID, hearer: UUID) -> list[Fact]:
    said = (retold(fact, str(teller), str(hearer)) for fact in facts)
    return [fact for fact in said if fact is not None]


def hearers(loaded: Loaded, fact: Fact) -> list[UUID]:
    account, at = loaded.account, earliest(fact)
    found = [account.into] if account.into else []
    return [UUID(name) for name in (*found, *(name for name, until in account.parted if at <= until))]


def parts_of(loaded: Loaded) -> list[UUID]:
    """Who became part of a member: what they did is over when that one's account is closed."""
    names = {UUID(name) for _, members in loaded.account.joined for name in members}
    return sorted(names - {loaded.member_id})


def earliest(fact: Fact) -> int:
    """The first instant that a fact speaks of."""
    own = fact.fact if isinstance(fact, Theirs) else fact
    return min(own.version_at, own.paid_at or own.version_at) if isinstance(own, Order) else own.at


def bodies(
    conn: psycopg.Connection[Any], program_id: int, member_id: UUID, claims: dict[UUID, list[Claim]]
) -> set[bytes]:
    known = [fact for _, fact in load.recorded(conn, program_id, member_id)]
    return {codec.encode(fact) for fact in (*known, *(item.fact for item in claims.get(member_id, ())))}
