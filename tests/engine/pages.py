"""Reads the worked tables off the pages in docs/rules, and acts out what their rows say.

A page shows programs in fenced blocks (`yaml`; `yaml from 2026-03-01` adds a version to the one above) and below each
its tables and its stories (`story`; without a program of its own
it is about the first version above). Money is in major units, times are local ones of the program.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from msgspec import Struct

from regulars.engine import budgets, grammar
from regulars.engine.account import Account
from regulars.engine.calendar import instant_of
from regulars.engine.decide import Refusal, decide
from regulars.engine.earlier import enrolment
from regulars.engine.facts import (
    Activity,
    Closing,
    Details,
    Effect,
    Enrolment,
    Fact,
    Fulfilment,
    Line,
    Merge,
    Order,
    Own,
    PlanStanding,
    Referred,
    Refund,
    RefundLine,
    SegmentStanding,
    Theirs,
    TierGrant,
    Unmerge,
)  # fmt: skip
from regulars.engine.fold import fold
from regulars.engine.money import parse_major
from regulars.engine.outcome import Outcome
from regulars.engine.program import Programs
from regulars.engine.purse import Purse
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from regulars.engine.together import retold
from tests.builders import copied, document
from tests.engine.asking import DECISIONS, decision, payments
from tests.engine.soundness import between, resumable, sound

PAGES = Path(__file__).parents[2] / "docs" / "rules"
Tree = dict[str, Any]
Row = dict[str, str]


class Table(Struct):
    """A table of a page under its heading, with the versions of the program above it: (start, tree)."""

    page: str
    heading: str
    versions: list[tuple[str, Tree]]
    rows: list[Row]

    def __str__(self) -> str:
        return f"{self.page}: {self.heading}"

    @property
    def columns(self) -> set[str]:
        return set(self.rows[0])

    def programs(self) -> Programs:
        zone = self.versions[0][1]["timezone"]
        # Each step asks for the version in force: there is another one, far ahead.
        versions = [*self.versions, ("2200-01-01", self.versions[-1][1])]
        read = [
            grammar.read(tree, number, instant(start, zone) if start else -(2**53))
            for number, (start, tree) in enumerate(versions, start=1)
        ]
        return Programs(1, read)


def tables(page: Path) -> Iterator[Table]:
    heading, versions, lines = "", [("", document())], iter(page.read_text().splitlines())
    for line in lines:
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("```yaml"):
            start = line.removeprefix("```yaml").removeprefix(" from ").strip()
            text = "\n".join(iter(lambda: next(lines), "```"))
            tree = document(**yaml.load(text, Loader=yaml.BaseLoader))
            versions = [*versions, (start, tree)] if start else [("", tree)]
        elif line.startswith("```"):
            list(iter(lambda: next(lines), "```"))
        elif line.startswith("|"):
            header = cells(line)
            next(lines)
            rows = [dict(zip(header, cells(row), strict=True)) for row in iter(lambda: next(lines, ""), "")]
            yield Table(page.name, heading, versions, rows)


class Tale(Struct):
    """A story of a page under its heading, with the first version of the program above it."""

    page: str
    heading: str
    line: int
    program: Tree
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.heading}"


def tales(page: Path) -> Iterator[Tale]:
    heading, program, lines = "", document(), enumerate(page.read_text().splitlines(), start=1)
    for number, line in lines:
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("```"):
            text = "\n".join(iter(lambda: next(lines)[1], "```"))
            if line == "```yaml":
                program = document(**yaml.load(text, Loader=yaml.BaseLoader))
            elif line == "```story":
                yield Tale(page.name, heading, number, program, text)


def cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def instant(text: str, zone: str) -> int:
    """A local time; "23:59:59.999999" is as exact as can be."""
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


# What a row says

LINE = re.compile(r"(?:(\d+) )?([a-z]+) (-?[\d.]+)")
PART = re.compile(r"(\d+) ([a-z]+)(?: for ([\d.]+))?")


def order_lines(text: str) -> tuple[Line, ...]:
    """ "2 tea 998, cups 350": units (one if not said), the line's name and category, and its total."""
    found = [LINE.fullmatch(part) for part in text.split(", ")] if text else []
    assert all(found), f"cannot read the lines {text!r}"
    return tuple(
        Line(line[2], f"sku-{line[2]}", int(line[1] or 1), parse_major(line[3], "TWD"), line[2], kind=kind_of(line[2]))
        for line in found
        if line
    )


