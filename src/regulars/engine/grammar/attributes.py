"""What may be told of a member besides birthday and country: attributes, each with its closed list of values.

A program declares them under `attributes`, each with all its values; one that only conditions name is declared by that.
Nothing else is ever a fact of a member, so that nobody's free text is.
"""

from collections.abc import Iterator

from regulars.engine.conditions import listed
from regulars.engine.document import RawCoupon, RawDocument, RawJoining, RawReward, RawWhen
from regulars.engine.grammar.desk import Desk

DETAILS = ("birthday", "country")


def attributes(desk: Desk) -> dict[str, frozenset[str]]:
    """Values by attribute."""
    found = {name: set(listed(words)) for name, words in desk.raw.attributes.items()}
    for name, known in found.items():
        if name in DETAILS:
            desk.blame(f"attributes.{name}", name, "attribute_is_detail")
        elif not known or "" in known:
            desk.blame(f"attributes.{name}", name, "attribute_without_values")
    for _, when in _conditions(desk.raw):
        for name, words in when.attribute.items():
            found.setdefault(name, set()).update(listed(words))
    for place, rule in enumerate(desk.raw.earn):
        for name in listed(rule.needs):
            if name not in DETAILS and name not in found:
                desk.blame(f"earn[{place}].needs", name, "detail_unknown", *DETAILS, *found)
    return {name: frozenset(known) for name, known in found.items()}


def values(desk: Desk) -> None:
    """Refuses values that a declared attribute does not have: nobody would ever meet them."""
    for path, when in _conditions(desk.raw):
        for name, words in when.attribute.items():
            known = listed(desk.raw.attributes.get(name, []))
            for value in listed(words):
                if known and value not in known:
                    desk.blame(f"{path}.attribute.{name}", value, "value_not_possible", *known)


def _conditions(raw: RawDocument) -> Iterator[tuple[str, RawWhen]]:
    """Every condition of the document, with its place."""
    found = [(f"earn[{place}].when", rule.when) for place, rule in enumerate(raw.earn)]
    found += [(f"benefits[{place}].when", benefit.when) for place, benefit in enumerate(raw.benefits)]
    offers: list[tuple[str, RawReward | RawCoupon]] = [
        *((f"rewards[{place}]", reward) for place, reward in enumerate(raw.rewards)),
        *((f"coupons[{place}]", coupon) for place, coupon in enumerate(raw.coupons)),
    ]
    for path, one in offers:
        found += [(f"{path}.when", one.when), (f"{path}.gives.on", one.gives.on)]
        found += [(f"{path}.gives.get_from", one.gives.get_from)]
    for place, rule in enumerate(raw.earn):
        steps = rule.goal.steps if rule.goal else []
        found += [(f"earn[{place}].goal.steps[{number}].when", step.when) for number, step in enumerate(steps)]
    found += [("enrolment.when", raw.enrolment.when)] if isinstance(raw.enrolment, RawJoining) else []
    found += [("referral.when", raw.referral.when)] if raw.referral else []
    for path, when in found:
        yield from _nested(path, when)


def _nested(path: str, when: RawWhen | None) -> Iterator[tuple[str, RawWhen]]:
    if when is None:
        return
    yield path, when
    for word, branches in (("all", when.every), ("any", when.some)):
        for place, part in enumerate(branches):
            yield from _nested(f"{path}.{word}[{place}]", part)
    yield from _nested(f"{path}.not", when.none)
