"""From a tree of mappings, lists and text to typed structs, with everything that does not fit said at once.

Every leaf is text: what a phrase means is read later. A name that has no place is refused, with the names that have.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

from msgspec import inspect

from regulars.engine.problems import Problem

T = TypeVar("T")


def shaped(tree: object, kind: type[T], path: str = "") -> tuple[T | None, list[Problem]]:
    """The struct that a tree says; None when there are problems."""
    problems: list[Problem] = []
    wanted: Any = kind
    found = _read(_known(wanted), tree, path, problems)
    return (None if problems else found), problems


@cache
def _known(kind: type[Any]) -> inspect.Type:
    return inspect.type_info(kind)


def _read(kind: inspect.Type, tree: object, path: str, problems: list[Problem]) -> Any:
    if isinstance(kind, inspect.AnyType):
        return tree
    if isinstance(kind, inspect.UnionType):
        kind = next((one for one in kind.types if _fits(one, tree)), kind.types[0])
    if not _fits(kind, tree):
        problems.append(Problem(path, tree if isinstance(tree, str) else "", *_wanted(kind)))
        return None
    if isinstance(kind, inspect.StructType):
        return _struct(kind, tree, path, problems)
    if isinstance(kind, inspect.ListType):
        return [_read(kind.item_type, item, f"{path}[{place}]", problems) for place, item in enumerate(_items(tree))]
    if isinstance(kind, inspect.DictType):
        return {name: _read(kind.value_type, item, under(path, name), problems) for name, item in _named(tree)}
    if isinstance(kind, inspect.LiteralType) and tree not in kind.values:
        problems.append(Problem(path, str(tree), "value_not_possible", tuple(str(one) for one in kind.values if one)))
    return tree


def _struct(kind: inspect.StructType, tree: object, path: str, problems: list[Problem]) -> Any:
    fields = {field.encode_name: field for field in kind.fields}
    given: dict[str, Any] = {}
    before: object = ""
    for name, item in _named(tree):
        if name in fields:
            given[fields[name].name] = _read(fields[name].type, item, under(path, name), problems)
        else:
            problems.append(_not_known(under(path, name), name, item, before, fields))
        before = item
    missing = [name for name, field in fields.items() if field.required and field.name not in given]
    problems += [Problem(path, "", "word_missing", told={"word": name}) for name in missing]
    return None if missing else kind.cls(**given)


def _not_known(path: str, name: str, item: object, before: object, fields: Iterable[str]) -> Problem:
    """A phrase with a comma falls apart inside of braces: `{expires: 12 months, end of month}`."""
    if item == "" and before and isinstance(before, str):
        return Problem(path, name, "braces_comma", (f'"{before}, {name}"',))
    return Problem(path, name, "word_unknown", tuple(fields))


def under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _fits(kind: inspect.Type, tree: object) -> bool:
    if isinstance(kind, inspect.StructType | inspect.DictType):
        return isinstance(tree, dict)
    if isinstance(kind, inspect.ListType):
        return isinstance(tree, list)
    return isinstance(kind, inspect.StrType | inspect.LiteralType) and isinstance(tree, str)


def _wanted(kind: inspect.Type) -> tuple[str, tuple[str, ...]]:
    """(code, words of a part)."""
    if isinstance(kind, inspect.StructType):
        return "not_a_part", tuple(field.encode_name for field in kind.fields)
    if isinstance(kind, inspect.DictType):
        return "not_names", ()
    return ("not_a_list" if isinstance(kind, inspect.ListType) else "not_a_word"), ()


def _items(tree: object) -> Iterable[object]:
    assert isinstance(tree, list)
    return tree


def _named(tree: object) -> Iterator[tuple[str, object]]:
    assert isinstance(tree, dict)
    return iter(tree.items())
