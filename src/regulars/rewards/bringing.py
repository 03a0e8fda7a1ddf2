"""Coupons that reward who gave them: whoever uses one was brought by its owner, and the program rewards that."""

from uuid import UUID

from regulars.engine.program import Programs
from regulars.members.models import Member
from regulars.members.referring import ReferralRefused, are_one, refer
from regulars.rewards.refusing import Refused


def check_giver(program_id: int, member_ids: frozenset[UUID], giver_id: UUID) -> None:
    """Nobody brings themselves, under whatever name. Raises Refused."""
    people = Member.objects.filter(program_id=program_id, id__in=(*member_ids, giver_id))
    giver = next((one for one in people if one.id == giver_id), None)
    if giver is None or any(one.id == giver_id or are_one(one, giver) for one in people if one.id in member_ids):
        raise Refused("own_code" if giver else "code_cancelled")


def bring(programs: Programs, member_id: UUID, giver_id: UUID, now: int) -> None:
    """The first who brought a member counts; a later code only takes off what it takes off."""
    try:
        refer(programs, member_id, giver_id, now, now)
    except ReferralRefused:
        return
