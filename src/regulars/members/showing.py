"""Tokens by which a page of the shop's own site shows a member what is theirs: signed, short-lived, kept nowhere.

Whoever has one may read balances and ask what a cart earns, and nothing else: they take nothing and change nothing.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing

LASTS = timedelta(hours=1)


def token_for(program_id: int, member_id: UUID) -> str:
    """For the shop's server to put into its page."""
    return signing.dumps(member_id.hex, salt=_salt(program_id))


def shown_by(program_id: int, token: str) -> UUID | None:
    """Whom it shows; None where it is over, of another program, or none of ours."""
    try:
        return UUID(signing.loads(token, salt=_salt(program_id), max_age=LASTS))
    except signing.BadSignature:
        return None


def _salt(program_id: int) -> str:
    return f"regulars.members.showing.{program_id}"
