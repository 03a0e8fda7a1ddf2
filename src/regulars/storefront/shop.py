"""What every page about one program knows: its name, its money, its words, and what time it is there."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import get_language, ngettext
from msgspec import Struct

from regulars.engine.calendar import datetime_of
from regulars.engine.levels import TierRules
from regulars.engine.program import Version
from regulars.insight.lake import Lake
from regulars.insight.queries import lake_of
from regulars.insight.wording import count
from regulars.programs import wording
from regulars.programs.models import Program
from regulars.programs.queries import Published, now, published
from regulars.programs.wording import money, worded


class Shop(Struct, frozen=True):
    """A published program at an instant of its clock, in microseconds."""

    published: Published
    now: int

    @property
    def id(self) -> int:
        return self.published.id

    @property
    def slug(self) -> str:
        return self.published.slug

    @property
    def title(self) -> str:
        return self.published.name(get_language() or "en")

    @property
    def currency(self) -> str:
        return self.published.currency

    @property
    def accent(self) -> str:
        """The colour of its pages."""
        return self.published.accent

    @property
    def zone_name(self) -> str:
        return self.published.zone

    @property
    def test_clock(self) -> bool:
        return self.published.clock_offset_us != 0

    @property
    def today(self) -> date:
        return self.local(self.now).date()

    @property
    def lake(self) -> Lake | None:
        """What figures are counted from; None until the first orders were taken into it."""
        return lake_of(self.published)

    @property
    def rules(self) -> Version:
        """The version in force."""
        return self.published.programs.at(self.now)

    @property
    def tiers(self) -> dict[str, str]:
        """The present version's tiers by key, lowest first, named in the reader's language."""
        return self._named(self.rules.tiers)

    @property
    def every_tier(self) -> dict[str, str]:
        """The tiers of all sets, the main one first."""
        return {key: name for rules in self.rules.tier_sets.values() for key, name in self._named(rules).items()}

    @staticmethod
    def _named(rules: TierRules | None) -> dict[str, str]:
        levels = rules.levels if rules else ()
        return {level.tier: worded(level.name, get_language() or "en") or level.tier for level in levels}

    def tier(self, key: str) -> str:
        """Also one that the version in force does not have."""
        return self.every_tier.get(key) or wording.tier(key, self.published.programs)

    def growth(self, grows_by: str, amount: int) -> str:
        """An amount of what a tier set grows by, with its unit."""
        if grows_by == "spend":
            return self.money(amount)
        if grows_by == "orders":
            words = ngettext("%(count)s order", "%(count)s orders", amount)
        elif grows_by == "visits":
            words = ngettext("%(count)s visit", "%(count)s visits", amount)
        else:
            words = ngettext("%(count)s point", "%(count)s points", amount)
        return words % {"count": count(amount)}

    def local(self, instant: int | datetime) -> datetime:
        moment = datetime_of(instant) if isinstance(instant, int) else instant
        return moment.astimezone(self.published.programs.zone)

    def on_its_clock(self, moment: datetime) -> datetime:
        """When something of ours happened, as the program's own clock showed it then."""
        return self.local(moment + timedelta(microseconds=self.published.clock_offset_us))

    def money(self, minor: int) -> str:
        return money(minor, self.currency)


def shop_named(slug: str) -> Shop:
    try:
        found = published(slug)
    except Program.DoesNotExist:
        raise Http404(slug) from None
    return Shop(found, now(found))


View = Callable[..., HttpResponse]


def about_one(view: View, posts: bool) -> View:
    """A view as its route calls it: handed the shop. One that `posts` answers nothing but a form that was sent."""

    @wraps(view)
    def opened(request: HttpRequest, slug: str, **named: object) -> HttpResponse:
        if posts and request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(request, shop_named(slug), **named)

    opened.only_posts = posts  # type: ignore[attr-defined]  # asked by access.routes
    return opened
