"""Several drafts folded over the ledger of a program; nothing is written."""

from collections.abc import Callable, Iterator, Sequence

from regulars.engine.facts import Fact
from regulars.intake.fitting import Fitted
from regulars.ledger.connect import raw
from regulars.ledger.queries import count_accounts
from regulars.ledger.replays import replays
from regulars.programs.planning.fitting import Candidate, fits
from regulars.programs.planning.replaying import is_joining_told, undecided_of
from regulars.programs.queries import Published, now


def fit_ledger(some: Sequence[Candidate], chosen: Published, progress: Callable[[int, int], None]) -> Fitted:
    """Up to now by the program's clock; what members decided to do with their points is left out, as in a plan.

    `progress`: accounts done, of how many.
    """
    found = fits(
        [one.programs for one in some], _members(chosen, progress), now(chosen), is_joining_told(chosen.programs)
    )
    return Fitted(found, sum(found[0].tally.orders.values()))


def _members(chosen: Published, progress: Callable[[int, int], None]) -> Iterator[tuple[str, list[Fact]]]:
    total = count_accounts(raw(), chosen.id)
    for done, member in enumerate(replays(raw(), chosen.programs), 1):
        if not member.guest:
            yield str(member.member_id), undecided_of(member)
        if done % 100 == 0:
            progress(done, total)
