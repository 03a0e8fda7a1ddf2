"""What waits for somebody, or went wrong, or is nearly gone: each with the way to where it is dealt with.

Only what the reader's role may see; nothing is asked of the database for the rest.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from django.db.models import F, Max, Sum
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from msgspec import Struct

from regulars.console.rewards.offering import bar
from regulars.engine.budgets import name_of
from regulars.insight.figures.points import flow_until
from regulars.insight.wording import count, percent
from regulars.intake.models import ImportRun, Reckoning, Upload
from regulars.ledger import rulings
from regulars.ledger.connect import raw, rows
from regulars.programs import wording
from regulars.programs.models import ProgramDraft
from regulars.rewards import books, browsing
from regulars.rewards.queries import waiting_adjustments
from regulars.storefront import words
from regulars.storefront.shop import Shop

# What is older is no news any more.
LATELY = timedelta(days=14)
# An import that nobody finishes; whoever is at work is much faster with a batch.
LEFT_AFTER = timedelta(minutes=30)
# A budget of which less than a fifth is left, as with stock.
LOW = 5
SHOWN = 5
# What members hold is a debt. It has jumped when it grew by such a share in so many days, and at least twice as much as
# in as many before; every young shop's grows.
GREW_WITHIN, GREW_BY = timedelta(days=30), 0.25
FAILED_JOBS = """
    SELECT j.task_name, count(*) FROM procrastinate_jobs AS j WHERE j.status = 'failed' AND EXISTS (
        SELECT FROM procrastinate_events AS e WHERE e.job_id = j.id AND e.type = 'failed' AND e.at > now() - %s
    ) GROUP BY 1 ORDER BY 1
