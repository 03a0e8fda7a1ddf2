"""Activities that machines hand over: what is asked, and what an activity brought about.

An activity is said once: other content under its number is refused, for nobody could know which of the two happened.
One that no version of the program asks for is kept as well, since a draft may, or a segment; the answer says so,
because that is also what a typing mistake gets.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from regulars.contract.asked import Asked, Given
from regulars.contract.bodies import ActivitiesBody, ActivityBody
from regulars.contract.problems import Fault, Problem
from regulars.contract.writing import Writing
from regulars.ledger import activities as ledger
from regulars.ledger.connect import raw
from regulars.programs.queries import Published


def one(source: str, number: str, body: ActivityBody, language: str = "") -> Asked:
    return Asked("activities", (Given("", source, number, body),), False, language)


def batch(body: ActivitiesBody, language: str = "") -> Asked:
    """Raises Problem where it holds an activity twice."""
    seen: set[tuple[str, str]] = set()
    for place, activity in enumerate(body.activities):
        if (activity.source, activity.id) in seen:
            fault = Fault(_("this activity came before"), f"/activities/{place}/id")
            raise Problem("duplicate_activity", faults=[fault])
        seen.add((activity.source, activity.id))
    given = (Given(f"/activities/{place}", one.source, one.id, one) for place, one in enumerate(body.activities))
    return Asked("activities", tuple(given), True, language)


Told = Mapping[str, ledger.ActivityLine]


def told(published: Published, keys: Collection[str]) -> Told:
    """Each as it was kept, and what it brought about."""
    return ledger.activities_by_key(raw(), published.id, keys) if keys else {}


def written(published: Published, key: str, known: Told) -> dict[str, Any]:
    return Writing(published).activity(known[key])
