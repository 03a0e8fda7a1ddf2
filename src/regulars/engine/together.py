"""Members who are, or were, one: whose account a step changes, and how the facts of one are told in another's history.

A member's history holds their own facts, and those of whoever was ever part of them (`Theirs`). All of them take their
place in one order of time, each on the account of whom it is about, which from a merge on is the survivor's. So one
history is all that a fold reads, and what is learned late about either of them needs no rule of its own.
"""

from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.facts import Closing, Fact, Merge, Own, Theirs, Unmerge
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape


def tape_of(tape: Tape, of: str) -> Tape | None:
    """Where a member's step takes effect; None where that is an account which this history does not tell of."""
    while of in tape.acts_on:
        of = tape.acts_on[of]
    if of in tape.apart:
        return tape.apart[of]
    account = tape.account
    if not of:
        return None if account.into else tape
    if any(of in members for _, members in account.joined):
        return tape
    return opened(tape, of)


def is_of_all(tape: Tape, of: str, fact: Own) -> bool:
    """Whether it is the end of everybody who became part of another: that one's account is closed."""
    return bool(of and tape.account.into) and isinstance(fact, Closing)


def opened(tape: Tape, of: str) -> Tape:
    """A member of whom this history tells as well, from nothing."""
    purse = tape.purse.others.setdefault(of, Purse())
    tape.apart[of] = Tape(tape.programs, Account(), purse=purse)
    return tape.apart[of]


def within(side: Tape, of: str) -> str:
    """Whose step it is to somebody who will be two again themselves; "" to everybody else."""
    if side.shadow is None:
        return ""
    return of if of in side.shadow.members else side.shadow.survivor


def name_of(member: str, merge: Merge) -> str:
    """What a member of a merge is called in this history."""
    return "" if member == merge.me else member


def retold(fact: Fact, teller: str, hearer: str) -> Fact | None:
    """A fact of one member's history as it stands in another's; None where the hearer knows it as their own."""
    if isinstance(fact, Merge):
        return replace(fact, me=hearer)
    if isinstance(fact, Unmerge):
        return fact
    of, own = (fact.of, fact.fact) if isinstance(fact, Theirs) else (teller, fact)
    return None if of == hearer else Theirs(of, own)


def is_shared(fact: Fact | None) -> bool:
    """Facts about members being one are told in every history as they are."""
    return isinstance(fact, Merge | Unmerge)
