"""What members change about themselves, and what the desk puts right for them."""

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from regulars.members.cards import NumberTaken
from regulars.members.entering import end_visits
from regulars.members.models import Member

# How long what is said of somebody may be.
LONGEST = {"card": 200, "email": 200, "language": 10, "name": 200, "phone": 40}
# What members may say themselves. The address is proven, and the card is ours to give.
OWN = frozenset({"language", "name", "phone"})
# What the desk may put right: a mistyped address, and the number of another card than the one that was lost.
DESK = frozenset({"card", "email", "name", "phone"})


@transaction.atomic
def describe(member_id: UUID, said: Mapping[str, str]) -> None:
    """Raises ValueError for what is not theirs to say."""
    if said.keys() - OWN:
        raise ValueError(f"not for members to change: {', '.join(sorted(said.keys() - OWN))}")
    if said:
        Member.objects.filter(id=member_id).update(**{name: clean(name, text) for name, text in said.items()})


def correct(member_id: UUID, said: Mapping[str, str]) -> list[str]:
    """Of `DESK`, what is otherwise now. Whoever was let in by the old address is not any longer, and nobody has proven
    the new one yet. Raises NumberTaken: another member has this card."""
    with transaction.atomic():
        member = Member.objects.select_for_update().get(id=member_id)
        cut = {name: clean(name, said[name]) for name in DESK & said.keys()}
        new = {name: text for name, text in cut.items() if getattr(member, name) != text}
        if "email" in new:
            end_visits([member_id])
        try:
            with transaction.atomic():
                proven = {"proven_at": None} if "email" in new else {}
                Member.objects.filter(id=member_id).update(**new, **proven)
        except IntegrityError:
            raise NumberTaken(new["card"]) from None
    return sorted(new)


def clean(name: str, text: str) -> str:
    """As it is kept: in one line, as long as it may be."""
    return " ".join(text.replace("\0", "").split())[: LONGEST[name]]
