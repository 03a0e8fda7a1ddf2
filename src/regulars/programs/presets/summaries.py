"""What each type of program is, in a line, for whoever chooses one."""

from django.utils.translation import gettext as _


def summary(name: str) -> str:
    return _said()[name]


def _said() -> dict[str, str]:
    """In the reader's language."""
    return {
        "points": _("points for the money spent, worth so much at the till"),
        "spend-based": _("a voucher for every full amount spent within a year"),
        "goals": _("a little for every purchase, more for coming back soon, every week, across the range"),
        "tiered": _("points; who spends more in twelve months earns faster and is treated better"),
        "cashback": _("a share of what was paid, in the shop's own money"),
        "stamp-card": _("a stamp for every visit, the tenth is on the house"),
        "paid-membership": _("a plan that is paid for: three times the points, free shipping"),
        "referral-led": _("most goes to members who bring a friend, and to the friend"),
        "coalition": _("several merchants share points; who sells pays for them"),
        "coffee-stars": _("stars by tier and a ladder of rewards, as Starbucks publishes them since March 2026"),
        "coffee-stars-2025": _("stars by how it is paid, as Starbucks published them until March 2026"),
        "department-store-stars": _("1 to 5 points by yearly spend with the store's card, as Macy's publishes them"),
        "prime-plan": _("a plan with benefits that renews itself, as Amazon Prime publishes it"),
    }
