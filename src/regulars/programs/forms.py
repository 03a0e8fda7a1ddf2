"""A document as a form: a card for each thing, a field for each word, whether it is said or not.

What stands in a field is what stands in the document: phrases as text, conditions in brackets.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Set

from django.utils.text import slugify
from msgspec import Struct, inspect
from msgspec.structs import replace

from regulars.engine.document import RawDocument
from regulars.programs.canonical.editing import edited, with_entry
from regulars.programs.canonical.layout import flow
from regulars.programs.canonical.parts import Node, parted
from regulars.programs.changes.choices import choice
from regulars.programs.changes.differing import BARE_NUMBER, GISTS, GROWTH, NAMED_BY, OPENED, known
from regulars.programs.changes.labels import SORTS, label, section
from regulars.programs.changes.phrases import LANGUAGES, Known, read
from regulars.programs.languages import TAGS, TEXTS
from regulars.programs.presets.starting import CURRENCY, in_currency
from regulars.programs.tree import grown
from regulars.programs.wording import language, worded

# By language, each in a field of its own.
IN_LANGUAGES = ("name", "terms")
# How what people would write next looks, while it is not said. In US dollars, as presets count, and in points.
EXAMPLES = {
    r"campaigns\[\d+\]\.budget": "1000 USD",
    r"caps\[\d+\]\.at_most": "500",
    r"coupons\[\d+\]\.code": "SPRING",
    r"coupons\[\d+\]\.gives": "{discount: 5 USD}",
    r"earn\[\d+\]\.give": "1 point per 1 USD",
    r"rewards\[\d+\]\.costs": "100 points",
    r"rewards\[\d+\]\.gives": "{product: MUG-1}",
}
# What a thing of a sort goes without only where another word says it, though no word demands it.
WANTED = {"coupon": {"code": "codes"}, "reward": {"gives": ""}, "rule": {"give": "multiply"}}
# They stay for ever, or are what others name a thing by.
FIXED = ("program", "timezone", "currency")

# What people call a thing by.
TITLED_BY = ("name", "unit")
# A part as people write it who do not know that it stands in braces.
BARE_PART = re.compile(r"[a-z_]+:\s")


class Field(Struct, frozen=True):
    """`value` is "" where nothing is said, though it may be `needed`; `choices` are all it may be, where these are few.
    `is_part` says that nothing but words with what they say may stand there. `tag` is a language's; `reads` says in the
    reader's words what stands there, where that is not the same; `example` what might stand there where nothing does;
    `fault` what is wrong with it."""

    path: str
    label: str
    value: str
    choices: tuple[str, ...] = ()
    tag: str = ""
    fixed: bool = False
    needed: bool = False
    is_part: bool = False
    reads: str = ""
    example: str = ""
    fault: str = ""

    @property
    def language(self) -> str:
        """By its own name."""
        return LANGUAGES.get(self.tag, self.tag)

    @property
    def options(self) -> list[tuple[str, str]]:
        """What may be chosen, with what people call it."""
        word = self.path.rpartition(".")[2]
        return [(one, choice(word, one)) for one in self.choices]


class Card(Struct, frozen=True):
    """A thing: what people call it, its name in the document, where it stands (to remove it), fields that are said, or
    must be, and those that are not.
    """

    title: str
    name: str
    path: str
    said: list[Field]
    unsaid: list[Field]
    cards: "list[Section]"

    @property
    def gist(self) -> str:
        """What it is about, while it is folded."""
        by_word = {field.path.rpartition(".")[2]: field.reads or field.value for field in self.said}
        return next((by_word[word] for word in GISTS if by_word.get(word)), "")

    @property
    def needs_more(self) -> bool:
        """Whether something is wrong with what is folded away."""
        return any(field.fault for field in self.unsaid)

    @property
    def is_faulty(self) -> bool:
        return any(field.fault for field in (*self.said, *self.unsaid)) or any(
            card.is_faulty for part in self.cards for card in part.cards
        )


class Section(Struct, frozen=True):
    """Things of a sort, and the list they stand in; `naming` is the word that names one ("": by its place)."""

    title: str
    path: str
    naming: str
    cards: list[Card]


class Form(Struct, frozen=True):
    general: Card
    sections: list[Section]


def form(text: str) -> Form:
    """Raises Unreadable where the text is no tree of words."""
    grown(text)
    kind = inspect.type_info(RawDocument)
    assert isinstance(kind, inspect.StructType)
    root = parted(text).root
    found = Form(_card(kind, root, "", ""), list(_sections(kind, root, "")))
    called = known(text)
    spent = {path for path, value in _values(found).items() if path.endswith(".grows_by") and value in ("", "spend")}
    return each(
        found,
        lambda field: replace(field, reads=_reads(field, called, spent), example=_example(field, called)),
    )


def filled(found: Form, typed: Mapping[str, str]) -> Form:
    """The form with what somebody typed into it."""
    return each(found, lambda field: replace(field, value=typed.get(field.path, field.value)))


def _reads(field: Field, called: Known, spent: Set[str]) -> str:
    words = field.path.split(".")
    if field.choices or not TEXTS.isdisjoint(words[-2:]):
        return ""
    said = field.value
    if words[-1] in GROWTH and f"{words[0]}.grows_by" in spent and BARE_NUMBER.fullmatch(said):
        said += f" {called.currency}"
    return read(words[-1], said, called)


def _example(field: Field, called: Known) -> str:
    """In the program's own money and points."""
    if field.value and not (field.is_part and not field.value.startswith("{")):
        return ""
    said = next((said for above, said in EXAMPLES.items() if re.fullmatch(above, field.path)), "")
    if "points" in said and called.units:
        said = said.replace("points", next(iter(called.units)))
    return in_currency(said, called.currency or CURRENCY)


