"""Who did something, as people know them: somebody of the staff, a key of a machine, the program by itself."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec.structs import replace

from regulars.access.queries import key_names, staff_named
from regulars.engine.problems import Problem
from regulars.rewards.guessing import Asker

STAFF = "staff:"
PERSON = "person:"


def actor(request: HttpRequest) -> str:
    """How it is written down that this person did it."""
    return f"{STAFF}{request.user.get_username()}"


def person(request: HttpRequest) -> str:
    """The same where it is kept for ever: by a number, which tells nobody's name."""
    return f"{PERSON}{request.user.pk}"


def asker(request: HttpRequest) -> Asker:
    """Who tries codes here: each person for themselves."""
    return Asker("staff", request.user.get_username())


def told(program_id: int, problem: Problem) -> Problem:
    """A refusal that says who was faster, with the name that people know."""
    by = problem.told.get("by")
    return replace(problem, told={**problem.told, "by": names(program_id, [by])[by]}) if by else problem


def names(program_id: int, actors: Iterable[str]) -> dict[str, str]:
    """What each of these is called; "" where nobody is."""
    wanted = set(actors)
    people = {one for one in wanted if one.startswith(STAFF)}
    usernames = [one.removeprefix(STAFF) for one in people]
    numbers = {int(one.removeprefix(PERSON)) for one in wanted if one.startswith(PERSON)}
    staff = staff_named(usernames, numbers) if usernames or numbers else []
    known = {username: name for _number, username, name in staff}
    numbered = {f"{PERSON}{number}": name for number, _username, name in staff}
    own = {
        "personal": _("the program"),
        "program": _("the program"),
        "refund": _("a return"),
        "terminal": _("terminal"),
    }
    others = wanted - people - numbered.keys() - own.keys() - {""}
    keys = key_names(program_id, others) if others else {}
    return {
        one: own.get(one)
        or numbered.get(one)
        or known.get(one.removeprefix(STAFF))
        or keys.get(one)
        or one.removeprefix(STAFF)
        for one in wanted
    }
