"""The way of a new program, from its name to its first order, ticked off by what is there."""

from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.engine.calendar import datetime_of
from regulars.engine.program import Version
from regulars.intake.models import Reckoning
from regulars.ledger.connect import raw, rows
from regulars.ledger.orders import is_any_order
from regulars.programs.beginning import gives
from regulars.programs.version_list import open_drafts
from regulars.storefront.shop import Shop
from regulars.storefront.writing import moment

ORDER_SINCE = "SELECT 1 FROM ledger_order WHERE program_id = %s AND paid_at >= %s LIMIT 1"


class Step(Struct, frozen=True):
    """`is_next` is the first that is not done."""

    title: str
    note: str
    url: str
    action: str
    is_done: bool
    is_next: bool = False


def steps(shop: Shop, may: frozenset[str]) -> list[Step]:
    """Nothing once the program runs, and for whoever cannot set it up."""
    if "programs:publish" not in may:
        return []
    first = next((version for version in shop.published.programs.versions if gives(version)), None)
    if first and first.starts_at <= shop.now and _has_order_since(shop, first):
        return []
    drafts = open_drafts(shop.id)
    draft = drafts[0].number if drafts else None
    is_planned = Reckoning.objects.filter(program_id=shop.id, kind=Reckoning.PLAN, state=Reckoning.DONE).exists()
    found = [
        Step(_("Name the program and choose its type"), shop.title, "", "", is_done=True),
        Step(
            _("Bring in past orders"),
            _("A year of them says what the program would cost. They give no points, but count towards the tiers.")
            if shop.rules.tier_sets
            else _("A year of them says what the program would cost. They give no points."),
            reverse("imports", args=[shop.slug]) if "orders:write" in may else "",
            _("Upload a file"),
            is_done=is_any_order(raw(), shop.id),
        ),
        Step(
            _("See what it would cost"),
            _("The draft is played through over those orders."),
            reverse("draft_plan", args=[shop.slug, draft]) if draft else "",
            _("See the plan"),
            is_done=is_planned or first is not None,
        ),
        Step(
            _("Publish it"),
            _since(shop, first) if first else _("From then on orders earn by its rules."),
            reverse("draft", args=[shop.slug, draft]) if draft else reverse("program", args=[shop.slug]),
            _("Look at the draft"),
            is_done=first is not None,
        ),
        Step(
            _("The first order"),
            _("Sent by the shop’s system with an API key, or brought in from a file."),
            reverse("settings", args=[shop.slug]) if "keys:administer" in may else "",
            _("Make an API key"),
            is_done=False,
        ),
    ]
    following = next(place for place, step in enumerate(found) if not step.is_done)
    return [
        Step(one.title, one.note, one.url, one.action, one.is_done, place == following)
        for place, one in enumerate(found)
    ]


def _since(shop: Shop, version: Version) -> str:
    """What was published begins with the next minute: an order that was paid before earns nothing."""
    return _("Orders that are paid from %(moment)s on earn by its rules.") % {
        "moment": moment(shop.local(version.starts_at))
    }


def _has_order_since(shop: Shop, version: Version) -> bool:
    return bool(rows(raw(), ORDER_SINCE, [shop.id, datetime_of(max(version.starts_at, 0))]))
