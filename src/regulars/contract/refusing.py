"""What the rewards room and the engine refuse, as problems: every code of theirs is one of ours."""

from regulars.contract.problems import Fault, Problem
from regulars.engine.money import format_major
from regulars.rewards.counter import Item
from regulars.rewards.refusing import Refused
from regulars.rewards.saying import MONEY
from regulars.rewards.titles import TITLES


def problem_of(refused: Refused, currency: str, items: tuple[Item, ...] = ()) -> Problem:
    """Its parameters say what would have been possible, in the program's `currency`; the pointer, which of the things
    laid it is about."""
    said = str(TITLES.get(refused.code, refused.code))
    places = {item.id: f"/lay/{place}" for place, item in enumerate(items)}
    faults = [Fault(said, places[refused.about])] if refused.about in places else []
    headers = {"Retry-After": "600"} if refused.code == "too_many_codes" else {}
    return Problem(refused.code, "", faults, headers, kept(refused, currency))


def kept(refused: Refused, currency: str) -> dict[str, int | str]:
    """Its parameters as they go out: whole numbers and text, and money in major units."""
    said = {name: value if isinstance(value, int) else str(value) for name, value in refused.parameters.items()}
    return said | {
        name: format_major(int(said[name]), currency) for name in MONEY.get(refused.code, ()) if name in said
    }
