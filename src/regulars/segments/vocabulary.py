"""What a segment may ask about a member: each thing with how it is compared, and what its values are.

The words are stored in segments, so they are stable for ever. docs/segments.md explains each.
"""

from msgspec import Struct

AMOUNTS = ("at_least", "at_most")
AGES = ("within", "over")
IS = ("is", "is_not")
DID = ("did", "did_not")
MONTHS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "this", "next")
LANGUAGES = ("en", "zh-hant", "zh-hans")
CONSENTS = ("news", "terms")
RFM = ("champions", "loyal", "precious", "potential", "attention", "at_risk", "new", "promising", "fading", "asleep")
CLASSES = ("1", "2", "3", "4", "5")
NO_TIER = "-"


class Asked(Struct, frozen=True):
    """One thing to ask. `values` says what they are: a number of `days`, `count`, `money`, `points` or `growth`; one of
    `class`; a `choice` of what the program or this vocabulary has; `words` that nobody listed; or nothing at all.

    `of` is what must be named besides: an `attribute`, a `wallet`, a `consent`. Whether it may be bounded to the latest
    days says `in_days`.
    """

    hows: tuple[str, ...]
    values: str = ""
    of: str = ""
    in_days: bool = False


BOUGHT = Asked(DID, "words", in_days=True)

# By the part of the page where it is offered.
GROUPS: dict[str, dict[str, Asked]] = {
    "joining": {
        "joined": Asked(AGES, "days"),
        "joined_by": Asked(IS, "words"),
        "referred": Asked(IS),
    },
    "person": {
        "language": Asked(IS, "choice"),
        "birthday": Asked(IS, "choice"),
        "country": Asked(IS, "words"),
        "attribute": Asked(IS, "choice", of="attribute"),
        "consent": Asked(IS, of="consent"),
    },
    "buying": {
        "recency": Asked(AGES, "days"),
        "orders": Asked(AMOUNTS, "count", in_days=True),
        "spend": Asked(AMOUNTS, "money", in_days=True),
        "product": BOUGHT,
        "category": BOUGHT,
        "brand": BOUGHT,
        "tag": BOUGHT,
        "store": BOUGHT,
        "channel": BOUGHT,
        "returned": Asked(DID, in_days=True),
    },
    "rfm": {
        "rfm": Asked(IS, "choice"),
        "recency_class": Asked(AMOUNTS, "class"),
        "frequency_class": Asked(AMOUNTS, "class"),
        "money_class": Asked(AMOUNTS, "class"),
    },
    "standing": {
        "tier": Asked(IS, "choice"),
        "to_next_tier": Asked(AMOUNTS, "growth"),
        "balance": Asked(AMOUNTS, "points", of="wallet"),
        "expiring": Asked(("within",), "days"),
        "plan": Asked(IS, "words"),
    },
    "doing": {
        "redeemed": Asked(DID, in_days=True),
        "activity": BOUGHT,
    },
}
ABOUT: dict[str, Asked] = {about: asked for group in GROUPS.values() for about, asked in group.items()}
