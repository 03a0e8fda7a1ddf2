"""The engine against a plain slow member, written independently of it."""

from collections import Counter

from hypothesis import given
from msgspec.structs import replace

from regulars.engine.account import Account
from regulars.engine.facts import Effect, Enrolment
from regulars.engine.fold import fold
from regulars.engine.outcome import Entry
from regulars.engine.tape import Tape
from regulars.engine.timeline import unrolled
from tests.builders import at, back, document, line, order, programs, refund
from tests.engine.histories import BEGINNING, END, Story, stories, thoroughly
from tests.engine.slow_lots import Move
from tests.engine.slow_model import SlowMember


@thoroughly
@given(stories())
def test_the_engine_says_what_the_slow_model_says(story: Story):
    compare(story)


def test_what_is_given_again_without_tiers_takes_no_growth_with_it():
    """It grew before, under the same name, and went back."""
    tiers = [{"set": "status", "grows_by": "points", "levels": [{"tier": "member"}]}]
    goal = {"rule": "goal", "goal": {"spend": "100"}, "give": "25 points"}
    since, trees = "2026-01-12", [document(earn=[goal], tiers=tiers), document(earn=[goal])]
    versions, said = programs(*trees, starts=[since]), list(zip([BEGINNING, at(since)], trees, strict=True))
    bought = order("A", "2026-01-10", line("tea", 100))
    facts = [
        bought,
        refund("A/R", "2026-01-11", back("tea")),
        replace(bought, version_at=at("2026-01-13"), lines=(line("tea", 200, 2),)),
        refund("A/S", "2026-01-15", back("tea")),
    ]
    for number in range(1, len(facts) + 1):
        compare(Story(said, versions, facts[:number]))


def test_what_was_let_go_of_an_effect_is_not_given_twice():
    """It expired too long ago to be taken back, and what others do gave it anew."""
    tree = document(
        wallets={"points": {"expires": "28 days", "when_short": "write_off"}},
        earn=[{"rule": "friend", "on": "referral", "give": "5 points"}],
        referral={"within": "60 days"},
    )
    told = [("2026-01-10", False), ("2027-03-01", True), ("2027-03-02", False)]
    effects = [Effect(str(n), "referral", at(day), "F1", gone) for n, (day, gone) in enumerate(told)]
    facts = [Enrolment("lin", at("2026-01-01")), *effects]
    for number in range(1, len(facts) + 1):
        compare(Story([(BEGINNING, tree)], programs(tree), facts[:number]))


def compare(story: Story) -> None:
    slow = SlowMember(story.trees).live(story.facts, END)
    outcome = fold(Tape(story.programs, Account()), unrolled(story.facts), END)
    since = goals_since(story)
    assert added_up(outcome.entries, since) == slow.moves
    account = outcome.account
    assert lots_of(account, since) == slow_lots(slow)
    assert {name: wallet.deficit for name, wallet in account.wallets.items() if wallet.deficit} == +slow.owed
    for name, ladder in account.ladders.items():
        standing, told = ladder.standing, slow.ladders[name]
        gained_by = named(standing.gained_by, since)
        assert (standing.tier, standing.until, gained_by) == (told.tier, told.until, told.gained_by)
        assert ladder.tier == told.shown
        assert ladder.growth.total == sum(told.within(share) for share in told.shares.values())
    assert {key: memo.net for key, memo in outcome.memos.items()} == {
        k: order["net"] for k, order in slow.orders.items()
    }
    assert {key: Counter(memo.kept) for key, memo in outcome.memos.items()} == {
        key: order["kept"] for key, order in slow.orders.items()
    }


def goals_since(story: Story) -> dict[str, str]:
    """What the engine calls a goal, by the number of the first version that has it."""
    found: dict[str, str] = {}
    for version in story.programs.versions:
        for rule in version.goals:
            assert rule.goal is not None
            found.setdefault(rule.goal.key, f"{rule.name}/{rule.goal.per}/{version.number}")
    return found


def named(identity: str, since: dict[str, str]) -> str:
    for key, name in since.items():
        identity = identity.replace(f"goal:{key}/", f"goal:{name}/")
    return identity


def added_up(entries: list[Entry], since: dict[str, str]) -> Counter[Move]:
    sums: Counter[Move] = Counter()
    for entry in entries:
        identity = named(entry.identity, since)
        sums[identity, entry.wallet, entry.source, entry.target, entry.occurred_at] += entry.points
    return sums


def lots_of(account: Account, since: dict[str, str]) -> Counter[tuple[str, str, str, int | None]]:
    sums: Counter[tuple[str, str, str, int | None]] = Counter()
    for name, wallet in account.wallets.items():
        for place, lots in (("available", wallet.lots), ("pending", wallet.waiting)):
            for lot in lots:
                sums[name, named(lot.cause, since), place, lot.expires_at] += lot.points
    return sums


def slow_lots(slow: SlowMember) -> Counter[tuple[str, str, str, int | None]]:
    sums: Counter[tuple[str, str, str, int | None]] = Counter()
    for lot in slow.lots:
        if lot["place"] in ("available", "pending") and lot["points"]:
            sums[lot["wallet"], lot["cause"], lot["place"], lot["expires"]] += lot["points"]
    return sums
