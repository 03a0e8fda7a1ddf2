"""What people call the places where points are, and the reasons for which they move; what a member sees of a move."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from regulars.engine.outcome import Entry

# Where a member sees a change: what can be spent, else what is pending, or owed.
SEEN = ("available", "pending", "deficit")

KINDS = {
    "adjust": _("by hand"),
    "capture": _("used after a hold"),
    "claim": _("taken back from a hold"),
    "close": _("membership ended"),
    "correct": _("corrected"),
    "earn": _("earned"),
    "expire": _("expired"),
    "hold": _("reserved"),
    "lapse": _("hold ran out"),
    "mature": _("settled"),
    "merge": _("memberships joined"),
    "open": _("brought along"),
    "receive": _("received"),
    "redeem": _("used"),
    "release": _("hold given up"),
    "repay": _("debt settled"),
    "restore": _("given back"),
    "reverse": _("taken back"),
    "transfer": _("passed on"),
    "unmerge": _("memberships parted"),
}
PLACES = {
    "available": _("can be used"),
    "charged": _("settled in money"),
    "claimed": _("to be taken from a hold"),
    "deficit": _("owed"),
    "expired": _("expired"),
    "forfeited": _("forfeited"),
    "held": _("reserved"),
    "issued": _("issued"),
    "merged": _("between memberships"),
    "paid_out": _("paid out"),
    "pending": _("not settled yet"),
    "redeemed": _("used"),
    "transferred": _("passed on"),
    "written_off": _("let go"),
}


def moved(entry: Entry, place: str) -> int:
    """By how many points there are more at a place."""
    return entry.points * ((entry.target == place) - (entry.source == place))


def seen(entries: Sequence[Entry]) -> tuple[int, str]:
    """What the member sees of what the entries did, and at which place: the first at which they did anything."""
    found = ((sum(moved(entry, place) for entry in entries), place) for place in SEEN)
    return next(((points, place) for points, place in found if points), (0, ""))


def kind(name: str) -> str:
    return str(KINDS[name])


def place(name: str) -> str:
    return str(PLACES[name])
