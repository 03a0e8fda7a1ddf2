"""What was sent from the form of a draft: the text that it makes, and where whoever sent it goes on."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from msgspec import Struct

from regulars.console.drafts import checked, faults
from regulars.programs.canonical.editing import edited, without_entry
from regulars.programs.forms import Card, Form, cards, form, said_in, with_thing
from regulars.programs.marking import first_fault, marked, place
from regulars.storefront.shop import Shop

NEW = "new:"


class Sent(Struct, frozen=True):
    """`changed` are the fields that say something else, `added` the things that are new, in the text by their paths."""

    text: str
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def sent(post: QueryDict, document: str) -> Sent:
    """What fields and buttons make of the saved text. A thing that was named is added, whatever button was pressed:
    Enter presses another one. Raises Unreadable and KeyError."""
    changed = said_in(document, post.dict())
    text = before = edited(document, changed) if changed else document
    deed, _sign, path = post.get("do", "").partition(":")
    for word in filter(lambda word: deed and word.startswith(NEW), post):
        if name := post[word].strip():
            text = with_thing(text, word.removeprefix(NEW), name)
    added = _paths(text) - _paths(before) if text != before else set()
    if deed == "remove":
        return Sent(without_entry(text, path))
    return Sent(text, tuple(changed), tuple(sorted(added)))


def opened(post: QueryDict) -> set[str]:
    """Which cards were open. Where one goes, others take its place."""
    removed = post.get("do", "").removeprefix("remove:").partition("[")[0] if "remove:" in post.get("do", "") else ""
    return {path for path in post.getlist("open") if not removed or not path.removeprefix("more:").startswith(removed)}


def onwards(shop: Shop, found: Sent, document: str, opened: Iterable[str]) -> str:
    """What follows the address: what is open, and the first field with which something is wrong, of what is new before
    all; else what was said."""
    shown = marked(form(document), faults(checked(shop, document, in_form=True)))
    new = next((_first(card) for card in cards(shown) if card.path in found.added), "")
    touched = {card.path for card in cards(shown) for path in found.changed if card.path and f"{card.path}." in path}
    query = urlencode({"open": sorted({*opened, *touched, *found.added})}, doseq=True)
    return f"{'?' if query else ''}{query}#{quote(new or first_fault(shown) or 'said')}"


def saved(found: Sent) -> str | SafeString:
    """That it is saved, with the way back to what was changed."""
    said = _("It is saved.")
    if not found.changed:
        return said
    back = _("Back to: %(place)s") % {"place": capfirst(place(form(found.text), found.changed[0]).words)}
    return format_html('{} <a href="#{}">{}</a>', said, found.changed[0], back)


def _paths(document: str) -> set[str]:
    return {card.path for card in cards(form(document))}


def _first(card: Card) -> str:
    """The first field in which something is to be written."""
    return first_fault(Form(card, [])) or next((one.path for one in (*card.said, *card.unsaid)), "")
