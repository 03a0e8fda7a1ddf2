"""What is asked of whoever joins, and in which words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.members.joining import Agreed
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


def answers(shop: Shop, said: Mapping[str, str]) -> list[Agreed]:
    """What a form of these questions says: a box that is not ticked is a no."""
    return [Agreed(kind, one.version, one.words, bool(said.get(kind))) for kind, one in of(shop).items()]
