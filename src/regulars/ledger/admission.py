"""What may become a fact: codes, ids and what the program declares, never anybody's own words.

Facts are kept for ever under a chain of hashes, so whatever names a person must not get in.
"""

import re
from uuid import UUID

from regulars.engine.facts import Adjustment, Closing, Details, Fact, Merge, Referred, TierGrant, Transfer, Unmerge
from regulars.engine.program import Programs

CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}", re.ASCII)


def refusal(programs: Programs, member_id: UUID | None, fact: Fact) -> str:
    """Why the ledger does not keep this of a member, one of its REFUSALS; "" where it does."""
    if isinstance(fact, Referred) and fact.by == str(member_id):
        return "self_referral"
    if isinstance(fact, Transfer) and not is_member(fact.to):
        return "words_in_fact"
    if isinstance(fact, Adjustment | Closing | Merge | TierGrant | Unmerge):
        people = [fact.actor, *([fact.approver] if isinstance(fact, Adjustment) and fact.approver else [])]
        if not CODE.fullmatch(fact.reason) or not all(ID.fullmatch(person) for person in people):
            return "words_in_fact"
    if isinstance(fact, Details):
        declared = programs.at(fact.at).attributes
        if any(value not in declared.get(name, ()) for name, value in fact.attributes.items()):
            return "attribute_undeclared"
    return ""


def is_member(said: str) -> bool:
    """Whether this can be the id of a member."""
    try:
        return str(UUID(said)) == said
    except ValueError:
        return False
