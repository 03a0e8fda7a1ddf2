"""What several members do, told in words as on the rule pages, and what each of them has in the end.

A deed is "2026-01-10 12:00 wang buys B: tea 1000"; who is not named is lin. "mei absorbs lin" makes two of them one,
"mei parts from lin" two again.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from regulars.engine.account import Account, Wallet
from regulars.engine.due import advance
from regulars.engine.facts import Fact, Merge, Order, Own, Theirs, Unmerge
from regulars.engine.fold import fold
from regulars.engine.outcome import Outcome
from regulars.engine.packing import copied
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import at, document, moves
from tests.engine.pages import Stage, Table
from tests.engine.soundness import between, sound

OTHERS = ("wang", "mei")
NOON = len("2026-01-10 12:00")
Tree = dict[str, Any]
# Told in words, or by whom and what.
Deed = str | tuple[str, Own]


class Parties:
    """By one program, or also later versions of it."""

    def __init__(self, program: Tree, deeds: Sequence[Deed], later: Sequence[tuple[str, Tree]] = ()) -> None:
        versions = [("", document(**program)), *[(start, document(**tree)) for start, tree in later]]
        self.stage = Stage(Table("", "", versions, []))
        self.told = [self.fact(deed, f"R{number}") for number, deed in enumerate(deeds)]
        self.until = max(fact.version_at if isinstance(fact, Order) else fact.at for _, fact in self.told)

    @property
    def members(self) -> set[str]:
        named = [one for _, fact in self.told if isinstance(fact, Merge) for one in (fact.absorbed, fact.survivor)]
        return {"lin", *named}

    def fact(self, deed: Deed, name: str) -> tuple[str, Own]:
        if not isinstance(deed, str):
            return deed
        when, said = at(deed[:NOON]), deed[NOON + 1 :]
        who = next((one for one in OTHERS if said.startswith(f"{one} ")), "lin")
        said = said.removeprefix(f"{who} ")
        verb, _, other = said.partition(" ")
        if verb == "absorbs":
            return who, Merge(f"{who}+{other}", other, who, when, who)
        if verb == "parts":
            return who, Unmerge(name, f"{who}+{other.removeprefix('from ')}", when)
        fact = self.stage.fact(said, when, name)
        self.stage.facts.append(fact)
        return who, fact

    def facts(self, member: str, is_apart: bool = False) -> list[Fact]:
        """A member's history: with all that the others did as well, or as if nobody had ever been one."""
        found: list[Fact] = []
        for who, fact in self.told:
            if isinstance(fact, Merge | Unmerge):
                if not is_apart:
                    found.append(replace(fact, me=member) if isinstance(fact, Merge) else fact)
            elif who == member:
                found.append(fact)
            elif not is_apart:
                found.append(Theirs(who, fact))
        return found

    def folded(self, member: str, is_apart: bool = False) -> tuple[Tape, Outcome]:
        tape = Tape(self.stage.programs, Account(), purse=Purse())
        outcome = fold(tape, unrolled(self.facts(member, is_apart)), self.until)
        sound(outcome)
        return tape, outcome

    def seen(self) -> dict[str, Outcome]:
        """Everybody's. What leaves the ledger of one arrives in another's, and each tells the same of the others."""
        found = {member: self.folded(member) for member in sorted(self.members)}
        assert between(entry for _, outcome in found.values() for entry in outcome.entries) == {}
        for tape, _ in found.values():
            for name, theirs in tape.apart.items():
                if name in found and not theirs.account.into:
                    advance(theirs, self.until)
                    assert dated_alike(theirs.account) == dated_alike(found[name][1].account), name
        return {member: outcome for member, (_, outcome) in found.items()}

    def are_as_apart(self) -> None:
        """Each of them has what they would have had they never been one."""
        for member, again in self.seen().items():
            _, apart = self.folded(member, is_apart=True)
            assert dated_alike(again.account) == dated_alike(apart.account), member
            assert again.memos == apart.memos, member
            assert again.spent == apart.spent, member

    def why(self, member: str = "lin", when: str = "") -> list[str]:
        """What moved the points of a member then, or last."""
        _, outcome = self.folded(member)
        then = at(when) if when else self.until
        return moves(entry for entry in outcome.entries if entry.occurred_at == then)


def dated_alike(account: Account) -> Account:
    """Whichever step was the last, and with whom they are or were one."""
    account = copied(account)
    account.last, account.parted, account.joined = Account().last, [], []
    return account


def figures(outcome: Outcome, name: str = "points") -> str:
    """ "available 5, owed 3": what is not zero."""
    wallet = outcome.account.wallets.get(name) or Wallet()
    found = {"available": wallet.available, "pending": wallet.pending, "held": wallet.held, "owed": wallet.deficit}
    return ", ".join(f"{place} {points}" for place, points in found.items() if points)
