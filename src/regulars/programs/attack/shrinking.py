"""Leaves out of a walk what its gain does not need: chunks of moves, then single ones, then lines, units and money."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from regulars.programs.attack.ground import Ground
from regulars.programs.attack.moves import Buy, Edit, Good, Move
from regulars.programs.attack.walks import Walk

Key = tuple[str, str, str]


def shrunk(ground: Ground, walk: Walk, key: Key) -> Walk:
    """The same gain with as little as possible."""

    def still(candidate: Walk) -> bool:
        return any(gain.key == key for gain in candidate.play(ground)[1])

    before = None
    while before != walk:
        before = walk
        walk = _shorter(walk, still)
        walk = _plainer(walk, ground, still)
    other = replace(walk, moves=tuple(_by_the_other(move) for move in walk.moves))
    return other if _seconds(other) < _seconds(walk) and still(other) else walk


def _seconds(walk: Walk) -> int:
    """Moves of the second member: a story of one is of the first."""
    return sum(getattr(move, "member", 0) for move in walk.moves)


def _by_the_other(move: Move) -> Move:
    swapped = {name: 1 - getattr(move, name) for name in ("member", "by") if hasattr(move, name)}
    return replace(move, **swapped)


def _shorter(walk: Walk, still: Callable[[Walk], bool]) -> Walk:
    size = max(len(walk.moves) // 2, 1)
    while size:
        place = 0
        while place < len(walk.moves):
            candidate = replace(walk, moves=walk.moves[:place] + walk.moves[place + size :])
            if still(candidate):
                walk = candidate
            else:
                place += size
        size //= 2
    return walk


def _plainer(walk: Walk, ground: Ground, still: Callable[[Walk], bool]) -> Walk:
    for place in range(len(walk.moves)):
        improved = True
        while improved:
            improved = False
            for move in _plainer_moves(walk.moves[place], ground):
                candidate = replace(walk, moves=(*walk.moves[:place], move, *walk.moves[place + 1 :]))
                if still(candidate):
                    walk, improved = candidate, True
                    break
    return walk


def _plainer_moves(move: Move, ground: Ground) -> Iterator[Move]:
    if not isinstance(move, Buy | Edit):
        return
    if isinstance(move, Buy) and move.setting:
        yield replace(move, setting=0)
    for place in range(len(move.goods) if len(move.goods) > 1 else 0):
        yield replace(move, goods=move.goods[:place] + move.goods[place + 1 :])
    for place, good in enumerate(move.goods):
        for plain in _plainer_goods(good, ground):
            yield replace(move, goods=(*move.goods[:place], plain, *move.goods[place + 1 :]))


def _plainer_goods(good: Good, ground: Ground) -> Iterator[Good]:
    if good.odd:
        yield replace(good, odd=0)
    if good.quantity > 1:
        yield replace(good, quantity=1)
        yield replace(good, quantity=good.quantity - 1)
    if good.bait:
        yield replace(good, bait=0)
    yield from (replace(good, price=amount) for amount in ground.amounts if amount < good.price)
