"""What differs between two documents, found by the names of their things, whatever their order and layout.

Both are compared with what they leave unsaid filled in, so that writing out a default changes nothing.
"""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.document import DocumentErrors, shape
from regulars.programs.changes.phrases import Known
from regulars.programs.tree import Tree, Unreadable, grown

# Lists of things, each with the word that names one of them.
NAMED_BY = {
    "tiers": "set",
    "levels": "tier",
    "earn": "rule",
    "caps": "cap",
    "campaigns": "campaign",
    "benefits": "benefit",
    "rewards": "reward",
    "coupons": "coupon",
}
SORTS = {"set": "tier set"}
# Small parts, compared word by word: `spend.at_least`.
OPENED = ("spend", "enrolment", "earlier_orders", "referral", "stacking")
# Which of them comes first has a meaning.
IN_ORDER = ("levels", "earn", "wallets")
# What a tier asks for, which is money where its set grows by spend.
GROWTH = ("reach", "retain")
# What a thing is about, in the order in which to look for it.
GISTS = ("give", "multiply", "costs", "gives", "reach", "at_most", "budget", "expires")
BARE_NUMBER = re.compile(r"[\d.,_]+")


class Thing(Struct, frozen=True):
    """A part of a program that has a name of its own; the program itself has the sort `program`."""

    sort: str
    key: str
    names: dict[str, str]


class Change(Struct, frozen=True):
    """A word that is said otherwise, or a thing that came or went; then `after` or `before` has what it is about.

    Nothing was said before, or is said now, where that is "". Words such as `earn` stand for the order of their things.
    `known` is what both documents call their things.
    """

    thing: Thing
    kind: Literal["new", "gone", "other"]
    word: str
    before: str
    after: str
    known: Known = Known()


class Said(Struct, frozen=True):
    thing: Thing
    words: dict[str, str]
    orders: dict[str, list[str]]


def changes(before: str, after: str) -> list[Change]:
    """From one document to another, in the order of the second; what is gone comes last.

    Both must have a program's shape. Raises DocumentErrors and Unreadable.
    """
    was, now = _document(before), _document(after)
    old, new = _things(was), _things(now)
    found = [change for key, said in new.items() for change in _of_one(old.get(key), said)]
    for key, said in old.items():
        if key not in new:
            word, about = _gist(said)
            found.append(Change(said.thing, "gone", word, about, ""))
    called = known_of(was, now)
    return [replace(change, known=called) for change in found]


def known(text: str) -> Known:
    """What a document calls its things, also while something is wrong with it; nothing of what cannot be read."""
    try:
        return known_of(_document(text))
    except DocumentErrors:
        return known_of(_named(grown(text).tree))
    except Unreadable:
        return Known()


def known_of(*documents: dict[str, Tree]) -> Known:
    """What they call their things; of two names the later document's."""
    units, named = {}, {"tier": {}, "rule": {}, "campaign": {}}
    currency = ""
    for document in documents:
        currency = _scalar(document.get("currency", ""))
        for sort, key, item in _listed(document):
            if sort == "wallet":
                units[key] = _units(item)
            elif sort in named:
                named[sort][key] = _names(item)
    return Known(units, named["tier"], named["rule"], named["campaign"], currency)


def _named(part: Tree) -> dict[str, Tree]:
    """Of a document that has no program's shape the things that have a name, each as far as it is written like one."""
    if not isinstance(part, dict):
        return {}
    found: dict[str, Tree] = {}
    for word, said in part.items():
        if word in ("name", "unit") and isinstance(said, dict):
            found[word] = {tag: forms for tag, forms in said.items() if isinstance(forms, str | list) and forms}
        elif word == "wallets" and isinstance(said, dict):
            found[word] = {key: _named(wallet) for key, wallet in said.items()}
        elif word in NAMED_BY and isinstance(said, list):
            found[word] = [one for item in said if NAMED_BY[word] in (one := _named(item)) or word == "tiers"]
        elif word not in ("name", "unit", "wallets", *NAMED_BY) and isinstance(said, str):
            found[word] = said
    return found


def _units(wallet: dict[str, Tree]) -> dict[str, list[str]]:
    said = wallet.get("unit") or {}
    assert isinstance(said, dict)
    return {tag: [_scalar(one) for one in forms] if isinstance(forms, list) else [_scalar(forms)]
            for tag, forms in said.items()}  # fmt: skip


