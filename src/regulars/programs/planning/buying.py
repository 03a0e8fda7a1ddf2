"""Credit that points bought, and what was taken out again of it.

Rewards name such a fact after the copy, `{copy}/credit`, with `/back` when it is taken out. A copy that is bought has a
random id; that of a gift is made of its cause, so the id itself says which it was. Months of a plan that points bought
are history: whoever had them is taken to have had them by a draft, too.
"""

import re
from uuid import UUID

from regulars.engine.facts import Adjustment, Own
from regulars.engine.outcome import Entry

PUT_IN = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/credit(?:/back)?")
RANDOM = 4


def is_bought(fact: Own) -> bool:
    """Somebody who redeems nothing has nothing of it."""
    return isinstance(fact, Adjustment) and _is_of_bought(fact.key)


def unbought(entries: list[Entry]) -> list[Entry]:
    """Without what credit that points bought moves in and out: the points that paid for it are counted already."""
    return [
        entry
        for entry in entries
        if entry.kind != "adjust" or not _is_of_bought(entry.identity.removeprefix("adjust:").rpartition("|")[0])
    ]


def _is_of_bought(key: str) -> bool:
    found = PUT_IN.fullmatch(key)
    return found is not None and UUID(found[1]).version == RANDOM
