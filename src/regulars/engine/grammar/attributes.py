"""What may be told of a member besides birthday and country: attributes, each with its closed list of values.

A program declares them under `attributes`; what a condition names is declared by that. Nothing else is ever a fact of a
member, so that nobody's free text is.
"""

from collections.abc import Iterator

from regulars.engine.conditions import listed
from regulars.engine.document import RawDocument, RawJoining, RawWhen
from regulars.engine.grammar.desk import Desk

DETAILS = ("birthday", "country")


def attributes(desk: Desk) -> dict[str, frozenset[str]]:
    """Values by attribute."""
    found = {name: set(listed(words)) for name, words in desk.raw.attributes.items()}
    for name, values in found.items():
        if name in DETAILS:
            desk.blame(f"attributes.{name}", name, "attribute_is_detail")
        elif not values or "" in values:
            desk.blame(f"attributes.{name}", name, "attribute_without_values")
    for when in _conditions(desk.raw):
        for name, words in when.attribute.items():
            found.setdefault(name, set()).update(listed(words))
    for place, rule in enumerate(desk.raw.earn):
        for name in listed(rule.needs):
            if name not in DETAILS and name not in found:
                desk.blame(f"earn[{place}].needs", name, "detail_unknown", *DETAILS, *found)
    return {name: frozenset(values) for name, values in found.items()}


def _conditions(raw: RawDocument) -> Iterator[RawWhen]:
    """Every condition of the document."""
    found = [rule.when for rule in raw.earn] + [benefit.when for benefit in raw.benefits]
    found += [one.when for one in raw.rewards] + [one.when for one in raw.coupons]
    given = [one.gives for one in raw.rewards] + [one.gives for one in raw.coupons]
    found += [asked for one in given for asked in (one.on, one.get_from)]
    found += [step.when for rule in raw.earn if rule.goal for step in rule.goal.steps]
    found += [raw.enrolment.when] if isinstance(raw.enrolment, RawJoining) else []
    found += [raw.referral.when] if raw.referral else []
    for when in found:
        yield from _nested(when)


def _nested(when: RawWhen | None) -> Iterator[RawWhen]:
    if when is not None:
        yield when
        for part in (*when.every, *when.some, when.none):
            yield from _nested(part)
