"""What time asks for: points mature and expire, tier periods end, effects are passed on, gifts are given, rewards
follow orders that came back, words go with who is forgotten, the lake follows the ledger, and segments follow both.

No figure depends on when this runs; screens advance accounts in memory. It keeps the stored accounts, by which staff
search and sort, near to what the screens say.
"""

from collections.abc import Callable

from django.db import transaction

from regulars.ledger.claims import is_busy
from regulars.ledger.connect import raw
from regulars.ledger.due import is_more_due, walk
from regulars.ledger.effects import pass_on
from regulars.programs.queries import Published, now
from regulars.rewards import seeds
from regulars.rewards.actions.forgetting import forget_words
from regulars.rewards.actions.granting import hand_out
from regulars.rewards.actions.refunds import follow_returns

# Of effects, gifts and words, so many in a transaction: orders of the same members wait as long.
BATCH = 500
# More accounts than this are worth another worker's help.
MANY = 20_000


def keep_up(published: Published) -> int:
    """Bring a program's accounts to its present, then its lake; how many accounts time had touched."""
    # Django imports this module at every start; what writes the lake takes a second to import, and few need it.
    from regulars.insight.actions import refresh_lake

    advanced = advance_accounts(published)
    for deed in (_pass_on, _hand_out, _follow_returns, _forget_words):
        _until_read(deed, published)
    _keep_seeds(published)
    refresh_lake(published)
    _follow_segments(published)
    return advanced


def _until_read(deed: Callable[[Published], int], published: Published) -> None:
    """Whatever is in use elsewhere is read the next time."""
    try:
        while deed(published):
            pass
    except Exception as error:
        if not is_busy(error):
            raise


def advance_accounts(published: Published, *, helping: bool = False) -> int:
    """All that are due; whoever helps begins at the other end."""
    return sum(walk(raw(), published.programs, lambda: now(published), backwards=helping))


def needs_help(published: Published) -> bool:
    return is_more_due(raw(), published.id, now(published), MANY)


@transaction.atomic
def _pass_on(published: Published) -> int:
    return pass_on(raw(), published.programs, now(published), BATCH)


@transaction.atomic
def _keep_seeds(published: Published) -> None:
    seeds.keep_up(raw(), published.programs, now(published))


def _hand_out(published: Published) -> int:
    return hand_out(published.programs, now(published), BATCH)


def _follow_returns(published: Published) -> int:
    return follow_returns(published.programs, now(published))


def _forget_words(published: Published) -> int:
    return forget_words(published.programs, BATCH)


def _follow_segments(published: Published) -> None:
    """Whoever somebody else is at is told the next time."""
    # As above: it asks the lake.
    from regulars.segments import standings

    try:
        standings.keep_up(published)
    except Exception as error:
        if not is_busy(error):
            raise
