"""What was changed, as the log says it: the lines of `journal` in the reader's words, with no more about members than
the reader may know."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.access import queries
from regulars.console import actors, journal, people, reasons
from regulars.console.journal import Line
from regulars.console.scopes import SCOPES
from regulars.console.segment_page import differs
from regulars.console.settings_page import ACCENTS, SECOND_FACTOR
from regulars.console.templatetags.console import ROLE_NAMES
from regulars.insight.wording import count
from regulars.members import queries as members
from regulars.members.queries import MemberLine
from regulars.programs import wording
from regulars.segments.definition import ground
from regulars.storefront import words
from regulars.storefront.shop import Shop

LISTED = 100
KINDS: Mapping[str, Promise] = {
    "keys": _("Keys"),
    "members": _("Members"),
    "program": _("Program"),
    "rewards": _("Rewards and codes"),
    "segments": _("Segments"),
    "staff": _("Staff"),
}
WHAT: Mapping[str, Promise] = {
    "batch.cancelled": _("Codes ended"),
    "batch.imported": _("Codes brought in"),
    "batch.made": _("Codes made"),
    "batch.taken": _("Codes downloaded"),
    "checkout.approved": _("Reward approved"),
    "checkout.declined": _("Reward declined"),
    "checkout.released": _("Redemption given back"),
    "checkout.voided": _("Redemption undone"),
    "copy.cancelled": _("Reward cancelled"),
    "copy.issued": _("Reward given"),
    "draft.begun": _("Draft begun"),
    "draft.withdrawn": _("Draft withdrawn"),
    "factor.app_added": _("App set up"),
    "factor.app_removed": _("App removed"),
    "factor.codes_made": _("New recovery codes"),
    "factor.key_added": _("Passkey added"),
    "factor.key_removed": _("Passkey removed"),
    "factor.required": _("Who needs a second step"),
    "factor.reset": _("Second step reset"),
    "key.made": _("Key made"),
    "key.revoked": _("Key revoked"),
    "look.accent": _("Colour of the pages"),
    "member.corrected": _("Member’s details corrected"),
    "member.erased": _("Member erased"),
    "member.exported": _("Member’s data downloaded"),
    "member.merged": _("Two members made one"),
    "member.parted": _("Made two members again"),
    "note.struck": _("Note struck out"),
    "note.written": _("Note written"),
    "order.entered": _("Order entered by hand"),
    "order.taken_back": _("Order entered by hand taken back"),
    "points.adjusted": _("Points by hand"),
    "points.asked": _("Points by hand asked for"),
    "points.credited": _("Points from a reward"),
    "points.declined": _("Points by hand declined"),
    "points.withdrawn": _("Points by hand no longer asked for"),
    "program.one_asked": _("Asked that one person may publish"),
    "program.published": _("Version published"),
    "program.two_people": _("How many must agree to a version"),
    "segment.archived": _("Segment archived"),
    "segment.brought_back": _("Segment brought back"),
    "segment.changed": _("Segment changed"),
    "segment.made": _("Segment made"),
    "staff.added": _("Let in"),
    "staff.let_in": _("Let in again"),
    "staff.own_password": _("Own password changed"),
    "staff.password": _("New password"),
    "staff.role": _("Another role"),
    "staff.shut_out": _("Shut out"),
    "stock.added": _("Stock added"),
}
DETAILS: Mapping[str, Promise] = {"card": _("Card"), "email": _("E-mail"), "name": _("Name"), "phone": _("Phone")}
# Who may publish a version, by whether it needs two.
HANDS = {False: _("One person"), True: _("Two people")}


class Said(Struct, frozen=True):
    """One change: what, about whom or what, what it was and is."""

    at: datetime
    what: str
    about: str
    before: str
    after: str
    who: str


class Known(Struct, frozen=True):
    """What lines speak of, by what they call it. Words that somebody wrote about a member only if `personal`."""

    shop: Shop
    called: Mapping[str, str]
    keys: Mapping[str, str]
    members: Mapping[UUID, MemberLine]
    personal: bool

    def member(self, number: str) -> str:
        found = self.members.get(UUID(number))
        return people.called(found) if found else gettext("member %(number)s") % {"number": number[:8]}


def changes(shop: Shop, kind: str = "", before: str = "", *, personal: bool) -> tuple[list[Said], str]:
    """Newest first, of one of KINDS where it is named, and what to go on `before`; "" where nothing is older."""
    found = journal.lines(shop, kind, before, LISTED + 1)
    further, found = found[LISTED - 1].place if len(found) > LISTED else "", found[:LISTED]
    known = _known(shop, found, personal)
    told = [
        Said(
            at=shop.local(one.at),
            what=str(WHAT[one.what]),
            about=_about(one, known),
            before=_said(one, one.before, known),
            after=_said(one, one.after, known),
            who=known.called[one.actor],
        )
        for one in found
    ]
    return told, further


def _known(shop: Shop, found: list[Line], personal: bool) -> Known:
    """Asked for at once: a page costs the same, whatever stands on it."""
    abouts = {one.about.partition(":")[::2] for one in found}
    joined = {UUID(str(one.after["with"])) for one in found if "with" in one.after}
    mentioned = joined | {UUID(which) for kind, which in abouts if kind == "member"}
    staff = {f"{actors.PERSON}{which}" for kind, which in abouts if kind == "staff"}
    second = {str(one.after["second"]) for one in found if "second" in one.after}
    return Known(
        shop,
        actors.names(shop.id, {*(one.actor for one in found), *staff, *second}),
        {key.prefix: key.name for key in queries.keys(shop.id)}
        if any(kind == "key" for kind, _which in abouts)
        else {},
        members.several(shop.id, mentioned, personal=personal) if mentioned else {},
        personal,
    )


def _about(one: Line, known: Known) -> str:
    kind, _colon, which = one.about.partition(":")
    tell = ABOUT.get(kind)
    return tell(which, known) if tell else which


def _coupon(name: str, known: Known) -> str:
    offer = known.shop.rules.coupons.get(name)
    return words.title(offer) if offer else name


ABOUT: Mapping[str, Callable[[str, Known], str]] = {
    "coupon": _coupon,
    "key": lambda which, known: known.keys[which],
    "member": lambda which, known: known.member(which),
    "policy": lambda _which, _known: gettext("All who sign in"),
    "program": lambda _which, known: known.shop.title,
    "reward": lambda which, known: wording.reward(which, known.shop.published.programs),
    "staff": lambda which, known: known.called[f"{actors.PERSON}{which}"].removeprefix(actors.PERSON),
}


def _said(one: Line, values: Mapping[str, Any], known: Known) -> str:
    """In words; what a key or somebody of the staff is called stands beside already."""
    if one.what.startswith("segment."):
        return differs(known.shop, ground(known.shop.published.programs), values) if values else ""
    said = (tell(values, known) for name, tell in TELLERS.items() if values.get(name, "") != "")
    return " · ".join(part for part in said if part)


def _points(values: Mapping[str, Any], known: Known) -> str:
    sign = "+" if values["points"] > 0 else "−"
    return sign + wording.points(abs(values["points"]), values["wallet"], known.shop.published.programs)


def _own_words(values: Mapping[str, Any], known: Known) -> str:
    return _quoted(values["words"]) if known.personal else ""


def _quoted(text: str) -> str:
    return gettext("“%(words)s”") % {"words": text}


def _scopes(values: Mapping[str, Any], _known: Known) -> str:
    return wording.listed(str(SCOPES[scope].name if scope in SCOPES else scope) for scope in values["scopes"])


# In the order in which they are said.
TELLERS: Mapping[str, Callable[[Mapping[str, Any], Known], str]] = {
    "accent": lambda values, _known: str(ACCENTS[values["accent"]]),
    "draft": lambda values, _known: gettext("Draft %(number)s") % {"number": values["draft"]},
    "fields": lambda values, _known: wording.listed(str(DETAILS[field]) for field in values["fields"]),
    "order": lambda values, _known: str(values["order"]),
    "points": _points,
    "quantity": lambda values, _known: count(values["quantity"]) if values["quantity"] else "",
    "reward": lambda values, known: wording.reward(values["reward"], known.shop.published.programs),
    "role": lambda values, _known: str(ROLE_NAMES.get(values["role"], values["role"])),
    "scopes": _scopes,
    "second_factor": lambda values, _known: str(SECOND_FACTOR.get(values["second_factor"], values["second_factor"])),
    "two_people": lambda values, _known: str(HANDS[bool(values["two_people"])]),
    "version": lambda values, _known: gettext("Version %(number)s") % {"number": values["version"]},
    "with": lambda values, known: gettext("with %(member)s") % {"member": known.member(values["with"])},
    "reason": lambda values, _known: reasons.said(values["reason"]),
    "second": lambda values, known: gettext("approved by %(who)s") % {"who": known.called[values["second"]]},
    "why": lambda values, _known: _quoted(values["why"]),
    "words": _own_words,
}
