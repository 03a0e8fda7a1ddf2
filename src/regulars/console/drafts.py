"""What the page of a draft says of its text: what is wrong with it, what it would change, what else to think of."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from regulars.console.plainly import Plain, plain
from regulars.engine.calendar import instant_of
from regulars.engine.problems import Problem
from regulars.programs.actions import reviewed
from regulars.programs.beginning import has_begun
from regulars.programs.changes import changes, told
from regulars.programs.document import DocumentProblem, DocumentRefused, in_line
from regulars.programs.forms import form
from regulars.programs.marking import at_fields, place
from regulars.programs.stories.drafted import CHARACTERS_AT_MOST, Told, run
from regulars.programs.tree import Unreadable
from regulars.programs.version_list import DraftLine, VersionLine, newest_version
from regulars.segments import naming
from regulars.storefront.shop import Shop

# Nobody plans a version for later than this; once it is published it could not be taken back.
YEARS_AHEAD = 100


class Fault(Struct, frozen=True):
    """Something that is wrong, or perhaps not meant: in which line and at which path, and in words where that is."""

    line: int
    path: str
    place: str
    value: str
    message: str


class Checked(Struct, frozen=True):
    """`number` is the newest version, which `changes` are told from, unless it `is_first` that gives anything. Without
    problems it may be published."""

    number: int
    changes: list[str]
    problems: list[Fault] = []
    warnings: list[Fault] = []
    plain: Plain | None = None
    is_first: bool = False


def checked(shop: Shop, document: str, *, in_form: bool = False) -> Checked:
    """In a form what is missing is wrong with its field."""
    newest = newest_version(shop.slug)
    number, before = (newest.number, newest.document) if newest else (0, "")
    try:
        read = reviewed(document)
    except DocumentRefused as refused:
        return Checked(number, [], _placed(document, refused.problems, in_form))
    found = [told(change) for change in changes(before, document)] if before else []
    warnings = [*read.warnings, *naming.warnings(shop.slug, document)]
    is_first = not has_begun(shop.published.programs.versions)
    return Checked(number, found, [], _placed(document, warnings, in_form), plain(shop, read.version), is_first)


def _placed(document: str, problems: list[DocumentProblem], in_form: bool) -> list[Fault]:
    try:
        fields = form(document)
    except Unreadable:
        return [_as_written(problem) for problem in problems]
    found = []
    for problem in at_fields(fields, problems) if in_form else problems:
        there = place(fields, problem.path)
        found.append(Fault(problem.line, there.path, there.words, problem.value, problem.message))
    return found


def _as_written(problem: DocumentProblem) -> Fault:
    return Fault(problem.line, problem.path, "", problem.value, problem.message)


def faults(found: Checked) -> dict[str, str]:
    """What is wrong, by where: of several, what was found first, which is about what stands there itself."""
    return {problem.path: problem.message for problem in reversed(found.problems) if problem.path}


class Ran(Struct, frozen=True):
    """What came of a draft's stories. `is_stuck`: something is wrong with the document, so none could be run."""

    stories: list[Told] = []
    is_stuck: bool = False

    @property
    def hold(self) -> bool:
        return not self.is_stuck and all(story.holds for story in self.stories)

    @property
    def said(self) -> str:
        """In a sentence; "" where there is none to run."""
        if self.is_stuck:
            return _("No story can be run: something is wrong with the document.")
        if not self.stories:
            return ""
        held, count = sum(story.holds for story in self.stories), len(self.stories)
        if held == count:
            return ngettext("Its story holds.", "All of its %(count)s stories hold.", count) % {"count": count}
        sentence = ngettext(
            "%(broken)s of its %(count)s stories does not hold.",
            "%(broken)s of its %(count)s stories do not hold.",
            count - held,
        )
        return _("Its story does not hold.") if count == 1 else sentence % {"broken": count - held, "count": count}


def ran(stories: str, document: str) -> Ran:
    """A text that is too long is run as far as it can be saved."""
    try:
        return Ran(run(stories[:CHARACTERS_AT_MOST], document)) if stories.strip() else Ran()
    except DocumentRefused:
        return Ran(is_stuck=True)


def unchecked(wrong: KeyError | Unreadable, document: str) -> Checked:
    """Nothing but why the fields make no text, of a form of this document."""
    return Checked(0, [], _placed(document, [no_text(wrong)], in_form=True))


def no_text(wrong: KeyError | Unreadable) -> DocumentProblem:
    """Why the fields of a form make no text: brackets that do not close, or a place that somebody else took away."""
    if isinstance(wrong, Unreadable):
        return in_line(wrong.line, wrong.problem)
    return in_line(0, Problem("", "", "draft_changed", told={"by": _("Somebody else")}))


def changed_by(versions: list[VersionLine], chosen: VersionLine) -> list[str]:
    """What a version changed in the one before it, in words; nothing of the first."""
    before = next((one for one in versions if one.number == chosen.number - 1), None)
    return [told(change) for change in changes(before.document, chosen.document)] if before else []


def may_publish(draft: DraftLine, four_eyes: bool, actor: str) -> bool:
    return not (four_eyes and actor in draft.written_by)


def local_instant(shop: Shop, said: str) -> int | None:
    """Of `2026-12-01T00:00` as a form says it, by the shop's clock; None where nothing is said. Raises ValueError, also
    where that is over or more than YEARS_AHEAD."""
    if not said:
        return None
    found = datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(shop.zone_name))
    if not 0 <= found.year - shop.today.year <= YEARS_AHEAD:
        raise ValueError(said)
    return instant_of(found)