def each(found: Form, change: Callable[[Field], Field]) -> Form:
    """The form with every field changed."""
    return Form(_changed(found.general, change), [_changed_section(part, change) for part in found.sections])


def _changed_section(part: Section, change: Callable[[Field], Field]) -> Section:
    return replace(part, cards=[_changed(card, change) for card in part.cards])


def _changed(card: Card, change: Callable[[Field], Field]) -> Card:
    said, unsaid = ([change(field) for field in fields] for fields in (card.said, card.unsaid))
    cards = [_changed_section(part, change) for part in card.cards]
    return replace(card, said=said, unsaid=unsaid, cards=cards)


def with_thing(text: str, path: str, name: str) -> str:
    """One more thing of that name in the list at this path. Raises Unreadable and KeyError.

    What people call it is said in their language; the document calls it by a short name that is made of it.
    """
    word, tag = path.rpartition(".")[2], next((tag for tag in TAGS if tag.lower() == language()), TAGS[0])
    before = {card.path: card.name for card in cards(form(text)) if card.path.startswith((f"{path}[", f"{path}."))}
    if word == "wallets":
        return edited(text, {f"wallets.{_free(slugify(name) or 'wallet', before.values())}.unit.{tag}": name})
    more = with_entry(text, path, NAMED_BY[word], _free(slugify(name) or name, before.values()))
    card = next(card for card in cards(form(more)) if card.path.startswith(f"{path}[") and card.path not in before)
    named = f"{card.path}.name.{tag}"
    if named in {field.path for field in card.unsaid}:
        return edited(more, {named: name})
    return with_entry(text, path, NAMED_BY[word], name)


