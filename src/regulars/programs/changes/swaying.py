"""Who moves between tiers when a document becomes the next version: counted over the members there are, in words."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from regulars.engine.program import Version
from regulars.engine.swaying import Sway, sways
from regulars.ledger.connect import one_moment, raw
from regulars.ledger.queries import every_account
from regulars.programs.queries import Published, now
from regulars.programs.wording import language, worded

ORDER = ("begun", "moved", "lost", "kept")


class Move(Struct, frozen=True):
    """A way that members move, in a sentence; `some` are the first of the `count` who do."""

    sentence: str
    count: int = 0
    some: tuple[UUID, ...] = ()

    @property
    def more(self) -> int:
        return self.count - len(self.some)


def who_moves(published: Published, after: Version) -> list[Move]:
    """Nothing where no ladder changes; otherwise a sentence for each way that members move, or that none does."""
    at, programs = now(published), published.programs
    before = programs.versions[-1]
    if all(rules == before.tier_sets.get(name) for name, rules in after.tier_sets.items()):
        return []
    conn = raw()
    with one_moment(conn):
        accounts = ((str(member), account) for member, account in every_account(conn, programs, at))
        found = sways(before, after, programs.calendar, accounts, at)
    return [move for sway in found for move in _told(sway, before, after)]


def _told(sway: Sway, before: Version, after: Version) -> Iterator[Move]:
    names = _names(before, sway.tier_set) | _names(after, sway.tier_set)
    places = {level.tier: place for place, level in enumerate(after.tier_sets[sway.tier_set].levels)}
    for way, count in sorted(sway.counts.items(), key=lambda one: (ORDER.index(one[0][0]), one[0])):
        kind, left, to = way
        words = {
            "count": f"{count:,}",
            "left": names.get(left, ""),
            "to": names.get(to, ""),
            "tier": names.get(left, ""),
        }
        if kind == "moved":
            kind = "rise" if places.get(left, -1) < places[to] else "fall"
        yield Move(_sentence(kind, count) % words, count, tuple(map(UUID, sway.some[way])))
    if not sway.counts:
        yield Move(_("No member moves to another tier."))


def _names(version: Version, tier_set: str) -> dict[str, str]:
    rules = version.tier_sets.get(tier_set)
    return {level.tier: worded(level.name, language()) or level.tier for level in rules.levels} if rules else {}


def _sentence(kind: str, count: int) -> str:
    return {
        "begun": ngettext("%(count)s member begins on %(to)s.", "%(count)s members begin on %(to)s.", count),
        "rise": ngettext(
            "%(count)s member rises from %(left)s to %(to)s with the next order.",
            "%(count)s members rise from %(left)s to %(to)s with their next order.",
            count,
        ),
        "fall": ngettext(
            "%(count)s member who would rise to %(left)s with the next order stays on %(to)s.",
            "%(count)s members who would rise to %(left)s with their next order stay on %(to)s.",
            count,
        ),
        "lost": ngettext(
            "%(count)s member on %(tier)s does not keep it when it is judged next, by what counts today, "
            "and would have.",
            "%(count)s members on %(tier)s do not keep it when it is judged next, by what counts today, "
            "and would have.",
            count,
        ),
        "kept": ngettext(
            "%(count)s member on %(tier)s keeps it when it is judged next, by what counts today, and would not have.",
            "%(count)s members on %(tier)s keep it when it is judged next, by what counts today, and would not have.",
            count,
        ),
    }[kind]
