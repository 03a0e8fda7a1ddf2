"""What members change about themselves."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from regulars.members.models import Member

# What members may say themselves, and how long it may be. The address is proven, and the card is ours to give.
OWN = {"language": 10, "name": 200, "phone": 40}


@transaction.atomic
def describe(member_id: UUID, said: Mapping[str, str]) -> None:
    """Raises ValueError for what is not theirs to say."""
    if said.keys() - OWN.keys():
        raise ValueError(f"not for members to change: {', '.join(sorted(said.keys() - OWN.keys()))}")
    if said:
        cut = {name: clean(name, text) for name, text in said.items()}
        Member.objects.filter(id=member_id).update(**cut)


def clean(name: str, text: str) -> str:
    """As it is kept: in one line, as long as it may be."""
    return " ".join(text.replace("\0", "").split())[: OWN[name]]
