"""The stories that a draft keeps beside its document: several in one text, parted by lines of `---`.

They are run as `regulars check` runs them, but to their end, and each is about the draft, whatever program it names. A
page waits for them, so all together may take so many seconds; what is left then is said to be.
"""

import time
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from msgspec import Struct

from regulars.engine.problems import Problem
from regulars.engine.program import Programs
from regulars.programs.document import DocumentProblem, DocumentRefused, draft, in_line
from regulars.programs.explain import said
from regulars.programs.stories import naming
from regulars.programs.stories.acting import staged
from regulars.programs.stories.judging import Difference
from regulars.programs.stories.reading import Story, StoryRefused, read
from regulars.programs.stories.telling import judged, local
from regulars.programs.tree import Unreadable, grown

CHARACTERS_AT_MOST = 60_000
SECONDS_AT_MOST = 3.0
PARTING = "---"
TO_THE_MINUTE = len("2026-01-05 09:00")
EXAMPLE = """# {title}
member: {{id: lin}}
story:
  - at: {day} 09:00
    enrol: {{channel: web}}
    expect: {{{wallet}: {{available: {joined.available}, pending: {joined.pending}}}}}
  - wait: 1 day
    order: {{id: A-1, lines: [{{sku: OOL-1, price: 100}}]}}
    expect: {{{wallet}: {{available: {bought.available}, pending: {bought.pending}}}}}"""


class Differing(Struct, frozen=True):
    """What is not as expected: in which line, as the story says it, and as people call it."""

    line: int
    what: str
    name: str
    expected: str
    found: str


class Acted(Struct, frozen=True):
    """A step that was run: it holds without differences. `moved` says why points came and went."""

    number: int
    line: int
    title: str
    at: str
    member: str
    differences: list[Differing]
    moved: list[str]


class Told(Struct, frozen=True):
    """What came of a story. `problems`: it cannot be read; `unrun`: so many steps were left when the time was over, at
    least one of a story that was not begun."""

    title: str
    line: int
    steps: list[Acted] = []
    problems: list[DocumentProblem] = []
    unrun: int = 0

    @property
    def holds(self) -> bool:
        return not self.problems and not self.unrun and not any(step.differences for step in self.steps)


def run(stories: str, document: str, seconds: float = SECONDS_AT_MOST) -> list[Told]:
    """Each story of the text, run on the document. Raises DocumentRefused where that may not be published."""
    ends_at = time.monotonic() + seconds
    draft(document)
    found: list[Told] = []
    for title, line, text in _parted(stories):
        is_over = bool(found) and time.monotonic() > ends_at
        found.append(Told(title, line, unrun=1) if is_over else _told(title, line, text, document, ends_at))
    return found


class _Held(Struct, frozen=True):
    available: str = "0"
    pending: str = "0"


def example(title: str, day: date, document: str) -> str:
    """A story to begin with: it expects what the document gives; nothing while that cannot be said."""
    words: dict[str, object] = {"title": title, "day": day, "wallet": "points", "joined": _Held(), "bought": _Held()}
    try:
        words["wallet"] = next(iter(draft(document).version.wallets))
        [told] = run(EXAMPLE.format(**words), document)
    except DocumentRefused:
        return EXAMPLE.format(**words)
    found = [{one.what.partition(".")[2]: one.found for one in step.differences} for step in told.steps]
    given = [
        _Held(**{place: held for place, held in one.items() if place in ("available", "pending")}) for one in found
    ]
    return EXAMPLE.format(**words | dict(zip(("joined", "bought"), given, strict=False)))


def _parted(stories: str) -> Iterator[tuple[str, int, str]]:
    """(title, first line, text) of each; the lines of the text are counted as in the whole."""
    lines = stories.splitlines()
    bounds = [-1, *(place for place, line in enumerate(lines) if line.rstrip() == PARTING), len(lines)]
    for begun, ended in pairwise(bounds):
        part = lines[begun + 1 : ended]
        if any(line.strip() and not line.lstrip().startswith("#") for line in part):
            first = next(place for place, line in enumerate(part) if line.strip())
            heading = part[first].strip()
            title = heading.lstrip("# ") if heading.startswith("#") else ""
            yield title, begun + first + 2, "\n" * (begun + 1) + "\n".join(part)


def _told(title: str, line: int, text: str, document: str, ends_at: float) -> Told:
    try:
        story = _read(text, document)
    except StoryRefused as refused:
        return Told(title, line, problems=refused.problems)
    steps = []
    for number, turn, differences in judged(story, staged(story)):
        moved = [said(entry, turn.programs) for entry in turn.entries]
        step, at = turn.step, local(turn.step.at, turn.programs)[:TO_THE_MINUTE]
        deed = naming.step(step.title, turn.programs)
        wrong = [_differing(one, turn.programs) for one in differences]
        steps.append(Acted(number, step.line, deed, at, step.member, wrong, moved))
        if time.monotonic() > ends_at:
            break
    return Told(title, line, steps, unrun=len(story.steps) - len(steps))


def _differing(one: Difference, programs: Programs) -> Differing:
    return Differing(one.line, one.what, naming.compared(one.what, programs), one.expected, one.found)


def _read(text: str, document: str) -> Story:
    """Raises StoryRefused, also where a story brings a program of its own."""
    try:
        source = grown(text)
    except Unreadable as error:
        raise StoryRefused([in_line(error.line, error.problem)]) from None
    named = source.tree.get("program", "") if isinstance(source.tree, dict) else ""
    if not isinstance(named, str):
        raise StoryRefused([in_line(source.lines["program"], Problem("program", "", "story_of_draft"))])

    def fetch(name: str) -> str:
        if name != named:
            raise FileNotFoundError(name)
        return document

    program = grown(document).tree
    assert isinstance(program, dict)
    return read(text, fetch, program)
