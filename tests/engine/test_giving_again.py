"""What was given once, withdrawn and given again goes back as it was given last, when two members become one."""

from tests.engine.parties import Deed, Parties, figures
from tests.engine.test_doubles import BASE, CLUB, JOINED, MERGED, SHARE, THANKS, rules

AGAIN: list[Deed] = [
    "2026-01-03 12:00 effect referral x/1",
    "2026-01-03 13:00 wang effect referral y/1",
    "2026-01-04 12:00 wang withdrawn referral y/1",
]


def test_what_was_given_again_goes_back_from_the_points_that_it_gave_then():
    """They have run out, at a time of their own; what lin has bought since stays."""
    program = rules(THANKS, BASE, wallets={"points": {"expires": "1 month"}})
    end = ["2026-02-20 13:00 wang effect referral y/1", "2026-03-25 12:00 buys B: tea 15000"]
    parties = Parties(program, [*JOINED, *AGAIN, *end, "2026-04-01 12:00 absorbs wang"])
    assert parties.why()[-1] == "reverse thanks 100 expired>issued"
    assert figures(parties.seen()["lin"]) == "available 150"


def test_what_was_given_again_by_another_version_goes_back_as_that_one_gave_it():
    wallets = {"points": {}, "credits": {}}
    later = rules(THANKS | {"give": "30 credits"}, wallets=wallets)
    deeds = [*JOINED, *AGAIN, "2026-01-08 12:00 wang effect referral y/1", MERGED]
    outcome = Parties(rules(THANKS, wallets=wallets), deeds, [("2026-01-06", later)]).seen()["lin"]
    assert (figures(outcome), figures(outcome, "credits")) == ("available 100", "")


def test_what_was_withdrawn_is_gone_although_no_rule_gives_it_any_more():
    deeds = [*JOINED, *AGAIN[:2], "2026-01-08 12:00 wang withdrawn referral y/1", MERGED]
    outcome = Parties(rules(THANKS), deeds, [("2026-01-06", rules(BASE))]).seen()["lin"]
    assert figures(outcome) == "available 100"


def test_what_was_given_again_gives_its_room_back_to_the_month_in_which_it_was():
    monthly = [{"rules": ["thanks", "share"], "at_most": "100", "per": "month"}]
    program = rules(THANKS, SHARE, caps=monthly)
    end = ["2026-02-02 12:00 wang effect referral y/1", "2026-02-10 12:00 absorbs wang", "2026-02-12 12:00 does share"]
    assert figures(Parties(program, [*JOINED, *AGAIN, *end]).seen()["lin"]) == "available 104"


def test_growth_falls_on_the_day_on_which_it_was_given_again():
    tiers = [CLUB[0] | {"window": "calendar year"}]
    born = ["2025-12-03 12:00 effect referral x/1", "2025-12-03 13:00 wang effect referral y/1",
            "2025-12-04 12:00 wang withdrawn referral y/1", "2026-01-03 12:00 wang effect referral y/1"]  # fmt: skip
    account = Parties(rules(THANKS, tiers=tiers), [*JOINED, *born, MERGED]).seen()["lin"].account
    assert account.ladders["club"].growth.total == 0
