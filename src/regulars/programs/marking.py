"""What is wrong with a document, at the fields of its form and in the words of whoever fills it in."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from regulars.programs.changes.differing import SORTS as NAMED_OTHERWISE
from regulars.programs.changes.labels import SECTIONS, SORTS, label
from regulars.programs.document import DocumentProblem
from regulars.programs.forms import Card, Field, Form, Section, cards, each


class Place(Struct, frozen=True):
    """Where something is wrong: the path of its field, or of what has none, and in words: "Coupon Spring · code"."""

    path: str
    words: str


def marked(found: Form, faults: Mapping[str, str]) -> Form:
    """The form with what is wrong at its fields, said by the place of each problem."""
    return each(found, lambda field: replace(field, fault=_fault(field.path, faults)))


def first_fault(found: Form) -> str:
    """The path of the first field with which something is wrong; "" where there is none."""
    return next((field.path for card in cards(found) for field in _fields(card) if field.fault), "")


def at_fields(found: Form, problems: Iterable[DocumentProblem]) -> Iterator[DocumentProblem]:
    """A word that is missing is something wrong with its field, which is there and empty; and where a part is needed,
    an example says more than all the words that it may have."""
    empty = {card.path: [one.path for one in card.said if one.needed and not one.value] for card in cards(found)}
    examples = {one.path: one.example for card in cards(found) for one in _fields(card) if one.is_part and one.example}
    for problem in problems:
        waiting = empty.get(problem.path)
        if problem.code == "word_missing" and waiting:
            yield replace(problem, path=waiting.pop(0), message=_("this is needed"))
        elif problem.code == "give_or_multiply":
            yield replace(problem, path=f"{problem.path}.give")
        elif problem.code == "not_a_part" and problem.path in examples:
            message = _("it is written as in %(example)s") % {"example": examples[problem.path]}
            yield replace(problem, message=message)
        else:
            yield problem


def place(found: Form, path: str) -> Place:
    above = [(title, card) for part in found.sections for title, card in _titled(part) if _is_within(path, card.path)]
    title, card = above[-1] if above else ("", found.general)
    field = next((one for one in _fields(card) if _is_within(path, one.path)), None)
    if field is None:
        return Place(path, title or str(SECTIONS.get(path, "")))
    word = path.rpartition(".")[2].partition("[")[0]
    deeper = label(word) if path.startswith(f"{field.path}.") and not field.tag else ""
    return Place(field.path, " · ".join(filter(None, [title, field.label, deeper])))


def _titled(part: Section) -> Iterator[tuple[str, Card]]:
    """Each card with its sort: "Coupon Spring"."""
    for number, card in enumerate(part.cards, 1):
        sort = str(SORTS[NAMED_OTHERWISE.get(part.naming, part.naming)]) if part.naming else "%(name)s"
        yield sort % {"name": card.title or number}, card
        for below in card.cards:
            yield from _titled(below)


def _fields(card: Card) -> list[Field]:
    return [*card.said, *card.unsaid]


def _fault(path: str, faults: Mapping[str, str]) -> str:
    return next((said for place, said in faults.items() if _is_within(place, path)), "")


def _is_within(path: str, above: str) -> bool:
    return path == above or path.startswith((f"{above}.", f"{above}["))
