"""From the text of a story to its steps, each with its instant and its fact; or to all that is wrong, line by line.

A step without `at` happens a millisecond after the one before; `wait` lets time pass first. Steps are told in the
order in which we learn of them: what happened earlier says `learned`.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from regulars.engine import grammar
from regulars.engine.calendar import calendar
from regulars.engine.clashing import clash
from regulars.engine.document import DocumentErrors
from regulars.engine.facts import Details, Fact, Order
from regulars.engine.fold import DEEDS as FOLDED
from regulars.engine.problems import Problem
from regulars.engine.program import Version
from regulars.engine.shape import shaped
from regulars.programs.document import DocumentProblem, DocumentRefused, draft, in_line, line_of, placed
from regulars.programs.stories.asking import REQUESTS
from regulars.programs.stories.deeds import HAPPENINGS, details
from regulars.programs.stories.expecting import Expected, expected
from regulars.programs.stories.script import Drawn, Here, Known, Script
from regulars.programs.stories.written import DEEDS, RawMember, RawStep, RawStory
from regulars.programs.tree import Source, Unreadable, grown

BEGINNING = -(2**53)
MILLISECOND = 1_000
# Gives the text of a file named in the story; raises OSError.
Fetch = Callable[[str], str]
Tree = dict[str, Any]


class Step(Struct, frozen=True):
    """`at` is when it happened, `now` when we learned of it; `versions` are those published by then.

    `order_total`: of the order that points are to pay, where it is not placed yet. `left`: what customers of whom the
    story does not tell leave of a campaign's budget. `drawn` is what a ticket wins in it.
    """

    line: int
    title: str
    member: str
    at: int
    now: int
    fact: Fact | None
    order_total: int | None
    versions: tuple[Version, ...]
    expected: tuple[Expected, ...]
    refused: str
    left: tuple[str, int] | None
    drawn: Drawn | None = None


class Story(Struct, frozen=True):
    """`known` is what rules may know of each member from the beginning; `lines` says where each path was written."""

    versions: tuple[Version, ...]
    known: dict[str, Details | None]
    guests: frozenset[str]
    steps: tuple[Step, ...]
    source: Source
    language: str
    warnings: tuple[DocumentProblem, ...]


class StoryRefused(Exception):
    """The text is no story; `problems` says all that is wrong with it, in order of line."""

    def __init__(self, problems: list[DocumentProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def read(text: str, fetch: Fetch, program: Tree | None = None) -> Story:
    """The story; without a program of its own it is about the one given. Raises StoryRefused."""
    try:
        source = grown(text)
    except Unreadable as error:
        raise StoryRefused([in_line(error.line, error.problem)]) from None
    raw, problems = shaped(source.tree, RawStory)
    said = source.tree.get("program", "") if isinstance(source.tree, dict) else ""
    script = None if isinstance(said, list) else _opened(said or program or "", fetch, problems)
    if raw is None or script is None:
        raise refused(source, problems)
    script.members = [member.id for member in (raw.member, *raw.others)]
    script.known_of = {one.id: Known(one.birthday, one.country, one.attributes) for _path, one in _members(raw)}
    steps = tuple(_step(script, source, f"story[{place}]", step, fetch) for place, step in enumerate(raw.story))
    script.ask_for_lines()
    script.known_of.clear()
    known = {one.id: _details(script, path, one, steps) for path, one in _members(raw)}
    if not steps:
        script.blame("story", "", "story_empty")
    if script.problems:
        raise refused(source, script.problems)
    guests = frozenset(one.id for _path, one in _members(raw) if one.guest == "yes")
    return Story(
        tuple(script.versions), known, guests, steps, source, raw.language, tuple(placed(source, script.warnings))
    )


def refused(source: Source, problems: list[Problem]) -> StoryRefused:
    return StoryRefused(placed(source, problems))


def _members(raw: RawStory) -> list[tuple[str, RawMember]]:
    return [("member", raw.member), *((f"others[{place}]", one) for place, one in enumerate(raw.others))]


def _details(script: Script, path: str, raw: RawMember, steps: tuple[Step, ...]) -> Details | None:
    if not steps or not (raw.birthday or raw.country or raw.attributes):
        return None
    found = details(Here(script, path, steps[0].at, "member", raw.id), raw)
    return found if _is_possible(script, path, found) else None


# The program and its versions


class Opened(Struct, frozen=True):
    """A version with the tree it was read from, and what may not be meant."""

    version: Version
    tree: Tree
    warnings: list[Problem]


def _opened(said: str | Tree, fetch: Fetch, problems: list[Problem]) -> Script | None:
    found = _program(said, fetch, "program", Place(1, BEGINNING), problems)
    if found is None:
        return None
    first = found.version
    return Script(calendar(first.zone), first.currency, [first], [found.tree], [], warnings=found.warnings)


class Place(Struct, frozen=True):
    """Which version it becomes, and which one it follows."""

    number: int
    starts_at: int
    before: Version | None = None


def _program(said: str | Tree, fetch: Fetch, path: str, place: Place, problems: list[Problem]) -> Opened | None:
    """A program from a file, or from the document itself."""
    if not said:
        problems.append(Problem(path, "", "program_missing"))
        return None
    try:
        if isinstance(said, str):
            return _lying_beside(said, fetch, path, place)
        return _written_here(said, path, place)
    except OSError:
        problems.append(Problem(path, str(said), "file_missing"))
    except DocumentRefused as refusal:
        problems += _beside(path, str(said), refusal.problems)
    except DocumentErrors as errors:
        problems += _below(path, errors.problems)
    return None


def _lying_beside(name: str, fetch: Fetch, path: str, place: Place) -> Opened:
    text = fetch(name)
    found, tree = draft(text, place.number, place.starts_at, place.before), grown(text).tree
    assert isinstance(tree, dict)
    return Opened(found.version, tree, _beside(path, name, found.warnings))


def _written_here(tree: Tree, path: str, place: Place) -> Opened:
    found = grammar.reviewed(tree, place.number, place.starts_at, place.before)
    return Opened(found.version, tree, _below(path, found.warnings))


def _beside(path: str, name: str, problems: list[DocumentProblem]) -> list[Problem]:
    return [Problem(path, name, "in_program_file", told={"said": str(problem)}) for problem in problems]


def _below(path: str, problems: list[Problem]) -> list[Problem]:
    return [replace(problem, path=f"{path}.{problem.path}") for problem in problems]


def _publish(here: Here, said: str | Tree, fetch: Fetch) -> None:
    """A new version from now on. What a document without `program` does not say stays as it was."""
    script, path = here.script, here.path
    if isinstance(said, dict) and "program" not in said:
        said = script.documents[-1] | said
    place = Place(len(script.versions) + 1, here.at, script.versions[-1])
    found = _program(said, fetch, path, place, script.problems)
    if found is None:
        return
    if problem := clash([*script.versions, found.version]):
        script.problems += _below(path, [problem])
        return
    script.versions.append(found.version)
    script.documents.append(found.tree)
    script.warnings += found.warnings


# Steps


def _step(script: Script, source: Source, path: str, raw: RawStep, fetch: Fetch) -> Step:
    at = _instant(script, path, raw)
    now = script.instant(f"{path}.learned", raw.learned, at)
    if script.now is not None and now < script.now:
        script.blame(f"{path}.at", raw.at, "step_too_early")
    script.now = max(now, script.now or now)
    deeds = [name for name in DEEDS if getattr(raw, name) is not None]
    if len(deeds) > 1:
        script.blame(path, ", ".join(deeds), "deeds_several")
    member = raw.member or script.members[0]
    if member not in script.members:
        script.blame(f"{path}.member", member, "one_of", *script.members)
    here = Here(script, path, at, f"step-{int(path[6:-1]) + 1}", member, bool(raw.refused))
    script.drawn = None
    fact = _deed(here, raw, deeds[0], fetch) if deeds else None
    if deeds and deeds[0] in REQUESTS and now != at:
        script.blame(f"{path}.learned", raw.learned, "decided_late")
    return Step(
        line_of(source, path),
        _title(raw, deeds),
        member,
        at,
        now,
        fact,
        _order_total(script, path, raw),
        tuple(script.versions),
        tuple(replace(one, line=line_of(source, one.path)) for one in expected(script, f"{path}.expect", raw.expect)),
        raw.refused,
        _left(script, f"{path}.budget", raw),
        script.drawn,
    )


def _instant(script: Script, path: str, raw: RawStep) -> int:
    before = script.now
    if raw.at and raw.wait:
        script.blame(f"{path}.wait", raw.wait, "at_and_wait")
    if raw.at or before is None:
        if not raw.at:
            script.blame(path, "", "at_missing")
        return script.instant(f"{path}.at", raw.at, before or 0)
    if raw.wait:
        return script.take(f"{path}.wait", raw.wait, lambda said: script.later(before, said), before)
    return before + MILLISECOND


def _deed(step: Here, raw: RawStep, name: str, fetch: Fetch) -> Fact | None:
    said, here = getattr(raw, name), replace(step, path=f"{step.path}.{name}")
    if name == "publish":
        _publish(here, said, fetch)
    if name in ("budget", "publish"):
        return None
    fact = (HAPPENINGS | REQUESTS)[name](here, said)
    return fact if fact and _is_possible(here.script, here.path, fact) else None


def _left(script: Script, path: str, raw: RawStep) -> tuple[str, int] | None:
    """(campaign, what is left of its budget)."""
    if raw.budget is None:
        return None
    known = script.versions[-1].campaigns
    if raw.budget.campaign not in known:
        script.blame(f"{path}.campaign", raw.budget.campaign, "not_in_program", *known, sort="campaign")
    wallet = script.counted_by(raw.budget.campaign)
    return raw.budget.campaign, script.points(f"{path}.left", raw.budget.left, wallet)


def _order_total(script: Script, path: str, raw: RawStep) -> int | None:
    for name, said in (("redeem", raw.redeem), ("hold", raw.hold)):
        if said is not None and said.total:
            return script.money(f"{path}.{name}.total", said.total)
    return None


def _is_possible(script: Script, path: str, fact: Fact) -> bool:
    if isinstance(fact, Order) or type(fact) in FOLDED:
        return True
    script.blame(path, "", "not_possible_yet")
    return False


def _title(raw: RawStep, deeds: list[str]) -> str:
    """ "order A-1", "wait 7 days": how a step is called when it is told."""
    if not deeds:
        return f"wait {raw.wait}" if raw.wait else ""
    said = getattr(raw, deeds[0])
    names = (
        "absorbs",
        "merge",
        "id",
        "order",
        "refund",
        "name",
        "plan",
        "segment",
        "reward",
        "redemption",
        "to",
        "tier",
        "campaign",
    )
    shown = said if isinstance(said, str) else next((getattr(said, n) for n in names if getattr(said, n, "")), "")
    return f"{deeds[0]} {shown}".strip()
