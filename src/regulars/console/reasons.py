"""Why people change what a member has: a code that is kept for ever, and words beside it that can be forgotten."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from regulars.console import actors
from regulars.console.asking import Form
from regulars.engine.facts import Adjustment, Merge, Order, Unmerge
from regulars.ledger import codec
from regulars.ledger.connect import raw
from regulars.ledger.queries import said_about
from regulars.storefront.shop import Shop

ADJUSTING: Mapping[str, Promise] = {
    "goodwill": gettext_lazy("Goodwill"),
    "points_missing": gettext_lazy("Points were missing"),
    "complaint": gettext_lazy("After a complaint"),
    "mistake": gettext_lazy("To put a mistake right"),
    "other": gettext_lazy("Another reason"),
}
UNITING: Mapping[str, Promise] = {
    "same_person": gettext_lazy("The same person"),
    "mistake": gettext_lazy("They are two people after all"),
}
ENTERING: Mapping[str, Promise] = {
    "card_not_shown": gettext_lazy("The card was not shown"),
    "not_sent": gettext_lazy("The shop’s system did not send it"),
    "elsewhere": gettext_lazy("Bought where there is no till: by telephone, at a market"),
    "other": gettext_lazy("Another reason"),
}
KINDS = tuple(codec.KINDS[kind] for kind in (Adjustment, Merge, Unmerge))
Decided = Adjustment | Merge | Unmerge


def chosen(form: Form, codes: Mapping[str, Promise] = ADJUSTING) -> str:
    """The code of a reason; another one needs words."""
    code = form.text("reason")
    if code not in codes:
        form.faults["reason"] = _("Choose a reason.")
    if code == "other" and not form.text("words"):
        form.faults["words"] = _("Say why, in a few words.")
    return code


def said(code: str) -> str:
    return str(ADJUSTING.get(code) or UNITING.get(code) or ENTERING.get(code) or code)


class Heard(Struct, frozen=True):
    """What people decided about somebody, with their words, and what people are called. `entered` are the words
    about orders that somebody entered by hand, by key; who did stands in the log."""

    found: list[tuple[Decided, str]]
    called: dict[str, str]
    entered: dict[str, str]


def heard(shop: Shop, people: set[UUID], others: Iterable[str] = ()) -> Heard:
    """`others` did something else that stands on the same page: who they are is asked for at once."""
    about = said_about(raw(), shop.id, people, KINDS)
    found = [(one, words) for one, words in about if isinstance(one, Decided)]
    entered = {one.key: words for one, words in about if isinstance(one, Order)}
    deciders = {who for one, _words in found for who in _people(one)}
    return Heard(found, actors.names(shop.id, {*deciders, *others}), entered)


def decided(heard: Heard, *, personal: bool) -> dict[str, tuple[str, ...]]:
    """By what entries name as their cause: why it was done and who did it; if `personal`, what they wrote too."""
    # Of a merge both were told; the words are kept with the one who survives.
    found = sorted(heard.found, key=lambda one: bool(one[1]))
    told = {_cause(one): tuple(_told(one, words if personal else "", heard.called)) for one, words in found}
    entered = {
        f"order:{key}": (_("entered by hand"), *_quoted(words, personal)) for key, words in heard.entered.items()
    }
    return told | entered


def _quoted(words: str, personal: bool) -> tuple[str, ...]:
    return (_("“%(words)s”") % {"words": words},) if words and personal else ()


def _cause(one: Decided) -> str:
    kinds: dict[type, str] = {Adjustment: "adjust", Merge: "merge", Unmerge: "unmerge"}
    return f"{kinds[type(one)]}:{one.key}"


def _people(one: Decided) -> tuple[str, ...]:
    return (one.actor, one.approver) if isinstance(one, Adjustment) else (one.actor,)


def _told(one: Decided, words: str, called: Mapping[str, str]) -> list[str]:
    who = called.get(one.actor, "")
    if isinstance(one, Adjustment) and one.approver:
        who = _("%(who)s, approved by %(second)s") % {"who": who, "second": called[one.approver]}
    return [part for part in (said(one.reason), who, *_quoted(words, personal=True)) if part]