"""
JOBS: Mapping[str, Promise] = {
    "keep_up": gettext_lazy("The minute’s work: points that mature or expire, gifts, figures"),
    "take_in": gettext_lazy("An import"),
    "take_up_lost": gettext_lazy("Taking up what a stopped worker left"),
    Reckoning.TASK: gettext_lazy("Working a plan out"),
}


class Item(Struct, frozen=True):
    """`tone` is `wait`, `wrong`, `low` or `high`. Without a `url` there is nowhere to go."""

    tone: str
    title: str
    note: str = ""
    url: str = ""

    @property
    def icon(self) -> str:
        return {"wait": "clock", "wrong": "info", "low": "down", "high": "up"}[self.tone]


def items(shop: Shop, may: frozenset[str]) -> list[Item]:
    """What waits first, then what went wrong, then what is nearly gone or grew fast."""
    return [item for needed, find in FINDERS if needed in may for item in find(shop)]


def _redemptions(shop: Shop) -> Iterator[Item]:
    waiting = books.waiting(shop.id, shop.now)
    if waiting:
        words = ngettext(
            "%(count)s redemption waits for approval", "%(count)s redemptions wait for approval", len(waiting)
        )
        yield Item("wait", words % {"count": count(len(waiting))}, "", reverse("approvals", args=[shop.slug]))


def _adjustments(shop: Shop) -> Iterator[Item]:
    waiting = waiting_adjustments(shop.id)
    if waiting:
        words = ngettext(
            "%(count)s adjustment of points waits for approval",
            "%(count)s adjustments of points wait for approval",
            len(waiting),
        )
        yield Item("wait", words % {"count": count(len(waiting))}, "", reverse("adjustments", args=[shop.slug]))


def _drafts(shop: Shop) -> Iterator[Item]:
    found = ProgramDraft.objects.filter(program_id=shop.id, state=ProgramDraft.REVIEW).order_by("changed_at")
    for draft in found[:SHOWN]:
        said = _("Draft %(number)s waits for review") % {"number": draft.pk}
        yield Item("wait", said, draft.note, reverse("draft", args=[shop.slug, draft.pk]))


def _imports(shop: Shop) -> Iterator[Item]:
    """A file that was brought in again since is judged by that."""
    uploads = Upload.objects.filter(program_id=shop.id, heard_at__gt=Now() - LATELY).order_by("file_name", "-id")
    failed = [one for one in uploads.distinct("file_name") if one.state == Upload.FAILED]
    for upload in failed[:SHOWN]:
        said = _("The import of %(file)s failed") % {"file": upload.file_name}
        yield Item("wrong", said, "", reverse("import_run", args=[shop.slug, upload.pk]))
    yield from _runs(shop, {upload.file_name for upload in failed})


def _runs(shop: Shop, told: set[str]) -> Iterator[Item]:
    """Of files that were not `told` of already."""
    runs = ImportRun.objects.filter(program_id=shop.id, started_at__gt=Now() - LATELY).order_by("-id")
    asked = runs.annotate(refused=Sum(F("parts__orders_refused") + F("parts__refunds_refused")))
    old = asked.annotate(silent=Now() - Coalesce(Max("parts__heard_at"), F("started_at")))[:SHOWN]
    for run in old:
        url = reverse("imports", args=[shop.slug])
        named = {"file": run.file_name, "count": count(run.refused or 0)}
        if run.finished_at is None and run.silent > LEFT_AFTER and run.file_name not in told:
            yield Item("wrong", _("The import of %(file)s was left unfinished") % named, "", url)
        elif run.finished_at is not None and run.refused:
            words = ngettext(
                "%(file)s: %(count)s record was refused", "%(file)s: %(count)s records were refused", run.refused
            )
            yield Item("wrong", words % named, "", url)


def _reckonings(shop: Shop) -> Iterator[Item]:
    newest = Reckoning.objects.filter(program_id=shop.id).order_by("kind", "draft_id", "-pk")
    for found in newest.distinct("kind", "draft_id"):
        if found.state == Reckoning.FAILED and found.draft_id:
            said = _("The plan of draft %(number)s could not be worked out") % {"number": found.draft_id}
            yield Item("wrong", said, "", reverse("draft_plan", args=[shop.slug, found.draft_id]))
        elif found.state == Reckoning.FAILED:
            yield Item("wrong", _("The presets could not be compared"), "", reverse("presets", args=[shop.slug]))


def _jobs(_shop: Shop) -> Iterator[Item]:
    for name, times in rows(raw(), FAILED_JOBS, [LATELY]):
        words = ngettext("A job failed %(count)s time", "A job failed %(count)s times", times) % {"count": count(times)}
        note = _("%(job)s. What went wrong is in the log of the job worker.") % {"job": JOBS.get(name, name)}
        yield Item("wrong", words, note)


def _offers(shop: Shop) -> Iterator[Item]:
    offers = [*shop.rules.rewards.values(), *shop.rules.coupons.values()]
    left = browsing.left_of(shop.published.programs, offers, shop.now)
    for offer in offers:
        kind = "reward" if offer.name in shop.rules.rewards else "coupon"
        for one in (bar(shop, each) for each in left[offer.name]):
            if one.is_low:
                yield Item("low", words.title(offer), one.words, reverse(kind, args=[shop.slug, offer.name]))


def _budgets(shop: Shop) -> Iterator[Item]:
    """Of campaigns, in the window that runs now."""
    campaigns = shop.rules.campaigns
    if not campaigns:
        return
    programs = shop.published.programs
    used, today = rulings.used(raw(), shop.id), programs.calendar.day(shop.now)
    for campaign in campaigns.values():
        gone = used.get(name_of(campaign, programs.calendar, today), 0)
        if campaign.budget and (campaign.budget - gone) * LOW <= campaign.budget:
            title = wording.campaign(campaign.name, shop.rules.number, programs)
            note = _("%(share)s of its budget is used") % {"share": percent(gone / campaign.budget, 0)}
            yield Item("low", title, note, reverse("program", args=[shop.slug]))


def _debt(shop: Shop) -> Iterator[Item]:
    """Of the figures as they were worked out last."""
    if (lake := shop.lake) is None:
        return
    until = lake.manifest.today + timedelta(days=1)
    days = (until - 2 * GREW_WITHIN, until - GREW_WITHIN, until)
    earlier, before, now = (flow_until(lake, day).outstanding for day in days)
    if earlier > 0 and now - before >= max(before * GREW_BY, 2 * (before - earlier)):
        said = {"share": percent((now - before) / before, 0), "days": GREW_WITHIN.days}
        title = _("Members hold %(share)s more points than %(days)s days ago") % said
        note = _("%(now)s instead of %(before)s") % {"now": count(now), "before": count(before)}
        yield Item("high", title, note, reverse("home", args=[shop.slug]))


FINDERS: tuple[tuple[str, Callable[[Shop], Iterator[Item]]], ...] = (
    ("rewards:approve", _redemptions),
    ("points:approve", _adjustments),
    ("programs:publish", _drafts),
    ("orders:write", _imports),
    ("programs:draft", _reckonings),
    ("staff:administer", _jobs),
    ("rewards:read", _offers),
    ("programs:read", _budgets),
    ("insight:read", _debt),
)
