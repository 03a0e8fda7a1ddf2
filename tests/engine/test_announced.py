"""What is told is the difference between what the fold says and what was told before."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from regulars import engine
from regulars.engine.difference import announced, standing
from regulars.engine.facts import Effect
from regulars.engine.outcome import WITHDRAWALS, Announcement, Told
from regulars.engine.referral import effect_of
from regulars.engine.timeline import unrolled
from tests.engine.histories import thoroughly


def earned(order: str, at: int) -> Announcement:
    return Announcement(f"referral.earned:{order}@{at}", "referral.earned", at, {"by": "lin", "order": order})


sayings = st.lists(
    st.builds(
        lambda name, at: Announcement(
            f"referral.earned:{name}@{at}", "referral.earned", at, {"by": "lin", "order": name}
        ),
        st.sampled_from("AB"),
        st.integers(1, 3),
    ),
    unique_by=lambda one: one.identity,
    max_size=4,
)


@thoroughly
@given(st.lists(sayings, min_size=1, max_size=5))
def test_what_stands_is_what_was_folded_last(folded: list[list[Announcement]]):
    told: list[Told] = []
    for one in folded:
        news = announced(one, told)
        told += news
        assert sorted(standing(told).values(), key=str) == sorted(one, key=str)
        assert announced(one, told) == []
        assert [item.withdrawn for item in news] == sorted((item.withdrawn for item in news), reverse=True)


@thoroughly
@given(st.lists(sayings, min_size=1, max_size=5))
def test_effects_on_others_are_what_stands(folded: list[list[Announcement]]):
    told: list[Told] = []
    for one in folded:
        told += announced(one, told)
    found = [effect_of("mei", number, one) for number, one in enumerate(told, start=1)]
    steps = unrolled([one[1] for one in found if one is not None][::-1])
    assert sorted((step.fact.cause, step.step[0]) for step in steps if isinstance(step.fact, Effect)) == sorted(
        (f"mei/{one.payload['order']}", one.occurred_at) for one in folded[-1]
    )


def test_what_moves_to_another_instant_is_no_news():
    before, now = (Announcement(f"tier:{at}", "tier.changed", at, {"to": "gold"}) for at in (1, 2))
    other = Announcement("tier:3", "tier.changed", 3, {"to": "silver"})
    news = announced([now, other], [Told(before)])
    assert [(one.kind, one.withdrawn, one.is_news) for one in news] == [
        ("tier.withdrawn", True, False),
        ("tier.changed", False, False),
        ("tier.changed", False, True),
    ]


def test_what_concerns_nobody_else_has_no_effect():
    assert effect_of("mei", 1, Told(Announcement("enrolment:mei", "member.enrolled", 1, {}))) is None


def test_whatever_is_announced_can_be_withdrawn():
    said = [source.read_text() for source in Path(engine.__path__[0]).glob("*.py")]
    kinds = {kind for text in said for kind in re.findall(r'Announcement\(.*"([a-z]+\.[a-z]+)"', text)}
    assert {"member.enrolled", "plan.ended", "tier.changed"} <= kinds <= WITHDRAWALS.keys()
