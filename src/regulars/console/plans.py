"""What the page of a plan says: the report, what was stated for it, whether it still holds, how far the next one is."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct, structs

from regulars.console.asking import Form
from regulars.insight.plans.page import parts
from regulars.intake.models import Reckoning
from regulars.intake.planning import drafted
from regulars.intake.reckonings import LOST_AFTER, Told, all_done, last_done, newest, stated_in, told_of
from regulars.intake.stating import Stated
from regulars.ledger.connect import raw
from regulars.ledger.queries import count_accounts, count_facts
from regulars.programs.changes.earlier import earlier_orders
from regulars.programs.document import DocumentRefused
from regulars.programs.planned import plan_of
from regulars.programs.planning import saying
from regulars.programs.planning.assuming import BEHAVIOURS, margin_in
from regulars.programs.planning.report import Report
from regulars.programs.version_list import DraftLine
from regulars.storefront.shop import Shop

MANY_MONTHS = 60
MANY_CATEGORIES, MARGINS_LONG = 50, 4_000


class Progress(Struct, frozen=True):
    """How far somebody is; `is_lost`: nobody works on it any more."""

    state: str
    done: int
    total: int
    is_lost: bool

    @property
    def is_open(self) -> bool:
        return self.state in Reckoning.OPEN and not self.is_lost


class Shown(Struct, frozen=True):
    """A plan as it stands. `report` is what its template shows; None: there is none yet, or nothing was folded.
    `on_the_day` says what becomes of the orders that are here when the draft is published."""

    stated: Stated
    progress: Progress | None
    report: dict[str, object] | None = None
    headline: str = ""
    stale: list[str] = []
    planned_at: datetime | None = None
    is_empty: bool = False
    on_the_day: list[str] = []


def shown(shop: Shop, draft: DraftLine, names_members: bool) -> Shown:
    """Without `names_members` nobody is named among those whom it affects most."""
    latest = newest(shop.id, Reckoning.PLAN, draft.number)
    done = last_done(shop.id, Reckoning.PLAN, draft.number)
    stated = stated_in(latest) if latest else Stated()
    is_empty = not count_accounts(raw(), shop.id)
    told = told_of(done, Told)
    if done is None or told is None:
        return Shown(stated, progress_of(latest), is_empty=is_empty)
    programs = drafted(done.document)
    report = told.report if names_members else _unnamed(told.report)
    return Shown(
        stated,
        progress_of(latest),
        parts(report, programs, told.ground) if report.months else None,
        saying.headline(report.verdict, report.currency),
        stale(shop, draft, done),
        shop.on_its_clock(done.asked_at),
        is_empty,
        earlier_orders(shop.published, programs.versions[0]),
    )


def line(shop: Shop, draft: DraftLine) -> tuple[str, list[str]]:
    """What the draft's own page says of its last plan: what it costs, and why that may hold no longer."""
    done = last_done(shop.id, Reckoning.PLAN, draft.number)
    cost = _cost(done)
    return (cost, stale(shop, draft, done)) if done and cost else ("", [])


def _cost(done: Reckoning | None) -> str:
    told = told_of(done, Told)
    return saying.headline(told.report.verdict, told.report.currency) if told and told.report.months else ""


def planned(shop: Shop, drafts: list[DraftLine]) -> list[tuple[int, str, datetime]]:
    """Those of the drafts that were planned: number, what that would cost, when."""
    last = all_done(shop.id, Reckoning.PLAN, [draft.number for draft in drafts])
    return [
        (draft.number, cost, shop.on_its_clock(done.asked_at))
        for draft in drafts
        if (done := last.get(draft.number)) and (cost := _cost(done))
    ]


def progress_of(found: Reckoning | None) -> Progress | None:
    if found is None or found.state == Reckoning.DONE:
        return None
    is_lost = found.state == Reckoning.RUNNING and timezone.now() - found.heard_at > LOST_AFTER
    return Progress(found.state, found.done, found.total, is_lost)


def stale(shop: Shop, draft: DraftLine, done: Reckoning) -> list[str]:
    """What was changed since the plan was worked out."""
    said = []
    if not _says_the_same(done.document, draft.document):
        said.append(_("The draft was changed since."))
    if done.newest != shop.published.programs.versions[-1].number:
        said.append(_("Another version was published since."))
    more = count_facts(raw(), shop.id) - done.facts
    if more:
        since = ngettext(
            "Since then %(count)s order, return or other event was recorded.",
            "Since then %(count)s orders, returns and other events were recorded.",
            more,
        )
        said.append(since % {"count": f"{more:,}"})
    return said


def _says_the_same(planned: str, now: str) -> bool:
    """Layout and comments change nothing."""
    if planned == now:
        return True
    try:
        return plan_of(planned).document == plan_of(now).document
    except Exception:  # noqa: BLE001  # what cannot be read does not say the same
        return False


def _unnamed(report: Report) -> Report:
    if report.against is None:
        return report
    most = tuple(
        structs.replace(change, customer=_("Member %(place)s") % {"place": place})
        for place, change in enumerate(report.against.most, 1)
    )
    return structs.replace(report, against=structs.replace(report.against, most=most))


def behaviours() -> list[tuple[str, str]]:
    """How members may be taken to spend points, the first as nobody says."""
    found = [("", _("as so far; as usual where that cannot be seen"))]
    for name, one in BEHAVIOURS.items():
        words = {"name": saying.manner(name), "share": saying.percent(one.redeemed), "months": one.months}
        said = ngettext(
            "%(name)s: %(share)s of all points, %(months)s month later",
            "%(name)s: %(share)s of all points, %(months)s months later",
            one.months,
        )
        found.append((name, said % words))
    return found


def why_not(shop: Shop, document: str) -> str:
    """Why a draft cannot be planned; "": it can."""
    try:
        draft = drafted(document).versions[0]
    except DocumentRefused:
        return _("Something is wrong with the saved text: mend it first.")
    in_force = shop.published.programs.versions[0]
    if draft.slug != shop.slug or draft.for_ever != in_force.for_ever:
        return _("Both programs need the same currency, time zone and first wallet.")
    return ""


def asked(form: Form, shop: Shop) -> Stated:
    """What was filled in; what is left empty is as unless said."""
    manner = form.text("behaviour")
    margin, often, each = form.percent("margin"), form.percent("more_orders"), form.percent("more_per_order")
    return Stated(
        manner if manner in BEHAVIOURS else "",
        form.percent("redeemed"),
        form.whole("months", 0, MANY_MONTHS) if form.text("months") else None,
        Stated().margin if margin is None else margin,
        form.money("budget", shop) if form.text("budget") else None,
        often or 0,
        each or 0,
        _margins(form),
    )


def _margins(form: Form) -> tuple[tuple[str, int], ...]:
    """A category and its margin on each line."""
    found = {}
    for line in form.text("margins", MARGINS_LONG).splitlines()[:MANY_CATEGORIES]:
        said = margin_in(line)
        if said:
            found[said[0]] = said[1]
        elif line.strip():
            form.faults["margins"] = _("“%(said)s” is no margin of a category. Write one such as PRODUCE=25.") % {
                "said": line.strip()
            }
    return tuple(found.items())
