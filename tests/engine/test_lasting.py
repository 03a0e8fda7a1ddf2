"""How long points may wait before they run out, and what is warned of where they run out on a date."""

import pytest

from regulars.engine import grammar
from regulars.engine.document import DocumentErrors
from tests.builders import Tree, document


def is_refused(pending: str, expires: str) -> bool:
    try:
        grammar.reviewed(document(wallets={"points": {"pending": pending, "expires": expires}}))
    except DocumentErrors as errors:
        return [one.code for one in errors.problems] == ["expires_before_maturing"]
    return False


@pytest.mark.parametrize(
    ("pending", "expires", "refused"),
    [
        ("none", "end of month", False),
        ("until fulfilled", "end of month", False),
        ("1 hour", "end of month", True),
        ("12 hours", "1 day", False),
        ("24 hours", "1 day", True),
        ("27 days", "1 month", False),
        ("28 days", "1 month", True),
        ("183 days", "31 December, earned before 1 July", False),
        ("184 days", "31 December, earned before 1 July", True),
        ("273 days", "31 March, earned before 1 July", False),
        ("274 days", "31 March, earned before 1 July", True),
        ("30 days", "1 month", True),
        ("1 month", "30 days", True),
        ("1 month", "31 days", True),
        ("1 month", "32 days", False),
        ("12 months", "366 days", True),
        ("12 months", "367 days", False),
        ("364 days", "12 months", False),
        ("12 months", "13 months", False),
        ("99 years", "2026-12-31", False),
    ],
)
def test_points_do_not_run_out_before_they_can_be_used(pending: str, expires: str, refused: bool):
    """Those of the last moment at which they are earned; a month may be as short as 28 days, or as long as 31."""
    assert is_refused(pending, expires) == refused


RULE = {"rule": "base", "give": "1 point per 100 TWD"}


@pytest.mark.parametrize(
    ("wallet", "rule", "warnings"),
    [
        ({"expires": "2026-12-31"}, {}, ["wallets.points.expires: 2026-12-31"]),
        ({"expires": "2299-12-31"}, {}, ["wallets.points.expires: 2299-12-31"]),
        ({"expires": "end of month"}, {}, ["wallets.points.expires: end of month"]),
        ({"expires": "31 December"}, {}, ["wallets.points.expires: 31 December"]),
        ({"expires": "12 months"}, {"expires": "2026-12-31"}, ["earn[0].expires: 2026-12-31"]),
        ({"expires": "12 months"}, {"expires": "end of year"}, ["earn[0].expires: end of year"]),
        ({}, {"expires": "2026-12-31", "when": {"until": "2026-12-31"}}, []),
        ({}, {"expires": "1970-01-02", "when": {"until": "1970-01-01"}}, []),
        ({"expires": "12 months after the last activity"}, {"expires": "never"}, []),
    ],
)
def test_what_may_be_gone_on_the_day_it_is_earned(wallet: Tree, rule: Tree, warnings: list[str]):
    found = grammar.reviewed(document(wallets={"points": wallet}, earn=[RULE | rule])).warnings
    assert [f"{one.path}: {one.value}" for one in found] == warnings


def test_an_order_renews_every_wallet_that_says_so():
    slides = {"expires": "12 months after the last activity"}
    wallets = {"points": slides, "stars": slides | {"renewed_by": "orders"}, "stamps": {}}
    renews = grammar.read(document(wallets=wallets)).renews
    assert {word: [one.name for one in rules] for word, rules in renews.items()} == {
        "orders": ["points", "stars"], "spending": ["points"],
    }  # fmt: skip


def test_a_wallet_may_be_spent_in_one_amount_alone_and_at_once():
    spend = {"at_least": "50", "at_most": "50"}
    wallet = grammar.read(document(wallets={"points": {"pending": "none", "spend": spend}})).wallets["points"]
    assert (wallet.pending, wallet.spend.at_least, wallet.spend.at_most) == (None, 50, 50)


def ladder(expires: str | Tree) -> Tree:
    return {"set": "status", "levels": [{"tier": "member"}, {"tier": "gold", "reach": "9", "expires": expires}]}


@pytest.mark.parametrize(
    ("part", "path", "value"),
    [
        ({"wallets": {"points": {"expires": "9999-12-31"}}}, "wallets.points.expires", "9999-12-31"),
        ({"wallets": {"points": {"expires": "2300-01-01"}}}, "wallets.points.expires", "2300-01-01"),
        ({"earn": [RULE | {"expires": "9999-12-31"}]}, "earn[0].expires", "9999-12-31"),
        ({"tiers": [ladder("9999-12-31")]}, "tiers[0].levels[1].expires", "9999-12-31"),
        ({"tiers": [ladder({"points": "9999-12-31"})]}, "tiers[0].levels[1].expires", "9999-12-31"),
    ],
)
def test_a_date_that_means_never(part: Tree, path: str, value: str):
    with pytest.raises(DocumentErrors) as refused:
        grammar.reviewed(document(**part))
    assert [(one.path, one.value, one.code, one.allowed) for one in refused.value.problems] == [
        (path, value, "date_means_never", ("never",))
    ]
    assert grammar.read(document(**part))
