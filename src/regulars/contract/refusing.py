"""What the rewards room and the engine refuse, as problems: every code of theirs is one of ours."""

from regulars.contract.problems import Fault, Problem
from regulars.engine.money import format_major
from regulars.programs import wording
from regulars.programs.queries import Published
from regulars.rewards.counter import Item
from regulars.rewards.refusing import Refused
from regulars.rewards.saying import MONEY, precisely
from regulars.rewards.titles import TITLES


def problem_of(refused: Refused, published: Published, items: tuple[Item, ...] = ()) -> Problem:
    """Its detail and its parameters say what would have been possible; the pointer, which of the things laid it is
    about."""
    said = str(TITLES.get(refused.code, refused.code))
    places = {item.id: f"/lay/{place}" for place, item in enumerate(items)}
    faults = [Fault(said, places[refused.about])] if refused.about in places else []
    headers = {"Retry-After": "600"} if refused.code == "too_many_codes" else {}
    return Problem(refused.code, _detail(refused, published), faults, headers, kept(refused, published.currency))


def _detail(refused: Refused, published: Published) -> str:
    words = dict(refused.parameters)
    if refused.code == "wrong_tier":
        tiers = str(words["needed"]).split(", ")
        words["needed"] = wording.one_of([wording.tier(tier, published.programs) for tier in tiers])
    return precisely(refused.code, words, lambda minor: wording.money(minor, published.currency))


def kept(refused: Refused, currency: str) -> dict[str, int | str]:
    """Its parameters as they go out: whole numbers and text, and money in major units."""
    said = {name: value if isinstance(value, int) else str(value) for name, value in refused.parameters.items()}
    return said | {
        name: format_major(int(said[name]), currency) for name in MONEY.get(refused.code, ()) if name in said
    }
