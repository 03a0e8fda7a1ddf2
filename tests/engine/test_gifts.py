"""Whatever gives besides buying (tiers, friends, goals, effects), in every program and every history."""

from hypothesis import given
from hypothesis import strategies as st

from regulars.engine import grammar
from regulars.engine.account import Account
from regulars.engine.facts import Effect, Order, Referred
from regulars.engine.fold import fold
from regulars.engine.program import Programs
from regulars.engine.tape import Tape, Touched
from regulars.engine.timeline import unrolled
from tests.engine.histories import BEGINNING, END, UNITS, Story, stories, thoroughly
from tests.engine.test_properties import agree, encode, from_nothing, resumed

TERMS = [{}, {"pending": "3 days", "expires": "1 year"}, {"pending": "40 days", "expires": "never"}]


@st.composite
def gifted(draw: st.DrawFn) -> Story:
    """A story in which tiers, friends and goals give; each version gives something else."""
    story = draw(stories())
    numbers = draw(st.lists(st.integers(0, 11), min_size=40, max_size=40))
    trees = [(start, with_gifts(tree, numbers[place:])) for place, (start, tree) in enumerate(story.trees)]
    versions = [grammar.read(tree, number, start) for number, (start, tree) in enumerate(trees, start=1)]
    facts = [*story.facts, Referred("lin", "wang", BEGINNING)]
    instants = sorted(fact.paid_at for fact in story.facts if isinstance(fact, Order) and fact.paid_at)
    facts += [Effect(f"e{n}", "referral", at + n, "mei") for n, at in enumerate(instants[:1])]
    facts += [Effect(f"w{n}", "referral", at + n, "mei", withdrawn=True) for n, at in enumerate(instants[-1:], start=1)]
    return Story(trees, Programs(1, versions), facts)


def with_gifts(tree, numbers):
    names, given = [name for name in UNITS if name in tree["wallets"]], iter(numbers)
    tiers = [level["tier"] for tier_set in tree["tiers"] for level in tier_set["levels"]]
    triggers = [*({"on": f"tier {tier}"} for tier in tiers), {"on": "referred"}, {"on": "referral"}]
    triggers += [{"goal": {"spend": "20", "per": "month", "repeat": "true"}}, {"goal": {"orders": "2"}}]
    gifts = []
    for place, trigger in enumerate(triggers):
        name = names[next(given) % len(names)]
        unit = UNITS[name]
        gift = {"rule": f"gift-{place}", "give": f"{5 + 2 * next(given)} {unit}"}
        gifts.append(gift | trigger | TERMS[next(given) % len(TERMS)])
    return tree | {"referral": {}, "earn": [*tree["earn"], *gifts]}


@thoroughly
@given(gifted())
def test_resuming_after_every_step_is_folding_from_nothing(story: Story):
    account, orders, entries = Account(), dict[str, Touched](), []
    for happening in unrolled(story.facts):
        tape = resumed(story, happening, account, orders)
        account = tape.account
        entries += tape.entries
    last = fold(Tape(story.programs, account), (), END)
    whole = from_nothing(story)
    assert encode(last.account) == encode(whole.account)
    assert entries + last.entries == whole.entries


@thoroughly
@given(gifted())
def test_balances_agree_and_nothing_grows_below_nothing(story: Story):
    tape = Tape(story.programs, Account())
    for happening in unrolled(story.facts):
        fold(tape, [happening])
        agree(tape)
        by_points = {
            name for version in story.programs.versions for name, rules in version.tier_sets.items() if rules.wallet
        }
        for name, ladder in tape.account.ladders.items():
            if name in by_points:
                assert all(amount > 0 for _, amount in ladder.growth.days)
                assert all(amount > 0 for *_, amount in ladder.growth.waiting)