def _of_one(old: Said | None, new: Said) -> Iterator[Change]:
    if old is None:
        word, about = _gist(new)
        yield Change(new.thing, "new", word, "", about)
        return
    for word in [*new.words, *(word for word in old.words if word not in new.words)]:
        before, after = old.words.get(word, ""), new.words.get(word, "")
        if before != after:
            yield Change(new.thing, "other", word, before, after)
    for word, keys in new.orders.items():
        was = [key for key in old.orders.get(word, ()) if key in keys]
        now = [key for key in keys if key in was]
        if was != now:
            yield Change(new.thing, "other", word, ", ".join(was), ", ".join(now))


def _gist(said: Said) -> tuple[str, str]:
    """What a thing that came or went is about: the word that says it, and what it says."""
    return next(((word, said.words[word]) for word in GISTS if word in said.words), ("", ""))


def _document(text: str) -> dict[str, Tree]:
    document: Tree = msgspec.to_builtins(shape(grown(text).tree))
    assert isinstance(document, dict)
    _say_currency(document)
    return document


def _things(document: dict[str, Tree]) -> dict[tuple[str, str], Said]:
    root = _said(Thing("program", _scalar(document.get("program", "")), _names(document)), document)
    found = {("program", ""): root}
    for sort, key, item in _listed(document):
        found[sort, key] = _said(Thing(sort, key, _names(item)), item)
    return found


def _say_currency(document: dict[str, Tree]) -> None:
    """Thresholds of money as other money is written: "6000 TWD"."""
    for tiers in document.get("tiers", ()):
        assert isinstance(tiers, dict)
        for level in tiers["levels"] if tiers["grows_by"] == "spend" else ():
            assert isinstance(level, dict)
            for word in GROWTH:
                if isinstance(said := level[word], str) and BARE_NUMBER.fullmatch(said):
                    level[word] = f"{said} {document['currency']}"


def _listed(part: dict[str, Tree]) -> Iterator[tuple[str, str, dict[str, Tree]]]:
    wallets = part.get("wallets", {})
    assert isinstance(wallets, dict)
    for key, wallet in wallets.items():
        assert isinstance(wallet, dict)
        yield "wallet", key, wallet
    for word, naming in NAMED_BY.items():
        for item in part.get(word, ()):
            assert isinstance(item, dict)
            yield SORTS.get(naming, naming), _key(item, naming), item
            yield from _listed(item)


def _key(item: dict[str, Tree], naming: str) -> str:
    """A cap without a name is known by what it bounds."""
    return _scalar(item.get(naming, "")) or _flow([item[word] for word in ("rules", "wallet", "per") if item.get(word)])


def _said(thing: Thing, part: dict[str, Tree]) -> Said:
    words: dict[str, str] = {}
    orders: dict[str, list[str]] = {}
    for word, value in part.items():
        if word in IN_ORDER:
            orders[word] = _keys(word, value)
        if word in NAMED_BY or word in {"wallets", thing.sort}:
            continue
        if word in OPENED and isinstance(value, dict):
            words |= {f"{word}.{below}": _flow(one) for below, one in value.items() if one}
        elif value:
            words[word] = _flow(value)
    return Said(thing, words, orders)


def _keys(word: str, value: Tree) -> list[str]:
    if isinstance(value, dict):
        return list(value)
    return [_key(item, NAMED_BY[word]) for item in value if isinstance(item, dict)]


def _names(part: dict[str, Tree]) -> dict[str, str]:
    names = part.get("name") or part.get("unit") or {}
    assert isinstance(names, dict)
    if not names and (levels := part.get("levels")):
        return _of_levels(levels)
    return {language: _scalar(said[-1] if isinstance(said, list) else said) for language, said in names.items()}


def _of_levels(levels: Tree) -> dict[str, str]:
    """A tier set is called as its tiers are: "Member · Silver · Gold"."""
    assert isinstance(levels, list)
    items = [level for level in levels if isinstance(level, dict)]
    named = [_names(level) for level in items]
    tags = {tag: None for names in named for tag in names} or {"en": None}
    keys = [_scalar(level.get("tier", "")) for level in items]
    return {tag: " · ".join(names.get(tag) or key for names, key in zip(named, keys, strict=True)) for tag in tags}


def _scalar(value: Tree) -> str:
    return value if isinstance(value, str) else _flow(value)


def _flow(value: Tree | None) -> str:
    """On one line, without what is not said."""
    if isinstance(value, dict):
        return ", ".join(f"{word}: {_inside(below)}" for word, below in value.items() if below)
    if isinstance(value, list):
        return ", ".join(_inside(one) if isinstance(one, dict) else _flow(one) for one in value)
    return value or ""


def _inside(value: Tree) -> str:
    said = _flow(value)
    return f"({said})" if isinstance(value, dict) or (isinstance(value, list) and len(value) > 1) else said
