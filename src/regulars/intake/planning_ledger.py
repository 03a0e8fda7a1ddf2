"""A draft folded over the ledger of its own program, beside the versions in force; nothing is written."""

from collections.abc import Callable
from uuid import UUID

from msgspec import Struct, structs

from regulars.engine.calendar import Calendar, date_of
from regulars.engine.program import Programs
from regulars.intake.planning import span_of
from regulars.ledger.connect import raw
from regulars.ledger.queries import count_accounts
from regulars.members.queries import several
from regulars.programs.planning.assuming import Behaviour
from regulars.programs.planning.observing import estimated
from regulars.programs.planning.replaying import Replayed, observed, replay
from regulars.programs.queries import now, published


class OverLedger(Struct, frozen=True):
    """`own` is how members have spent points so far; None: the ledger does not show it."""

    in_force: Programs
    replayed: Replayed
    own: Behaviour | None


def fold_ledger(
    draft: Programs,
    months: tuple[str, str],
    categories: tuple[str, ...],
    choose: Callable[[Behaviour | None], Behaviour],
    progress: Callable[[int, int], None],
) -> OverLedger | None:
    """Up to now by the program's clock. None where the draft is about other money, days or points.

    `choose` says how members shall be taken to redeem under the draft, knowing how they have so far. `progress`:
    accounts done, of how many. Raises Program.DoesNotExist.
    """
    chosen = published(draft.versions[-1].slug)
    if chosen.programs.versions[0].for_ever != draft.versions[0].for_ever:
        return None
    span = span_of(draft.calendar, months, now(chosen))
    last = _last_whole_month(draft.calendar, span.until)
    total = count_accounts(raw(), chosen.id)
    own = estimated(observed(raw(), chosen.programs, span.until, lambda done: progress(done, total)), last)
    span = structs.replace(span, categories=categories, behaviour=choose(own))
    found = replay(raw(), chosen.programs, draft, span, lambda done: progress(done, total))
    _name(found, chosen.id)
    return OverLedger(chosen.programs, found, own)


def _last_whole_month(calendar: Calendar, instant: int) -> int:
    after = date_of(calendar.day(instant + 1))
    return after.year * 12 + after.month - 2


def _name(found: Replayed, program_id: int) -> None:
    """The shop's own numbers instead of ours, where it has any."""
    comparison = found.outcome.comparison
    if comparison is None:
        return
    known = several(program_id, [UUID(change.customer) for change in comparison.most], personal=False)
    numbers = {str(member_id): line.external_id for member_id, line in known.items() if line.external_id}
    comparison.most = [
        structs.replace(change, customer=numbers.get(change.customer, change.customer)) for change in comparison.most
    ]
