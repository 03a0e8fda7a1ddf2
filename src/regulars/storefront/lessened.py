"""What each return took off an order's worth, and each change made of it: what a shopkeeper says before any points."""

from collections.abc import Iterable, Mapping, Sequence

from regulars.engine.account import Returned
from regulars.engine.facts import Line, Order, Own, Refund
from regulars.engine.returns import NOTHING, what_is_left, with_refund
from regulars.engine.timeline import steps_of


def amounts(facts: Iterable[Own]) -> dict[str, tuple[int, int]]:
    """What an order came to before and after, in minor units, by what made it another amount (`refund:KEY`)."""
    about = [fact for fact in facts if isinstance(fact, Order | Refund)]
    orders: dict[str, Order] = {}
    returned: dict[str, dict[str, Returned]] = {}
    found = {}
    for happening in sorted(steps_of(about), key=lambda happening: happening.step):
        fact = happening.fact
        if isinstance(fact, Order):
            key, cause = fact.key, f"edit:{fact.key}@{fact.version_at}.{fact.number}"
            before, orders[key] = orders.get(key, fact), fact
            had = has = returned.setdefault(key, {})
        else:
            assert isinstance(fact, Refund)
            key, cause = fact.order, f"refund:{fact.key}"
            before, had = orders[key], returned[key]
            has = returned[key] = _with(before.lines, had, fact)
        was, now = _worth(before, had), _worth(orders[key], has)
        if was != now:
            found[cause] = was, now
    return found


def _with(lines: Sequence[Line], had: Mapping[str, Returned], refund: Refund) -> dict[str, Returned]:
    bought, has = {line.line: line for line in lines}, {**had}
    for part in refund.lines:
        if line := bought.get(part.line):
            has[part.line] = with_refund(line, has.get(part.line, NOTHING), part)
    return has


def _worth(order: Order, returned: Mapping[str, Returned]) -> int:
    return sum(line.total for line in what_is_left(order, returned))
