"""When time alone changes an account next."""

import pytest
from msgspec.structs import replace

from regulars.engine.account import Account, Grant, Ladder, Lot, Standing, Wallet
from regulars.engine.calendar import FOREVER
from regulars.engine.due import advance, judge, next_due
from regulars.engine.facts import Details, Fact, Fulfilment, Hold, PlanStanding
from regulars.engine.tape import Tape
from regulars.engine.timeline import STANDS
from tests.builders import at, back, document, joined, line, order, programs, refund, told
from tests.engine.soundness import sound

PENDING = {"points": {"pending": "7 days", "expires": "1 month"}}
LADDER = [{"set": "status", "levels": [{"tier": "member"}, {"tier": "silver", "reach": "1000", "valid": "3 months"}]}]
VERSIONS = programs(document(wallets=PENDING, tiers=LADDER))
ANNIVERSARY = at("2027-01-10")
BOUGHT = order("A", "2026-01-10 15:00", line("tea", 1000))


def test_points_that_wait_are_due_when_they_mature():
    assert next_due(told(VERSIONS, [BOUGHT]).account) == at("2026-01-17 15:00")


def test_points_are_due_when_they_run_out_and_before_the_tier_is_judged():
    account = told(VERSIONS, [BOUGHT], "2026-01-17 15:00").account
    assert next_due(account) == at("2026-02-11")
    assert account.standing.until == at("2026-04-18")


def test_a_tier_is_due_when_its_validity_ends():
    assert next_due(told(VERSIONS, [BOUGHT], "2026-02-11").account) == at("2026-04-18")


def test_only_the_anniversary_is_due_for_an_order_that_came_back():
    account = told(VERSIONS, [BOUGHT, refund("A/R", "2026-01-11", back("tea"))]).account
    assert next_due(account) == ANNIVERSARY


def test_growth_without_points_is_due_by_itself():
    nothing_earned = document(wallets=PENDING, tiers=LADDER, earn=[])
    account = told(programs(nothing_earned), [BOUGHT]).account
    assert next_due(account) == at("2026-01-17 15:00")


def test_points_that_never_run_out_are_never_due():
    assert next_due(told(programs(document()), [BOUGHT]).account) == ANNIVERSARY


def test_the_first_wallet_to_change_is_due():
    wallets = {"points": {"pending": "7 days"}, "credits": {"pending": "2 days"}}
    earn = [{"rule": "p", "give": "1 point per 1 TWD"}, {"rule": "c", "give": "1 credit per 1 TWD"}]
    account = told(programs(document(wallets=wallets, earn=earn)), [BOUGHT]).account
    assert next_due(account) == at("2026-01-12 15:00")


# What time alone does


OWN, LEAF = "", "leaf"
RIPE = at("2026-01-17 15:00")


def waits(cause: str, points: int, funder: str = OWN, expires: int | None = None) -> Lot:
    return Lot(cause, points, expires, at("2026-01-10"), RIPE, funder)


def matured(owed: int, *lots: Lot) -> list[tuple[str, int, str]]:
    """What the entries say when these lots mature: their identity, points and funder."""
    wallet = Wallet(deficit=owed, pending=sum(lot.points for lot in lots), waiting=list(lots))
    tape = Tape(VERSIONS, Account(wallets={"points": wallet}))
    advance(tape, RIPE)
    assert (wallet.waiting, wallet.pending) == ([], 0)
    assert wallet.available == sum(lot.points for lot in wallet.lots)
    return [(entry.identity, entry.points, entry.funder) for entry in tape.entries]


def test_what_never_comes_is_not_due():
    lot = Lot("order:A", 5, None, at("2026-01-10"), FOREVER)
    assert next_due(Account(wallets={"points": Wallet(pending=5, waiting=[lot])})) is None


@pytest.mark.parametrize(
    ("owed", "lots", "entries"),
    [
        (0, [waits("order:A", 5)], [("mature:A|", 5, OWN)]),
        (0, [waits("tier:status/gold", 5)], [("mature-tier:status/gold|", 5, OWN)]),
        (0, [waits("order:A", 5), waits("order:A", 3)], [("mature:A|", 8, OWN)]),
        (0, [waits("order:A", 5), waits("order:B", 3)], [("mature:A|", 5, OWN), ("mature:B|", 3, OWN)]),
        (0, [waits("order:A", 5), waits("order:A", 3, LEAF)], [("mature:A|", 5, OWN), ("mature:A|", 3, LEAF)]),
        # What is owed is settled with all of a cause in one entry, and names who funded it.
        (9, [waits("order:A", 5), waits("order:A", 3)], [("mature:A|", 8, OWN), ("repay:mature:A|", 8, OWN)]),
        (7, [waits("order:A", 5), waits("order:A", 3, LEAF)],
         [("mature:A|", 5, OWN), ("repay:mature:A|", 5, OWN), ("mature:A|", 3, LEAF), ("repay:mature:A|", 2, LEAF)]),
        # What is over by then runs out at once and settles nothing.
        (9, [waits("order:A", 5, expires=RIPE)], [("mature:A|", 5, OWN), ("expire:points/2026-01-17|", 5, OWN)]),
        (9, [waits("order:A", 5), waits("order:A", 3, expires=RIPE)],
         [("mature:A|", 8, OWN), ("repay:mature:A|", 5, OWN), ("expire:points/2026-01-17|", 3, OWN)]),
    ],
    ids=str,
)  # fmt: skip
def test_points_that_waited_mature(owed: int, lots: list[Lot], entries: list[tuple[str, int, str]]):
    assert matured(owed, *[replace(lot) for lot in lots]) == entries


