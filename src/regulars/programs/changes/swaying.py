"""Who moves between tiers when a document becomes the next version: counted over the members there are, in words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.engine.program import Version
from regulars.engine.swaying import Sway, sways
from regulars.ledger.connect import one_moment, raw
from regulars.ledger.queries import every_account
from regulars.programs.queries import Published, now
from regulars.programs.wording import language, worded


def who_moves(published: Published, after: Version) -> list[str]:
    """Nothing where no ladder changes; otherwise a sentence for each way that members move, or that none does."""
    at, programs = now(published), published.programs
    before = programs.versions[-1]
    if all(rules == before.tier_sets.get(name) for name, rules in after.tier_sets.items()):
        return []
    conn = raw()
    with one_moment(conn):
        found = sways(before, after, programs.calendar, every_account(conn, programs, at), at)
    return [sentence for sway in found for sentence in _told(sway, before, after)]


def _told(sway: Sway, before: Version, after: Version) -> Iterator[str]:
    names = _names(before, sway.tier_set) | _names(after, sway.tier_set)
    places = {level.tier: place for place, level in enumerate(after.tier_sets[sway.tier_set].levels)}
    for (left, to), count in sorted(sway.moved.items()):
        words = {"count": f"{count:,}", "left": names[left], "to": names[to]}
        if places.get(left, -1) < places[to]:
            yield _rise(count) % words
        else:
            yield _fall(count) % words
    for tier, count in sorted(sway.lost.items()):
        if count:
            yield _lose(count) % {"count": f"{count:,}", "tier": names[tier]}
    for tier, count in sorted(sway.kept.items()):
        if count:
            yield _keep(count) % {"count": f"{count:,}", "tier": names[tier]}
    if not (sway.moved or sway.lost.total() or sway.kept.total()):
        yield _("No member moves to another tier.")


def _names(version: Version, tier_set: str) -> dict[str, str]:
    levels = version.tier_sets[tier_set].levels
    return {level.tier: worded(level.name, language()) or level.tier for level in levels}


def _rise(count: int) -> str:
    return ngettext(
        "%(count)s member rises from %(left)s to %(to)s with the next order.",
        "%(count)s members rise from %(left)s to %(to)s with their next order.",
        count,
    )


def _fall(count: int) -> str:
    return ngettext(
        "%(count)s member who would rise to %(left)s with the next order stays on %(to)s.",
        "%(count)s members who would rise to %(left)s with their next order stay on %(to)s.",
        count,
    )


def _lose(count: int) -> str:
    return ngettext(
        "%(count)s member on %(tier)s does not keep it when it is judged next, by what counts today, and would have.",
        "%(count)s members on %(tier)s do not keep it when it is judged next, by what counts today, and would have.",
        count,
    )


def _keep(count: int) -> str:
    return ngettext(
        "%(count)s member on %(tier)s keeps it when it is judged next, by what counts today, and would not have.",
        "%(count)s members on %(tier)s keep it when it is judged next, by what counts today, and would not have.",
        count,
    )