def _free(begun: str, taken: Collection[str]) -> str:
    """Numbered where it is taken."""
    return next(name for name in (begun, *(f"{begun}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def said_in(text: str, typed: Mapping[str, str]) -> dict[str, str]:
    """What somebody said otherwise in the fields of a document's form, by path. Raises Unreadable."""
    found = {}
    for field in _fields_of(form(text)):
        value = typed.get(field.path, field.value).strip()
        if value != field.value:
            found[field.path] = f"{{{value}}}" if field.is_part and BARE_PART.match(value) else value
    return found


def form_values(text: str) -> dict[str, str]:
    """What stands in each field, by its path. Raises Unreadable."""
    return _values(form(text))


def _values(found: Form) -> dict[str, str]:
    return {field.path: field.value for field in _fields_of(found)}


def _fields_of(found: Form) -> Iterator[Field]:
    """Those in which something may be said."""
    return (field for card in cards(found) for field in [*card.said, *card.unsaid] if not field.fixed)


def cards(found: Form) -> Iterator[Card]:
    """Of everything, what stands inside of a thing after it."""
    yield found.general
    for part in found.sections:
        yield from _all(part)


def _all(part: Section) -> Iterator[Card]:
    for card in part.cards:
        yield card
        for below in card.cards:
            yield from _all(below)


def _sections(kind: inspect.StructType, node: Node, above: str) -> Iterator[Section]:
    for field in kind.fields:
        word, path = field.encode_name, f"{above}{field.encode_name}"
        below = part_in(field.type)
        if below is None or not (word in NAMED_BY or word == "wallets"):
            continue
        naming = NAMED_BY.get(word, "")
        items = _child(node, word).items or []
        cards = []
        for place, item in enumerate(items):
            here = f"{path}[{place}]" if item.key is None else f"{path}.{item.key}"
            name = item.key or _child(item.value, naming).text
            cards.append(_card(below, item.value, here, name, naming))
        yield Section(section(word), path, naming, cards)


def _card(kind: inspect.StructType, node: Node, path: str, name: str, naming: str = "") -> Card:
    start = f"{path}." if path else ""
    fields = [found for field in kind.fields if field.encode_name != naming for found in _fields(field, node, start)]
    values = {one.path.removeprefix(start): one.value for one in fields}
    wanted = {f"{start}{word}" for word, instead in WANTED.get(naming, {}).items() if not values.get(instead)}
    said = [one for one in fields if one.value or one.needed or one.path in wanted]
    unsaid = [one for one in fields if one not in said]
    below = list(_sections(kind, node, start)) if path else []
    return Card(_title(node, below) or name, name, path, said, unsaid, below)


def _title(node: Node, below: "list[Section]") -> str:
    """Its name in the reader's language; of things that have none those of what they hold."""
    names = {item.key or "": _last(item.value) for word in TITLED_BY for item in _child(node, word).items or ()}
    held = " · ".join(card.title for part in below for card in part.cards)
    title = worded(names, language()) or held
    return str(SORTS["wallet"]) % {"name": title} if title and _child(node, "unit").items else title


def _last(node: Node) -> str:
    """Of a unit's forms the one for many."""
    return node.items[-1].value.text if node.items else node.text


def _fields(field: inspect.Field, node: Node, above: str) -> Iterator[Field]:
    word = field.encode_name
    if word in NAMED_BY or word == "wallets":
        return
    here, path = _child(node, word), f"{above}{word}"
    if word in IN_LANGUAGES:
        for tag in TAGS:
            yield Field(f"{path}.{tag}", label(word), _said(_child(here, tag)), tag=tag)
        return
    below = part_in(field.type) if word in OPENED else None
    choices = _choices(field.type)
    if below is not None and (here.items is not None or not (here.text or choices)):
        for part in below.fields:
            name = f"{word}.{part.encode_name}"
            yield Field(f"{above}{name}", label(name), _said(_child(here, part.encode_name)), _choices(part.type))
        return
    is_part = part_in(field.type) is not None and not _may_be_text(field.type)
    is_fixed = not above and word in FIXED
    yield Field(path, label(word), _said(here), choices, fixed=is_fixed, needed=field.required, is_part=is_part)


def _may_be_text(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.StrType) or (
        isinstance(kind, inspect.UnionType) and any(_may_be_text(one) for one in kind.types)
    )


def _child(node: Node, word: str) -> Node:
    return next((item.value for item in node.items or () if item.key == word), Node())


def _said(node: Node) -> str:
    return node.text if node.items is None else flow(node)


def _choices(kind: inspect.Type) -> tuple[str, ...]:
    """All that may be said, where these are few; also of a word that is said otherwise by a part."""
    if isinstance(kind, inspect.UnionType):
        return next((found for one in kind.types if (found := _choices(one))), ())
    return tuple(str(one) for one in kind.values if one) if isinstance(kind, inspect.LiteralType) else ()


def part_in(kind: inspect.Type) -> inspect.StructType | None:
    """The part of a program that a word holds, alone, by name or in a list; None where it holds phrases."""
    if isinstance(kind, inspect.ListType):
        return part_in(kind.item_type)
    if isinstance(kind, inspect.DictType):
        return part_in(kind.value_type)
    if isinstance(kind, inspect.UnionType):
        return next((found for one in kind.types if (found := part_in(one))), None)
    return kind if isinstance(kind, inspect.StructType) else None
