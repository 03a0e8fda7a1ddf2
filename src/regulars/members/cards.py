"""Numbers that we give out. Those of cards have thirteen digits, the last of which checks the others (Luhn).

They begin with 29, which GS1 leaves to shops for numbers of their own, so that no till takes one for goods.
"""

from uuid import UUID

from django.db import IntegrityError, transaction

from regulars.members.models import Member

PREFIX = "29"
DRAWN_DIGITS = 10
INVITATION_LENGTH = 16


class NumberTaken(Exception):
    """Somebody has this number already: draw another one."""


def number(drawn: int) -> str:
    """The card number of a number drawn at random below 10 ** DRAWN_DIGITS."""
    digits = f"{PREFIX}{drawn:0{DRAWN_DIGITS}}"
    return digits + str(-_luhn(digits + "0") % 10)


def plain(typed: str) -> str:
    """A number as it is kept, of one that was typed as people write it, in groups."""
    return "".join(typed.replace("-", " ").split())


def is_mistyped(typed: str) -> bool:
    """Whether it can only have been meant for one of ours, and is none."""
    looks_like = len(typed) == len(number(0)) and typed.startswith(PREFIX) and typed.isascii() and typed.isdecimal()
    return looks_like and _luhn(typed) != 0


def give(member_id: UUID, card: str) -> str:
    """The number on this member's card: this one, where they have none yet. Raises NumberTaken."""
    return _give(member_id, "card", card)


def give_invitation(member_id: UUID, invitation: str) -> str:
    """What friends of this member come by: this, where they have none yet. Raises NumberTaken."""
    return _give(member_id, "invitation", invitation)


def _give(member_id: UUID, column: str, number: str) -> str:
    try:
        with transaction.atomic():
            Member.objects.filter(id=member_id, **{column: ""}).update(**{column: number})
    except IntegrityError:
        raise NumberTaken(number) from None
    return str(Member.objects.values_list(column, flat=True).get(id=member_id))


def _luhn(digits: str) -> int:
    """Zero for a number that is right."""
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(each - 9 * (each > 9) for each in doubled)) % 10
