"""What people call the few things that a word of a program document may say. The document itself keeps its words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

YES_OR_NO: dict[str, Promise] = {
    "true": pgettext_lazy("of a program", "yes"),
    "false": pgettext_lazy("of a program", "no"),
}
PERIODS: dict[str, Promise] = {
    "order": _("each order"),
    "day": _("each day"),
    "week": _("each week"),
    "month": _("each month"),
    "year": _("each year"),
    "lifetime": _("once and for all"),
}
# By the word they stand at.
CHOICES: dict[str, dict[str, Promise]] = {
    "approval": YES_OR_NO,
    "at_end": {
        "partial": _("the last order gets what is left"),
        "all_or_nothing": _("the last order gets nothing"),
    },
    "basis": {
        "net": _("goods after discounts"),
        "gross": _("goods before discounts"),
        "with shipping": _("goods after discounts, and shipping"),
        "without tax": _("goods after discounts, without tax"),
    },
    "codes": {
        "public": _("one for everybody"),
        "personal": _("one for each member"),
        "batch": _("printed in a batch"),
    },
    "downgrade": {
        "one level": _("one tier"),
        "full": _("as far as growth says"),
        "never": _("not at all"),
    },
    "enrolment": {
        "explicit": _("by signing up"),
        "first order": _("with the first order"),
    },
    "first_order_only": YES_OR_NO,
    "free_shipping": YES_OR_NO,
    "groups": {
        "highest": _("the one that takes off most"),
        "lowest": _("the one that takes off least"),
        "first": _("the first one"),
    },
    "growth_counts": {
        "when points mature": _("when the points can be spent"),
        "at payment": _("at once when it is paid"),
    },
    "invitation": YES_OR_NO,
    "money": YES_OR_NO,
    "multipliers": {
        "add": _("added up"),
        "best": _("only the largest"),
        "multiply": _("multiplied"),
    },
    "on_closing": {
        "forfeit": _("what is left is lost"),
        "pay_out": _("what is left is paid out"),
    },
    "over": {
        "truncate": _("what is left of the cap is given"),
        "reject": _("nothing is given"),
    },
    "paid_only": YES_OR_NO,
    "per": PERIODS,
    "refers": YES_OR_NO,
    "repeat": YES_OR_NO,
    "round": {
        "down per order": _("down, for each order"),
        "half up per order": _("to the nearest, for each order"),
        "down per line": _("down, for each line"),
        "half up per line": _("to the nearest, for each line"),
    },
    "upgrade_applies": {
        "next order": _("from the next order on"),
        "this order": _("to the order that reached it"),
    },
    "when_short": {
        "charge": _("the till keeps back what they were worth"),
        "deficit": _("they are owed"),
        "write_off": _("they are written off"),
    },
}


def choice(word: str, said: str) -> str:
    """As it is written, where it is none of a few."""
    return str(CHOICES.get(word, {}).get(said, said))
