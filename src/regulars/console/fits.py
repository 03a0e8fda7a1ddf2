"""What the page of the presets says: each in a line, and how it would fit the shop's own orders."""

from datetime import datetime
from functools import cache

from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console.plans import Progress, progress_of
from regulars.engine.program import Version
from regulars.insight.plans.drawing import money
from regulars.intake.models import Reckoning
from regulars.intake.planning import drafted
from regulars.intake.reckonings import Fits, last_done, newest, told_of
from regulars.intake.stating import Stated, assumed_by
from regulars.ledger.connect import raw
from regulars.ledger.queries import count_accounts, count_facts
from regulars.programs import wording
from regulars.programs.planning import saying
from regulars.programs.planning.fitting import Place
from regulars.programs.planning.fitting_words import assumed_in_words, reasons
from regulars.programs.presets import TYPES, preset
from regulars.programs.presets.starting import Own, Started, started
from regulars.programs.presets.summaries import summary
from regulars.storefront.shop import Shop


class Line(Struct, frozen=True):
    """A preset. Without `figures` nobody folded it yet. `counts_in` is the unit of its first wallet where that is not
    the shop's: then it cannot be the next version of this program.
    """

    name: str
    title: str
    summary: str
    counts_in: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()


class Shown(Struct, frozen=True):
    lines: list[Line]
    progress: Progress | None
    heads: tuple[str, ...]
    assumed: str = ""
    orders: str = ""
    active: str = ""
    fitted_at: datetime | None = None
    is_stale: bool = False
    is_empty: bool = False


def shown(shop: Shop) -> Shown:
    """In the order of fit, when that was worked out; else as they are listed everywhere."""
    latest, done = (find(shop.id, Reckoning.FIT, None) for find in (newest, last_done))
    heads = _heads()
    progress, is_empty = progress_of(latest), not count_accounts(raw(), shop.id)
    told = told_of(done, Fits)
    if done is None or told is None:
        return Shown([_line(shop, name) for name in TYPES], progress, heads, is_empty=is_empty)
    return Shown(
        [_line(shop, place.name, place) for place in told.places if place.name in TYPES],
        progress,
        heads,
        assumed_in_words(assumed_by(Stated(), None)),
        f"{told.orders:,}",
        f"{told.active:,}",
        shop.on_its_clock(done.asked_at),
        done.facts != count_facts(raw(), shop.id),
        is_empty,
    )


def types() -> list[Line]:
    """All of them, for whoever has no program yet."""
    return [Line(name, wording.worded(_kind(name).name, wording.language()), summary(name)) for name in TYPES]


def started_from(shop: Shop, name: str) -> Started | None:
    """A preset as a document of this program, with its story; None where there is no such preset."""
    own = Own(shop.slug, shop.currency, shop.zone_name, names=shop.published.names)
    return started(name, own) if name in TYPES else None


def _line(shop: Shop, name: str, place: Place | None = None) -> Line:
    read = _kind(name)
    main = read.main_wallet
    units = {tag: forms[-1] for tag, forms in main.unit.items()}
    named = wording.worded(units, wording.language()) or main.name
    other = "" if main.name == shop.published.programs.main_wallet else named
    title = wording.worded(read.name, wording.language())
    if place is None:
        return Line(name, title, summary(name), other)
    return Line(name, title, summary(name), other, _figures(place, shop.currency), tuple(reasons(place)))


@cache
def _kind(name: str) -> Version:
    """A preset as it is shipped: its names and its wallets are the same in every shop."""
    return drafted(preset(name)).versions[0]


def _heads() -> tuple[str, ...]:
    return (_("Cost"), _("Margin left"), _("Must buy more"), _("Earn"), _("Reach a reward"), _("Owed at the end"))


def _figures(place: Place, currency: str) -> tuple[tuple[str, str], ...]:
    """Each with its head, which a phone shows beside it."""
    more = "–" if place.break_even is None else saying.percent(place.break_even)
    cost, left, earn, reach = map(saying.percent, (place.cost, place.left, place.earn, place.reach))
    said = (cost, left, more, earn, reach, money(place.owed, currency))
    return tuple(zip(_heads(), said, strict=True))
