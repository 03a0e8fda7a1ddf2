"""What the rewards room and the engine refuse, as problems: every code of theirs is one of ours."""

from collections.abc import Mapping

from regulars.contract.problems import Fault, Problem
from regulars.rewards.counter import Item
from regulars.rewards.refusing import Refused
from regulars.rewards.titles import TITLES


def problem_of(refused: Refused, items: tuple[Item, ...] = ()) -> Problem:
    """Its parameters say what would have been possible; the pointer, which of the things laid it is about."""
    said = str(TITLES.get(refused.code, refused.code))
    places = {item.id: f"/lay/{place}" for place, item in enumerate(items)}
    faults = [Fault(said, places[refused.about])] if refused.about in places else []
    headers = {"Retry-After": "600"} if refused.code == "too_many_codes" else {}
    return Problem(refused.code, "", faults, headers, kept(refused.parameters))


def kept(parameters: Mapping[str, object]) -> dict[str, int | str]:
    """As they go out: whole numbers and text."""
    return {name: value if isinstance(value, int) else str(value) for name, value in parameters.items()}
