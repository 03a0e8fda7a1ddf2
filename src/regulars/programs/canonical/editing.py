"""Single words of a document said otherwise, taken away or added, as a form does; all else stays, comments too."""

import re

from regulars.programs.canonical.arranging import arranged
from regulars.programs.canonical.layout import written
from regulars.programs.canonical.parts import Item, Node, Parts, parted
from regulars.programs.tree import Unreadable, grown

STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
BRACKETS = ("{", "[")


def edited(text: str, said: dict[str, str]) -> str:
    """With these values at these paths (`earn[0].give`), in canonical form.

    A value in brackets is a collection, any other is text as it stands; "" takes the word away. The parts that paths
    lead through are made where they are missing. Raises Unreadable for a text, or a collection, that cannot be read,
    and KeyError for a place in a list that is not there.
    """
    grown(text)
    parts = parted(text)
    for path, value in said.items():
        _say(parts, path, value)
    return _form(parts)


def with_entry(text: str, path: str, word: str, name: str) -> str:
    """With one more entry in a list, `earn`, that says only `rule: name`. Raises Unreadable and KeyError."""
    grown(text)
    parts = parted(text)
    node = _below(parts.root, _steps(path), is_list=True)
    assert node.items is not None
    node.items.append(Item(None, Node(items=[Item(word, Node(name), 0)]), 0))
    return _form(parts)


def without_entry(text: str, path: str) -> str:
    """Without what a path names. Raises Unreadable, and KeyError where there is nothing."""
    grown(text)
    parts = parted(text)
    *above, last = _steps(path)
    node = _below(parts.root, above)
    node.items = [item for place, item in enumerate(node.items or ()) if last not in (item.key, place)]
    return _form(parts)


def _form(parts: Parts) -> str:
    form = written(arranged(parts))
    return written(arranged(parted(form)))


def _say(parts: Parts, path: str, value: str) -> None:
    *above, last = _steps(path)
    if not value:
        _take_away(parts.root, above, last)
        return
    node = _below(parts.root, above)
    item = _item(node, last)
    if item is None:
        assert isinstance(last, str), f"{path} is not there"
        item = Item(last, Node(), 0)
        node.items = [*(node.items or ()), item]
    item.value = _node(value, path)


def _take_away(root: Node, above: list[str | int], last: str | int) -> None:
    """What is left empty by it goes, too."""
    nodes = [root]
    for step in above:
        item = _item(nodes[-1], step)
        if item is None:
            return
        nodes.append(item.value)
    for node, step in reversed([*zip(nodes, [*above, last], strict=True)]):
        node.items = [item for place, item in enumerate(node.items or ()) if step not in (item.key, place)]
        if node.items:
            return


def _steps(path: str) -> list[str | int]:
    return [int(place) if place else word for word, place in STEP.findall(path)]


def _below(node: Node, steps: list[str | int], is_list: bool = False) -> Node:
    for step in steps:
        item = _item(node, step)
        if item is None:
            if isinstance(step, int):
                raise KeyError(step)
            item = Item(step, Node(items=[], is_list=is_list and step == steps[-1]), 0)
            node.items = [*(node.items or ()), item]
        if item.value.items is None:
            item.value = Node(items=[], is_list=is_list and step == steps[-1])
        node = item.value
    return node


def _item(node: Node, step: str | int) -> Item | None:
    """The entry of that name, or at that place."""
    items = node.items or []
    if isinstance(step, int):
        if not node.is_list or step >= len(items):
            raise KeyError(step)
        return items[step]
    return next((item for item in items if item.key == step), None)


def _node(value: str, path: str) -> Node:
    if not value.startswith(BRACKETS):
        return Node(value)
    try:
        grown(value)
    except Unreadable as error:
        raise Unreadable(1, path, value, error.problem.code, **error.problem.told) from None
    return parted(value).root
