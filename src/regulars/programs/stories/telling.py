"""Runs a story's file and tells what came of it: how far it holds, what was expected and found, the member's ledger."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.utils.translation import gettext, override
from msgspec import Struct
from msgspec.structs import replace

from regulars.engine.calendar import EPOCH
from regulars.engine.document import RawDocument
from regulars.engine.explain import rule_of
from regulars.engine.facts import Order
from regulars.engine.goals import pursuits
from regulars.engine.lacking import unearned
from regulars.engine.outcome import Entry
from regulars.engine.problems import Problem
from regulars.engine.program import Programs
from regulars.programs import lacking, moves, wording
from regulars.programs.document import NOWHERE, DocumentProblem, DocumentRefused, in_line, publishable, text_of
from regulars.programs.explain import far_from, said
from regulars.programs.languages import language_of
from regulars.programs.stories.acting import Stage, Turn, staged
from regulars.programs.stories.judging import Difference, judge, name_of
from regulars.programs.stories.reading import Step, Story, StoryRefused, Tree, read
from regulars.programs.stories.written import RawStory
from regulars.programs.tree import Unreadable, grown

ENDING = ".story.yaml"
# The words that only the one kind of document has.
STORY = frozenset(RawStory.__struct_encode_fields__) - frozenset(RawDocument.__struct_encode_fields__)
PROGRAM = frozenset(RawDocument.__struct_encode_fields__) - frozenset(RawStory.__struct_encode_fields__)
_AT_MARGIN = re.compile(r"^[\"']?([a-z_]+)[\"']?[ \t]*[:：]", re.MULTILINE)


class LedgerLine(Struct, frozen=True):
    """An entry of the member's ledger as it is read: in local time, with the sentence that says why.

    `points` are the wallet's smallest units, `amount` is the same as it is shown: money as money.
    """

    at: str
    wallet: str
    name: str
    points: int
    source: str
    target: str
    sentence: str
    funder: str = ""
    amount: str = ""


class Ledger(Struct, frozen=True):
    """All that was written of a member."""

    member: str
    lines: list[LedgerLine]


class Failure(Struct, frozen=True):
    """The first step that does not hold. `step` counts from 1, `line` is where it begins.

    `unearned` are the rules that gave nothing for its order; of goals, how far they are.
    """

    step: int
    line: int
    title: str
    at: str
    member: str
    differences: list[Difference]
    ledger: list[LedgerLine]
    unearned: list[str] = []


class Verdict(Struct, frozen=True):
    """What came of a file. `problems`: it could not be read; `steps` are those that held.

    `warnings` are about the program; `is_program`: it is one alone, and there was no story to run. `ledgers` are those
    of all members when the story is over, where somebody asked for them and it holds.
    """

    file: str
    steps: int = 0
    problems: list[DocumentProblem] = []
    failure: Failure | None = None
    warnings: list[DocumentProblem] = []
    is_program: bool = False
    ledgers: list[Ledger] = []

    @property
    def holds(self) -> bool:
        return not self.problems and self.failure is None


def check(path: Path, shows: bool = False) -> Verdict:
    """A story is acted; any other document is read as a program. `shows`: with the ledgers of a story that holds."""
    try:
        text = text_of(path)
    except DocumentRefused as refused:
        return Verdict(str(path), problems=refused.problems)
    except FileNotFoundError:
        return Verdict(str(path), problems=[in_line(NOWHERE, Problem("", "", "file_missing"))])
    except OSError as error:
        unreadable = Problem("", "", "file_unreadable", told={"system": str(error)})
        return Verdict(str(path), problems=[in_line(NOWHERE, unreadable)])
    if not _is_story(path.name, text):
        return _program(str(path), text)
    return told(str(path), text, path.parent, shows=shows)


def told(name: str, text: str, folder: Path, program: Tree | None = None, shows: bool = False) -> Verdict:
    """A story's text; its program's path starts at the folder."""
    try:
        story = read(text, lambda said: text_of(folder / said), program)
    except StoryRefused as refused:
        return Verdict(name, problems=refused.problems)
    return acted(name, story, shows)


def acted(name: str, story: Story, shows: bool = False) -> Verdict:
    stage, warnings = staged(story), list(story.warnings)
    for number, turn, differences in judged(story, stage):
        if differences:
            return Verdict(name, number - 1, failure=_failure(number, turn, differences), warnings=warnings)
    ledgers = list(_ledgers(stage, story.steps[-1])) if shows else []
    return Verdict(name, len(story.steps), warnings=warnings, ledgers=ledgers)


def _ledgers(stage: Stage, last: Step) -> Iterator[Ledger]:
    """Of everybody, as if each were asked after at the instant of the last step."""
    for member in stage.lives:
        turn = stage.act(replace(last, member=member, at=last.now, fact=None, left=None, drawn=None))
        yield Ledger(member, [_line(entry, turn.programs) for entry in turn.ledger])


def judged(story: Story, stage: Stage) -> Iterator[tuple[int, Turn, list[Difference]]]:
    """Every step, acted when it is asked for: its number from 1 on, what it brought about, what is not as expected."""
    for number, step in enumerate(story.steps, 1):
        turn = stage.act(step)
        with override(language_of(story.language)):
            differences = judge(turn)
        yield number, turn, differences


def _is_story(name: str, text: str) -> bool:
    """A story has steps under `story`. Where these are missing or cannot be read, the other words at the margin tell;
    where these do not either, its name does."""
    try:
        tree = grown(text).tree
        words = set(tree) if isinstance(tree, dict) else set()
    except Unreadable:
        words = set(_AT_MARGIN.findall(text))
    of_story, of_program = len(words & STORY), len(words & PROGRAM)
    return "story" in words or of_story > of_program or (of_story == of_program and name.endswith(ENDING))


def _program(name: str, text: str) -> Verdict:
    try:
        return Verdict(name, warnings=publishable(text).warnings, is_program=True)
    except DocumentRefused as refused:
        return Verdict(name, problems=refused.problems, is_program=True)


def _failure(number: int, turn: Turn, differences: list[Difference]) -> Failure:
    step, programs = turn.step, turn.programs
    ledger = [_line(entry, programs) for entry in turn.ledger]
    return Failure(
        number, step.line, step.title, local(step.at, programs), step.member, differences, ledger, _unearned(turn)
    )


def _unearned(turn: Turn) -> list[str]:
    programs, version = turn.programs, turn.programs.at(turn.step.at)
    if not isinstance(turn.step.fact, Order) or turn.refusal:
        return []
    given = {rule_of(entry.identity) for entry in turn.entries}
    found = [
        _aside(one.rule.name, lacking.said(one, version.number, programs), turn)
        for one in unearned(programs, turn.step.fact, turn.memo)
    ]
    goals = [one for one in pursuits(programs, turn.account, turn.step.now) if one.rule.name not in given]
    return found + [_aside(goal.rule.name, far_from(goal, programs), turn) for goal in goals]


def _aside(rule: str, far: str, turn: Turn) -> str:
    name = wording.rule(rule, turn.programs.at(turn.step.at).number, turn.programs)
    return gettext("%(name)s (%(far)s)") % {"name": name, "far": far} if far else name


def _line(entry: Entry, programs: Programs) -> LedgerLine:
    """Points with a sign, as the member sees what comes and what goes: what went before, or only moves, is nothing."""
    points, _place = moves.seen([entry])
    at, why = local(entry.occurred_at, programs), said(entry, programs)
    shown = wording.amount(points, entry.wallet, programs)
    amount = f"+{shown}" if points > 0 else shown
    return LedgerLine(at, entry.wallet, name_of(entry), points, entry.source, entry.target, why, entry.funder, amount)


def local(instant: int, programs: Programs) -> str:
    moment: datetime = (EPOCH + timedelta(microseconds=instant)).astimezone(programs.zone).replace(tzinfo=None)
    text = moment.isoformat(" ")
    return text.removesuffix(":00") if not moment.microsecond else text
