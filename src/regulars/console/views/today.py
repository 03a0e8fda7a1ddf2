"""Where the day begins: what needs somebody, how the last month went beside the one before, what changed lately."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.console import actors, attention, leading, period_menu
from regulars.console.board import PULSE
from regulars.console.drafts import changed_by
from regulars.console.shop import screen
from regulars.console.tiles import Tile, tiles
from regulars.insight import periods, wording
from regulars.insight.figure import Dashboard
from regulars.insight.queries import compared
from regulars.programs.version_list import VersionLine, versions
from regulars.storefront.shop import Shop

VERSIONS = 3
SENTENCES = 4


@screen()
def today(request: HttpRequest, shop: Shop) -> HttpResponse:
    may = request.user.permissions
    steps = leading.steps(shop, may)
    shown = {
        "items": attention.items(shop, may),
        "changes": _changes(shop) if "programs:read" in may and not steps else [],
        "pulse": _pulse(shop) if "insight:read" in may and not steps else None,
        "shop": shop,
        "steps": steps,
    }
    return render(request, "console/today.html", shown)


def _pulse(shop: Shop) -> dict[str, object] | None:
    """The last whole month beside the one before it; None until there are figures."""
    lake = shop.lake
    if lake is None:
        return None
    asked = period_menu.asked({}, lake.manifest.today)
    figures = {name: compared(lake, name, asked.period, asked.comparison) for name in PULSE}
    has_before = any(one.before for one in figures.values())
    beside = periods.compared(asked.period, asked.comparison) if has_before else None
    board = Dashboard(asked.period, asked.comparison, beside, figures)
    said: list[Tile] = tiles(board, *PULSE)
    return {"asked": asked, "period": wording.period(asked.period), "tiles": said}


def _changes(shop: Shop) -> list[tuple[VersionLine, object, list[str], str]]:
    """The newest versions: when they are in force from, what they changed, who published them."""
    known = versions(shop.id)
    shown = known[:VERSIONS]
    called = actors.names(shop.id, {one.published_by for one in shown})
    return [
        (one, shop.local(one.starts_at), changed_by(known, one)[:SENTENCES], called[one.published_by]) for one in shown
    ]
