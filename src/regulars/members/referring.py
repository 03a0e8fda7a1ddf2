"""Who brought whom. Nobody brings themselves: two members with one e-mail, telephone, card, address or device are one.

E-mail and telephone are the members' own; of addresses, payment cards and devices only marks are kept, which say that
two are the same and not what they are.
"""

import re
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from regulars.engine.facts import Referred
from regulars.engine.program import Programs
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Incoming, Receipt
from regulars.ledger.record import record
from regulars.members.models import Member, Trace

# Why a referral was not recorded, besides what the ledger refuses. Stable for ever.
REFUSALS = ("referrer_unknown", "self_referral")
SALT = "regulars.members.trace"
# Country codes and leading zeros differ between two ways of writing one number; its last digits do not.
TELLING_DIGITS = 8


class ReferralRefused(Exception):
    """Nothing was changed; `code` is one of REFUSALS or of the ledger's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def refer(programs: Programs, friend_id: UUID, by: UUID, referred_at: int, now: int) -> Receipt:
    """A member was brought by another one; the first to do so counts. Raises ReferralRefused.

    `referred_at` in microseconds. The friend must be known already, with whatever is known of them.
    """
    members = {
        member.id: member for member in Member.objects.filter(program_id=programs.program_id, id__in=(friend_id, by))
    }
    friend, referrer = members.get(friend_id), members.get(by)
    if friend is None or referrer is None or referrer.joined_at is None:
        raise ReferralRefused("referrer_unknown")
    if friend == referrer or are_one(friend, referrer):
        raise ReferralRefused("self_referral")
    [receipt] = record(raw(), programs, [Incoming(friend_id, Referred(str(friend_id), str(by), referred_at))], now)
    if receipt.outcome == "refused":
        raise ReferralRefused(receipt.code)
    return receipt


def are_one(first: Member, second: Member) -> bool:
    """Whether two members seem to be one person."""
    if email(first) and email(first) == email(second):
        return True
    if telephone(first) and telephone(first) == telephone(second):
        return True
    return bool(_marks(first) & _marks(second))


def email(member: Member) -> str:
    """As its mailbox is reached: without a tag, in one case."""
    name, _, domain = member.email.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}" if name else ""


def telephone(member: Member) -> str:
    digits = re.sub(r"\D", "", member.phone)
    return digits[-TELLING_DIGITS:] if len(digits) >= TELLING_DIGITS else ""


def _marks(member: Member) -> set[tuple[str, str]]:
    return set(Trace.objects.filter(member=member).values_list("kind", "mark"))


def trace(member_id: UUID, kind: str, said: str) -> None:
    """Remember the mark of an address, a payment card or a device that a member uses; `kind` is one of Trace.KINDS."""
    if kind not in Trace.KINDS:
        raise ValueError(f"no such trace: {kind}; there are {', '.join(Trace.KINDS)}")
    plain = re.sub(r"[\W_]+", "", said.casefold())
    if plain:
        Trace.objects.get_or_create(
            member_id=member_id, kind=kind, mark=salted_hmac(f"{SALT}.{kind}", plain).hexdigest()
        )
