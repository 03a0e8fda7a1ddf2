"""What is asked of whoever joins, in which words, and who brought them."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.members import consenting
from regulars.members.referring import ReferralRefused, refer
from regulars.storefront.shop import Shop

# The words of "news"; a new number when they change. Terms have the number of the program's version.
NEWS_VERSION = 1


class Question(Struct, frozen=True):
    """A consent: in these words, which have this number."""

    kind: str
    version: int
    words: str


def of(shop: Shop) -> dict[str, Question]:
    """What a member may agree to, by kind, in the reader's language."""
    terms = _("I agree to the terms of %(program)s.") % {"program": shop.title}
    news = _("%(program)s may send me news and offers by e-mail. I can take this back at any time.")
    return {
        "terms": Question("terms", shop.rules.number, terms),
        "news": Question("news", NEWS_VERSION, news % {"program": shop.title}),
    }


def write(shop: Shop, member_id: UUID, said: Mapping[str, str]) -> None:
    """What a form of these questions answers: a box that is not ticked is a no."""
    at = timezone.now()
    for kind, question in of(shop).items():
        consenting.say(member_id, kind, question.version, question.words, bool(said.get(kind)), at)


def bring(shop: Shop, friend_id: UUID, by: str) -> None:
    """Somebody followed the link of a member. A link that leads to nobody, or to oneself, brings nobody."""
    if shop.rules.referral is None:
        return
    try:
        refer(shop.published.programs, friend_id, UUID(by), shop.now, shop.now)
    except (ReferralRefused, ValueError):
        return