def kind_of(name: str) -> str:
    return {"shipping": "shipping", "card": "gift_card"}.get(name, "goods")


def details(said: str, when: int, name: str, _zone: str) -> Fact:
    """ "birthday 03-02, country TW, newsletter yes"."""
    told = dict(part.split(" ", 1) for part in said.split(", ")) if said != "nothing" else {}
    month, _, day = told.pop("birthday", "").partition("-")
    return Details(name, when, (int(month), int(day)) if month else None, told.pop("country", ""), told)


def plan(said: str, when: int, name: str, zone: str) -> Fact:
    """ "gold", or "gold until 2026-05-01"."""
    called, _, until = said.partition(" until ")
    return PlanStanding(name, called, when, instant(until, zone) if until else None)


def granted(said: str, when: int, name: str, zone: str) -> TierGrant:
    """ "gold", "club/friend", or "gold until 2026-05-01": for a reason that is not told here."""
    tier, _, until = said.partition(" until ")
    tier_set = tier.partition("/")[0] if "/" in tier else "status"
    end = instant(until, zone) if until else None
    return TierGrant(name, tier_set, tier.rpartition("/")[2], when, end, "reason", "actor")


SIMPLE: dict[str, Callable[[str, int, str, str], Own]] = {
    "absorbs": lambda said, when, name, _zone: Merge(said, said, "lin", when, "lin"),
    "parts": lambda said, when, name, _zone: Unmerge(name, said.removeprefix("from "), when),
    "closes": lambda _said, when, name, _zone: Closing(name, when),
    "does": lambda said, when, name, _zone: Activity(name, said, when),
    "granted": granted,
    "tells": details,
    "plan": plan,
    "in": lambda said, when, name, _zone: SegmentStanding(name, said, when),
    "leaves": lambda said, when, name, _zone: SegmentStanding(name, said, when, belongs=False),
    "gets": lambda said, when, name, _zone: Fulfilment(name, f"shop/{said}", when),
    "brought": lambda said, when, name, _zone: Referred(name, said, when),
    "effect": lambda said, when, name, _zone: Effect(name, said.split(" ")[0], when, said.split(" ")[1]),
    "withdrawn": lambda said, when, name, _zone: Effect(name, said.split(" ")[0], when, said.split(" ")[1], True),
}


