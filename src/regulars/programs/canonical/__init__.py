"""The canonical form of a document: one order of words, one layout, quotes only where they are needed, comments kept.

`parts` reads a text into nodes with the comments that belong to them; `arranging` puts words into the order in which
the grammar has them; `layout` writes them. The meaning never changes, and what is canonical stays as it is.
"""

from regulars.programs.canonical.arranging import arranged
from regulars.programs.canonical.layout import written
from regulars.programs.canonical.parts import parted
from regulars.programs.tree import grown


def canonical(text: str) -> str:
    """Of a program or a story. Raises Unreadable where the text is no tree."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    tree = grown(text).tree
    form = written(arranged(parted(text)))
    assert grown(form).tree == tree, "the meaning must not change"
    return form
