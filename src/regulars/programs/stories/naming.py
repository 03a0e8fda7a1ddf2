"""What people call the steps of a story, and what it expects, in the language that is active now.

A story's text keeps its words: "order A-1", "points.pending".
"""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from regulars.engine.program import Programs
from regulars.programs import moves, wording
from regulars.programs.changes.phrases import span

TITLES: dict[str, Promise] = {
    "activity": pgettext_lazy("step of a story", "activity %(name)s"),
    "adjust": pgettext_lazy("step of a story", "points by hand"),
    "bring": pgettext_lazy("step of a story", "brings along what was there before"),
    "budget": pgettext_lazy("step of a story", "others use the budget of %(name)s"),
    "cancel": pgettext_lazy("step of a story", "order %(name)s is cancelled"),
    "capture": pgettext_lazy("step of a story", "uses what was reserved: %(name)s"),
    "claim": pgettext_lazy("step of a story", "says that %(name)s bought for them"),
    "close": pgettext_lazy("step of a story", "leaves"),
    "details": pgettext_lazy("step of a story", "says more of themselves"),
    "draw": pgettext_lazy("step of a story", "draws: %(name)s"),
    "edit": pgettext_lazy("step of a story", "order %(name)s is changed"),
    "effect": pgettext_lazy("step of a story", "what another member did: %(name)s"),
    "enrol": pgettext_lazy("step of a story", "joins"),
    "fulfilled": pgettext_lazy("step of a story", "order %(name)s is handed over"),
    "grant": pgettext_lazy("step of a story", "is given the tier %(name)s"),
    "hold": pgettext_lazy("step of a story", "reserves %(name)s"),
    "merge": pgettext_lazy("step of a story", "%(name)s becomes part of this membership"),
    "move": pgettext_lazy("step of a story", "order %(name)s was somebody else's"),
    "order": pgettext_lazy("step of a story", "order %(name)s"),
    "pay": pgettext_lazy("step of a story", "order %(name)s is paid"),
    "plan": pgettext_lazy("step of a story", "plan %(name)s"),
    "publish": pgettext_lazy("step of a story", "a new version is published"),
    "receive": pgettext_lazy("step of a story", "is given points"),
    "redeem": pgettext_lazy("step of a story", "redeems %(name)s"),
    "referred": pgettext_lazy("step of a story", "was brought by %(name)s"),
    "refund": pgettext_lazy("step of a story", "goods of order %(name)s come back"),
    "release": pgettext_lazy("step of a story", "no longer reserves %(name)s"),
    "repeat": pgettext_lazy("step of a story", "order %(name)s is sent again"),
    "restore": pgettext_lazy("step of a story", "gets back what was redeemed: %(name)s"),
    "segment": pgettext_lazy("step of a story", "segment %(name)s"),
    "transfer": pgettext_lazy("step of a story", "gives points to %(name)s"),
    "unmerge": pgettext_lazy("step of a story", "is parted from %(name)s again"),
    "wait": pgettext_lazy("step of a story", "%(name)s later"),
}
NAMED: dict[str, Callable[[str, Programs], str]] = {
    "draw": wording.reward,
    "grant": wording.tier,
    "hold": wording.reward,
    "redeem": wording.reward,
    "wait": lambda name, _programs: span(name),
}
EXPECTED: dict[str, Promise] = {
    "announced": _("what is announced"),
    "benefits": _("benefits that they have"),
    "budget": _("left of the budget"),
    "drew": _("prize that was drawn"),
    "entries": _("lines of the ledger"),
    "expiry": _("last day"),
    "explained": _("reasons that are given"),
    "growth": _("growth"),
    "lacks": _("rules that gave nothing"),
    "orders": _("number of orders"),
    "progress": _("progress"),
    "refused": _("refused because of"),
    "says": _("what members read"),
    "spend": _("spend"),
    "tier": _("tier"),
    "why": _("rules that gave something"),
}
FIGURES: dict[str, Promise] = {
    "growth": _("growth"),
    "grows_by": _("grows by"),
    "keep_missing": _("missing to keep the tier"),
    "missing": _("missing to the next tier"),
    "next_tier": _("next tier"),
    "projected": _("tier from then on"),
    "reach": _("needed to reach it"),
    "tier": _("tier"),
    "tier_set": _("tier set"),
    "until": _("tier holds until"),
    "waiting": _("growth that waits"),
    "window_until": _("growth is counted until"),
}


def step(title: str, programs: Programs) -> str:
    """Of "order A-1", "wait 7 days"; where no deed is told, time passes."""
    deed, _space, name = title.partition(" ")
    if not deed:
        return gettext("time passes")
    told = NAMED[deed](name, programs) if deed in NAMED and name else name
    return (str(TITLES[deed]) % {"name": told}).strip(" :：")


def compared(what: str, programs: Programs) -> str:
    """Of "points.pending", "tier", "progress.status.missing"."""
    kind, *parts = what.split(".")
    if kind not in EXPECTED:
        return " · ".join([wording.unit(kind, programs), *map(moves.place, parts)])
    return " · ".join([str(EXPECTED[kind]), *(_part(kind, part, programs) for part in parts)])


def _part(kind: str, part: str, programs: Programs) -> str:
    if kind == "progress":
        return str(FIGURES.get(part, part))
    if kind == "expiry":
        return wording.unit(part, programs)
    return wording.campaign(part, programs.versions[-1].number, programs) if kind == "budget" else part