class Stage:
    """The facts that the rows of a table tell, one after the other."""

    def __init__(self, table: Table) -> None:
        self.programs = table.programs()
        self.zone = str(self.programs.zone)
        self.facts: list[Fact] = []
        self.purse = Purse()
        self.learned = 0

    def act(self, row: Row) -> Outcome:
        """What the member has after a row: at the time the row was learned."""
        when = instant(row["when"], self.zone)
        for place, deed in enumerate(filter(None, row["what happens"].split("; "))):
            self.facts.append(self.told(deed, when, f"R{len(self.facts)}-{place}"))
        learned = instant(row["learned"], self.zone) if "learned" in row else when
        self.purse = Purse()
        outcome = fold(Tape(self.programs, Account(), purse=self.purse), unrolled(self.facts), learned)
        sound(outcome)
        self.learned = learned
        for other in {fact.of for fact in self.facts if isinstance(fact, Theirs)}:
            self.act_for(other, outcome)
        return outcome

    def act_for(self, other: str, outcome: Outcome) -> None:
        """What the other member has is sound as well, and what leaves the one's ledger arrives in the other's."""
        theirs = unrolled(retold(fact, "lin", other) or fact.fact for fact in self.facts)
        seen = fold(Tape(self.programs, Account(), purse=Purse()), theirs, self.learned)
        sound(seen)
        assert between([*outcome.entries, *seen.entries]) == {}

    def act_again(self, outcome: Outcome) -> None:
        """All of it step by step, each from what is stored of the ones before."""
        resumable(self.programs, self.facts, self.learned, outcome)

    def left(self, row: Row) -> str:
        """What is left of every campaign's budget, if the member of the table is the only one."""
        left = budgets.left(self.programs, self.purse.used, instant(row["when"], self.zone))
        return ", ".join(map(str, left.values()))

    def told(self, deed: str, when: int, name: str) -> Fact:
        """Of another member where it begins with their name: "wang buys B: tea 800"."""
        return (
            Theirs("wang", self.fact(deed[5:], when, name)) if deed.startswith("wang ") else self.fact(deed, when, name)
        )

    def fact(self, deed: str, when: int, name: str) -> Own:
        verb, _, rest = deed.partition(" ")
        key, _, said = rest.partition(": ")
        if verb in SIMPLE:
            return SIMPLE[verb](rest, when, name, self.zone)
        if verb in DECISIONS:
            return decision(deed, when, name, self.read)
        if verb == "joins":
            return enrolment(self.programs.at(when), self.programs.calendar, Enrolment("member", when))
        if verb == "returns":
            said, _, points = said.partition(" withholding ")
            withheld = (("points", int(points)),) if points else None
            return Refund(f"shop/{key}/{name}", f"shop/{key}", when, self.parts(key, said), withheld)
        key, _, partner = key.partition(" at ")
        assert verb in ("buys", "orders", "edits", "corrects", "cancels", "repeats"), deed
        told = [fact.fact if isinstance(fact, Theirs) else fact for fact in self.facts]
        known = [fact for fact in told if isinstance(fact, Order) and fact.key == f"shop/{key}"]
        if verb == "repeats":
            return known[-1]
        paid_at = None if verb == "orders" else known[0].paid_at if known and known[0].paid_at else when
        said, _, by_points = said.partition(" paid ")
        lines = known[-1].lines if verb == "cancels" else order_lines(said)
        paid = known[-1].payments if verb == "cancels" else payments(by_points)
        return Order(f"shop/{key}", when, lines, paid_at, len(known), cancelled=verb == "cancels",
                     corrects=verb == "corrects", payments=paid, partner=partner)  # fmt: skip

    def read(self, text: str) -> int:
        return instant(text, self.zone)

    def answer(self, asked: str, outcome: Outcome, when: int) -> str:
        """What is decided now about "redeems 30 for an order of 100": "yes", or the code of the refusal."""
        asked, _, total = asked.partition(" for an order of ")
        request = decision(asked, when, "asked", self.read)
        spent = outcome.spent.get(getattr(request, "hold", "") or getattr(request, "redemption", ""))
        order_total = parse_major(total, "TWD") if total else None
        answer = decide(self.programs, copied(outcome.account), request, when, order_total, spent)
        return answer.code if isinstance(answer, Refusal) else "yes"

    def parts(self, key: str, said: str) -> tuple[RefundLine, ...]:
        """ "1 tea, 2 cups for 300", or "everything"."""
        if said == "everything":
            told = [fact.fact if isinstance(fact, Theirs) else fact for fact in self.facts]
            newest = [fact for fact in told if isinstance(fact, Order) and fact.key == f"shop/{key}"][-1]
            return tuple(RefundLine(line.line, max(line.quantity, 1)) for line in newest.lines)
        found = [PART.fullmatch(part) for part in said.split(", ")]
        assert all(found), f"cannot read the refund {said!r}"
        return tuple(
            RefundLine(part[2], int(part[1]), parse_major(part[3], "TWD") if part[3] else None)
            for part in found
            if part
        )