def test_tiers_are_welcomed_when_all_is_done_that_an_instant_brings():
    """A gift for one tier asks for that of the other set, which the same instant reaches after it."""
    levels = [{"tier": "plain"}, {"tier": "gold", "reach": "1000"}]
    tiers = [*LADDER, {"set": "club", "levels": levels}]
    gifts = [
        {"rule": "silver", "on": "tier silver", "when": {"tier": ["gold"]}, "give": "5 points"},
        {"rule": "gold", "on": "tier gold", "when": {"tier": ["silver"]}, "give": "7 points"},
    ]
    versions = programs(document(wallets=PENDING, tiers=tiers, earn=gifts))
    entries = told(versions, [BOUGHT], "2026-01-17 15:00").entries
    assert sorted(entry.points for entry in entries) == [5, 7]


def test_what_was_due_before_the_last_step_leaves_it_the_last():
    """Whoever tells of a birthday on the day itself has it from that day's beginning on."""
    gift = {"rule": "birthday", "on": "birthday", "give": "30 points"}
    told_at = at("2026-01-31 12:00")
    outcome = told(
        programs(document(earn=[gift])), [BOUGHT, Details("D", told_at, birthday=(1, 31))], "2026-01-31 12:00"
    )
    assert outcome.account.wallets["points"].available == 30
    assert outcome.account.last == (told_at, STANDS, "D|00")


def test_what_is_due_with_the_last_step_leaves_it_the_last():
    last = (RIPE, STANDS, "D|00")
    lots = [waits("order:A", 5)]
    account = Account(wallets={"points": Wallet(pending=5, waiting=lots)}, last=last)
    advance(Tape(VERSIONS, account), RIPE)
    assert (account.wallets["points"].available, account.last) == (5, last)


def test_what_was_due_last_is_the_last_step_though_more_will_be_due():
    wallets = {name: Wallet(pending=5, waiting=[replace(waits("order:A", 5), matures_at=when)])
               for name, when in (("points", RIPE), ("later", RIPE + 2))}  # fmt: skip
    account = Account(wallets=wallets)
    advance(Tape(VERSIONS, account), RIPE + 1)
    assert (account.wallets["points"].available, account.last) == (5, (RIPE, 0, ""))


@pytest.mark.parametrize(
    ("granted", "gained", "left"),
    [(RIPE, RIPE + 1, (None, RIPE + 1)), (RIPE + 1, RIPE, (RIPE + 1, None)), (RIPE, RIPE, (None, None))],
)
def test_of_a_set_that_is_no_more_only_what_is_over_ends(
    granted: int, gained: int, left: tuple[int | None, int | None]
):
    ladder = Ladder("gold", standing=Standing("silver", 1, gained), grant=Grant("gold", 1, granted))
    judge(Tape(VERSIONS, Account(ladders={"gone": ladder})), "gone", ladder, RIPE)
    assert (ladder.grant.until if ladder.grant else None, ladder.standing.until) == left


@pytest.mark.parametrize("year", [2026, 1966], ids=["now", "before instants are above zero"])
@pytest.mark.parametrize("beside", ["alone", "a plan ends", "a hold lapses"])
def test_what_matures_after_its_last_day_runs_out_when_it_matures(year: int, beside: str):
    """Whatever else happens at that instant."""
    versions = programs(document(wallets={"points": {"pending": "7 days", "expires": f"{year}-01-15"}}))
    matures = at(f"{year}-01-18 15:00")
    others: dict[str, list[Fact]] = {
        "alone": [],
        "a plan ends": [PlanStanding("p", "premium", at(f"{year}-01-01"), matures)],
        "a hold lapses": [Hold("h", "points", 4, at(f"{year}-01-12"), matures)],
    }
    bought = order("A", f"{year}-01-11 15:00", line("tea", 500))
    outcome = told(versions, [bought, *others[beside]], f"{year}-02-01")
    sound(outcome)
    ends = [(one.kind, one.occurred_at) for one in outcome.entries if one.kind in ("mature", "expire")]
    assert ends == [("mature", matures), ("expire", matures)]


def test_what_matures_by_time_and_what_is_handed_over_at_that_instant_are_two_entries():
    rules = [{"rule": "base", "give": "1 point per 100 TWD"}]
    rules.append({"rule": "unit", "give": "2 points per unit", "pending": "until fulfilled"})
    versions = programs(document(wallets={"points": {"pending": "1 day"}}, earn=rules))
    facts = [joined("2026-01-01"), order("A", "2026-01-10", line("tea", 1000))]
    outcome = told(versions, [*facts, Fulfilment("A/F", "shop/A", at("2026-01-11"))], "2026-01-12")
    found = [(entry.identity, entry.points) for entry in outcome.entries if entry.kind == "mature"]
    assert found == [("mature:shop/A|", 10), ("fulfilled:shop/A|", 2)]
