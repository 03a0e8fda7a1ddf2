"""What is recorded as facts arrive, whenever that is: corrections that end where the fold does, and no balance dips."""

from collections.abc import Iterable
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from regulars.engine.calendar import DAY
from regulars.engine.difference import Balances, difference, move, without_dips
from regulars.engine.facts import Adjustment, Capture, Fact, Hold, Order, Redemption, Release, Restoration, Transfer
from regulars.engine.outcome import Entry
from tests.engine.decisions import decided
from tests.engine.histories import END, Story, stories, thoroughly
from tests.engine.test_decisions import from_nothing

DECIDED = (Adjustment, Capture, Hold, Redemption, Release, Restoration, Transfer)
# All orders of so many can be tried.
FEW = 6
LATE = (0, 0, DAY, 40 * DAY, 400 * DAY)


@thoroughly
@given(st.one_of(stories(), decided()), st.randoms(use_true_random=False))
def test_what_is_recorded_is_what_is_folded_and_never_dips(story: Story, random):
    """Decisions are made on what is known when they are; anything else may be learned late."""
    learned = [
        (happened(fact) + random.choice((0,) if isinstance(fact, DECIDED) else LATE), fact) for fact in story.facts
    ]
    learned.sort(key=lambda one: one[0])
    recorded: list[Entry] = []
    for number, (now, _) in enumerate(learned, start=1):
        known = replace(story, facts=[fact for _, fact in learned[:number]])
        changed = difference(from_nothing(known, until=now).entries, recorded)
        before = balances(recorded)
        recorded += covered(without_dips(changed, before), before)
    assert difference(from_nothing(story, until=END).entries, recorded) == difference(
        from_nothing(story, until=END).entries, from_nothing(story, until=learned[-1][0]).entries if learned else []
    )


def happened(fact: Fact) -> int:
    return fact.version_at if isinstance(fact, Order) else fact.at


def covered(entries: list[Entry], before: Balances) -> list[Entry]:
    """No balance dips, unless it would in any order: a hold that found nothing then did so, and has lapsed since."""
    if dips(entries, before) and len(entries) <= FEW:
        assert all(dips(some, before) for some in permutations(entries))
    return entries


def dips(entries: Iterable[Entry], before: Balances) -> bool:
    held = {wallet: [*points] for wallet, points in before.items()}
    for entry in entries:
        move(held.setdefault(entry.wallet, [0, 0, 0]), entry)
        if min(held[entry.wallet]) < 0:
            return True
    return False


def balances(entries: Iterable[Entry]) -> dict[str, tuple[int, int, int]]:
    held: dict[str, list[int]] = {}
    for entry in entries:
        move(held.setdefault(entry.wallet, [0, 0, 0]), entry)
    return {wallet: (available, pending, frozen) for wallet, (available, pending, frozen) in held.items()}
