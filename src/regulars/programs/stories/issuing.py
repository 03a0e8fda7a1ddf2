"""What rewards put into an account in a story, as issued ones do (`ledger.contents`): what points bought and what rules
gave goes in at once, what came back goes out again, unless it is spent or in use.

What changes is read off the fold; stock, and whatever else all members share, is not asked.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import NAMESPACE_OID, uuid5

from msgspec import Struct

from regulars.engine.account import Account
from regulars.engine.catalogue import Gives
from regulars.engine.decide import Refusal, decide
from regulars.engine.facts import Adjustment, Fact, Hold, Redemption, Theirs
from regulars.engine.granting import GRANTED, WITHDRAWN
from regulars.engine.outcome import Outcome
from regulars.engine.program import Programs
from regulars.engine.tape import Tape
from regulars.ledger import contents

TAKEN = ("redeemed", "captured")


class Copy(Struct, frozen=True):
    """What was issued to a member: it is `there`, or it was taken out again; what `stays` was used before that."""

    gives: Gives
    there: bool = True
    stays: bool = False


# By what names each of them: a redemption, or a grant and how many there were of it before.
Copies = dict[str, Copy]


class Change(Struct, frozen=True):
    """A copy comes or goes, at its instant or as soon as it is heard of. `bought_with`: the order of its redemption."""

    key: str
    gives: Gives
    comes: bool
    at: int
    bought_with: str = ""
    reward: str = ""


def fills_accounts(programs: Programs) -> bool:
    return any(contents.goes_in(reward.gives) for version in programs.versions for reward in version.rewards.values())


def due(
    copies: Mapping[str, Copy],
    member: str,
    programs: Programs,
    outcome: Outcome | Tape,
    facts: Sequence[Fact],
    is_meant: Callable[[Gives], bool] = contents.goes_in,
) -> list[Change]:
    """What is not yet as the fold says of the rewards that are meant, the earliest first."""
    bought = _bought(copies, programs, outcome, facts, is_meant)
    given = _given(copies, member, programs, outcome, is_meant)
    return sorted([*bought, *given], key=lambda change: change.at)


def _bought(
    copies: Mapping[str, Copy],
    programs: Programs,
    outcome: Outcome | Tape,
    facts: Sequence[Fact],
    is_meant: Callable[[Gives], bool],
) -> Iterator[Change]:
    orders = {fact.key: fact.order for fact in map(_own, facts) if isinstance(fact, Redemption | Hold)}
    for key, spent in outcome.spent.items():
        reward = programs.at(spent.at).rewards.get(spent.reward)
        if reward is None or not is_meant(reward.gives) or spent.wallet != reward.wallet:
            continue
        is_taken = spent.fate in TAKEN and not spent.is_back
        copy = copies.get(key)
        if is_taken and copy is None:
            yield Change(key, reward.gives, True, spent.at, orders.get(key, ""), spent.reward)
        elif copy is not None and not is_taken and copy.there and not copy.stays:
            yield Change(key, copy.gives, False, spent.at, orders.get(key, ""))


def _given(
    copies: Mapping[str, Copy],
    member: str,
    programs: Programs,
    outcome: Outcome | Tape,
    is_meant: Callable[[Gives], bool],
) -> Iterator[Change]:
    """As many as are granted, of each cause."""
    wanted, said, since = Counter[str](), dict[str, str](), dict[str, int]()
    for told in outcome.announcements:
        if told.kind in (GRANTED, WITHDRAWN):
            grant, count = told.payload["grant"], int(told.payload["count"])
            grant = contents.called(grant, member)
            wanted[grant] += count if told.kind == GRANTED else -count
            said[grant], since[grant] = told.payload["reward"], told.occurred_at
    for grant, count in wanted.items():
        reward = programs.at(since[grant]).rewards.get(said[grant])
        if reward is None or not is_meant(reward.gives):
            continue
        numbers = [number for number in range(len(copies)) if f"{grant}#{number}" in copies]
        good = [number for number in numbers if copies[f"{grant}#{number}"].there]
        for number in range(len(numbers), len(numbers) + count - len(good)):
            yield Change(f"{grant}#{number}", reward.gives, True, since[grant], reward=said[grant])
        for number in good[max(count, 0) :][::-1]:
            key = f"{grant}#{number}"
            if not copies[key].stays:
                yield Change(key, copies[key].gives, False, since[grant])


def recorded(
    change: Change, programs: Programs, account: Account, facts: Sequence[Fact], now: int
) -> Fact | Refusal | None:
    """The fact by which a copy comes or goes now."""
    said: Fact | Refusal | None
    if change.comes:
        said = contents.put_in(programs, change.gives, number(change.key), account, now)
    else:
        history = [_own(fact) for fact in facts]
        said = contents.take_out(
            programs, change.gives, number(change.key), account, lambda: history, now, change.bought_with
        )
    if isinstance(said, Adjustment):
        said = decide(programs, account, said, now)
    if isinstance(said, Refusal) and said.code == "not_enough_points":
        return Refusal("code_used", {})
    return said


def number(key: str) -> str:
    """Of a copy, as the ledger would give it one."""
    return str(uuid5(NAMESPACE_OID, key))


def _own(fact: Fact) -> Fact:
    return fact.fact if isinstance(fact, Theirs) else fact
