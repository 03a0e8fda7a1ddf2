"""A draft folded over the ledger: the program in force comes to what is written, and the draft knows no decisions."""

import json

import pytest
from django.db import transaction
from typer.testing import CliRunner

from regulars.__main__ import _is_over_ledger
from regulars.cli.app import app
from regulars.engine.facts import Adjustment, Payment, Redemption, Restoration, SegmentStanding
from regulars.engine.grammar import read
from regulars.engine.program import Programs
from regulars.intake.importing import Request, import_file
from regulars.ledger.connect import raw, rows
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.programs.actions import publish
from regulars.programs.planning.assuming import Behaviour
from regulars.programs.planning.observing import Observed, estimated
from regulars.programs.planning.replaying import observed, replay
from regulars.programs.planning.tallying import Span
from tests.intake.shop import DOCUMENT, at, shop
from tests.intake.staged import mapping
from tests.intake.test_planning import DEARER, HOW, ORDERS, REFUNDS, RICHER, SHARED, SHARED_MONTHS, SHARING
from tests.ledger import shop as teahouse

pytestmark = pytest.mark.django_db
MONTHS = 2026 * 12


@pytest.fixture
def installed(tmp_path):
    """A shop whose year was imported."""
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS + REFUNDS)
    published = shop()
    import_file(published, Request(path, mapping(**HOW), 10, 0), lambda _progress: None)
    return published


def planned(tmp_path, document, *more):
    path = tmp_path / "draft.yaml"
    path.write_text(document)
    return CliRunner().invoke(app, ["plan", str(path), *more])


def told(tmp_path, document, *more):
    return json.loads(planned(tmp_path, document, "--json", *more).stdout)


def test_the_program_in_force_matches_the_ledger_member_by_member(installed, tmp_path):
    found = told(tmp_path, DOCUMENT)
    assert found["ground"] == {"guests": 12, "members": 6, "exact": 6, "is_joining_told": False}
    issued = "SELECT sum(points)::int FROM ledger_entry WHERE source = 'issued'"
    assert sum(month["issued"] for month in found["wallets"][0]["months"]) == rows(raw(), issued)[0][0] > 10_000
    # The draft says the same as what is in force: nobody gains or loses.
    assert (found["against"]["gain"], found["against"]["lose"], found["against"]["most"]) == (0, 0, [])
    assert found["plan_of"]["newest"] == 1
    shown = planned(tmp_path, DOCUMENT)
    assert "matches the ledger: 6 of 6 members" in shown.output


def test_a_draft_is_compared_with_it_under_the_shops_own_numbers(installed, tmp_path):
    against = told(tmp_path, RICHER)["against"]
    assert (against["gain"], against["lose"]) == (6, 0)
    assert {change["customer"] for change in against["most"]} == {"1", "2", "3", "4", "5", "6"}
    moved = told(tmp_path, DEARER, "--to", "2019-12")["against"]
    assert moved["moves"] == [["silver", "member", 2]]
    assert [(tier, group["same"]) for tier, group in moved["groups"]] == [("silver", 6)]


def test_months_before_the_window_count_for_what_came_of_them(installed, tmp_path):
    whole, part = told(tmp_path, DOCUMENT), told(tmp_path, DOCUMENT, "--from", "2019-06", "--to", "2019-08")
    assert part["months"] == ["2019-06", "2019-07", "2019-08"]
    within = [month for month in whole["wallets"][0]["months"] if month["month"] in part["months"]]
    assert part["wallets"][0]["months"] == within
    assert part["verdict"]["cost"] == sum(month["cost"] for month in within)
    assert part["rules"][0]["points"] == sum(month["issued"] - month["returned"] for month in within)
    assert part["members"] == 6
    shown = {month["month"]: place for place, month in enumerate(whole["trade"])}
    silver = whole["tiers"][1]["members"]
    assert part["tiers"][1]["members"] == silver[shown["2019-06"] : shown["2019-08"] + 1]


def test_a_file_is_told_of_in_the_same_window(installed, tmp_path):
    path, how = tmp_path / "orders.csv", tmp_path / "mapping.yaml"
    how.write_text(
        "source: shop\nrefunds: {when: {qty: {below: '0'}}}\n"
        "columns: {order: id, time: at, customer: who, product: sku, quantity: qty, total: total}\n"
    )
    window = ("--from", "2019-06", "--to", "2019-08")
    by_file = told(tmp_path, DOCUMENT, "--orders", str(path), "--mapping", str(how), *window)
    by_ledger = told(tmp_path, DOCUMENT, *window)
    for part in ("trade", "wallets", "rules", "tiers", "verdict"):
        assert by_file[part] == by_ledger[part]


def test_versions_that_came_after_each_other_are_folded_as_they_came(installed, tmp_path):
    publish("shop", RICHER, None, "test")
    found = told(tmp_path, RICHER)
    assert found["ground"]["exact"] == 6
    # As if the draft had always been in force.
    assert found["against"]["gain"] == 6
    assert found["plan_of"]["newest"] == 2


def test_budgets_are_shared_as_the_ledger_shares_them(tmp_path):
    path = tmp_path / "sharing.csv"
    path.write_text(SHARING)
    published = shop(SHARED)
    import_file(published, Request(path, mapping(**HOW), 1, 0), lambda _progress: None)
    found = told(tmp_path, SHARED)
    assert [(month["issued"], month["returned"]) for month in found["wallets"][0]["months"]][:4] == SHARED_MONTHS
    assert found["ground"] == {"guests": 0, "members": 2, "exact": 2, "is_joining_told": False}
    assert (found["against"]["gain"], found["against"]["lose"]) == (0, 0)


def test_who_gains_and_who_loses_is_told_by_segment(installed, tmp_path):
    """Half the shop are teachers, one of them left; one of the teachers is a neighbour, too."""
    known = [row[0] for row in rows(raw(), "SELECT member_id FROM ledger_account WHERE NOT guest ORDER BY 1")]
    belong = [("teachers", one) for one in known[:4]] + [("neighbours", known[0])]
    facts = [Incoming(one, SegmentStanding(f"S{n}", name, at("2019-06-01"))) for n, (name, one) in enumerate(belong)]
    facts.append(Incoming(known[3], SegmentStanding("S9", "teachers", at("2019-07-01"), False)))
    with transaction.atomic():
        record(raw(), installed.programs, facts, at("2019-12-21"))
    against = told(tmp_path, RICHER)["against"]
    counted = {name: (group["gain"], group["lose"], group["same"]) for name, group in against["segments"]}
    assert counted == {"neighbours": (1, 0, 0), "teachers": (3, 0, 0)}
    shown = planned(tmp_path, RICHER, "--html", str(tmp_path / "plan.html"))
    assert "whoever belongs to several is counted in each" in " ".join(shown.output.split())
    assert ">teachers</th>" in (tmp_path / "plan.html").read_text()


WALLETS = "expires: 12 months}\n  credit: {money: true}\n  stamps: {}\n"
BY_HAND = {"en": "by hand", "zh-Hant": "人工調整", "zh-Hans": "人工调整"}
LACKING = {
    "en": "What was given in wallets that the draft lacks is left out: credit £12.50; stamps 7.",
    "zh-Hant": "草稿沒有的錢包裡給的不計入：credit £12.50；stamps 7。",
    "zh-Hans": "草稿没有的钱包里给的不计入：credit £12.50；stamps 7。",
}


def test_what_was_given_in_wallets_that_a_draft_lacks_is_left_out_and_told(tmp_path):
    path, written = tmp_path / "orders.csv", tmp_path / "plan.html"
    path.write_text(ORDERS)
    published = shop(DOCUMENT.replace("expires: 12 months}\n", WALLETS))
    import_file(published, Request(path, mapping(**HOW), 10, 0), lambda _progress: None)
    [lin, wang] = rows(raw(), "SELECT member_id FROM ledger_account WHERE NOT guest ORDER BY 1 LIMIT 2")
    credit = (("A", lin, "credit", 1500), ("B", wang, "credit", -250))
    by_hand = (*credit, ("C", wang, "stamps", 7), ("D", wang, "points", 3))
    given = [Adjustment(key, wallet, points, at("2019-12-20"), "gift", "x") for key, _, wallet, points in by_hand]
    whom = [member_id for _, (member_id,), *_ in by_hand]
    with transaction.atomic():
        record(raw(), published.programs, list(map(Incoming, whom, given)), at("2019-12-21"))
    found = told(tmp_path, DOCUMENT)
    assert found["ground"]["exact"] == 6
    assert found["lacking"] == [
        {"wallet": "credit", "points": 1250, "is_money": True},
        {"wallet": "stamps", "points": 7, "is_money": False},
    ]
    assert {one["wallet"] for one in (*found["rules"], *found["issued"])} == {"points"}
    for language, said in LACKING.items():
        shown = planned(tmp_path, DOCUMENT, "--language", language, "--html", str(written))
        assert "".join(said.split()) in "".join(shown.output.split())
        assert said in written.read_text()
        # What no rule gave is called something too.
        assert BY_HAND[language] in shown.output
        assert written.read_text().count(BY_HAND[language]) > 1
    assert told(tmp_path, DOCUMENT, "--to", "2019-11")["lacking"] == []


def test_a_program_that_nobody_published_is_refused(tmp_path):
    refused = planned(tmp_path, DOCUMENT)
    assert (refused.exit_code, "There is no program “shop”." in refused.output) == (2, True)
    assert "Over orders of a shop that is not here yet: --orders FILE." in refused.output


def test_a_draft_of_other_money_is_refused(installed, tmp_path):
    refused = planned(tmp_path, DOCUMENT.replace("GBP", "EUR"))
    assert (refused.exit_code, "same currency" in refused.output) == (2, True)


def test_only_a_plan_without_a_file_asks_for_the_database():
    assert _is_over_ledger(["plan", "draft.yaml"])
    assert not _is_over_ledger(["plan", "draft.yaml", "--orders", "x.csv"])
    assert not _is_over_ledger(["plan", "draft.yaml", "--orders=x.csv"])
    assert _is_over_ledger(["fit", "--preset", "points"])
    assert not _is_over_ledger(["fit", "--orders", "o.csv"])
    assert not _is_over_ledger(["plan", "--help"])
    assert not _is_over_ledger(["check", "draft.yaml"])


@pytest.fixture
def spenders():
    """Two members who spend some of what they got, and take a part of it back."""
    for name in ("lin", "wang"):
        teahouse.put(name, teahouse.order(f"{name}-A", "2026-01-10 12:00", 1000, category="cups"))
        teahouse.put(name, teahouse.order(f"{name}-B", "2026-02-10 12:00", 1000, category="cups"))
    teahouse.let_time_pass(teahouse.at("2026-03-01"))
    teahouse.put("lin", Redemption("D", "points", 15, teahouse.at("2026-03-02 12:00")))
    paid = (Payment("points", 150, "D"),)
    teahouse.put("lin", teahouse.order("lin-C", "2026-03-02 12:01", 300, category="cups", payments=paid))
    teahouse.put("wang", Redemption("E", "points", 8, teahouse.at("2026-03-02 12:00")))
    teahouse.put("wang", Restoration("V", "E", teahouse.at("2026-03-05 12:00"), 3))
    teahouse.let_time_pass(teahouse.at("2026-12-31 12:00"))
    return teahouse.PROGRAMS


@pytest.mark.django_db(transaction=True)
def test_the_program_in_force_replays_decisions_and_a_draft_has_none(spenders):
    draft = Programs(1, [read(teahouse.DOCUMENT | {"earn": teahouse.DOCUMENT["earn"][:1]})])
    found = replay(raw(), spenders, draft, Span(teahouse.at("2026-12-31 12:00")))
    assert (found.members, found.exact, found.wrong) == (2, 2, [])
    # Lin paid 1.50 of the third order with points: by the draft all of it was paid with money.
    assert found.outcome.before.points[MONTHS + 2, "points", "issued", "base"] < 3
    assert found.outcome.tally.points[MONTHS + 2, "points", "issued", "base"] == 3


@pytest.mark.django_db(transaction=True)
def test_members_of_whom_the_ledger_says_something_else_are_named(spenders):
    other = Programs(1, [read(teahouse.DOCUMENT | {"earn": teahouse.DOCUMENT["earn"][:1]})])
    found = replay(raw(), other, other, Span(teahouse.at("2026-12-31 12:00")))
    assert (found.exact, sorted(found.wrong)) == (0, sorted(str(teahouse.member(name)) for name in ("lin", "wang")))


@pytest.mark.django_db(transaction=True)
def test_points_are_spent_in_the_order_in_which_they_were_issued(spenders):
    found = observed(raw(), spenders, teahouse.at("2026-12-31 12:00"))
    # 10 for each order, and 10 of welcome with the first: 15 of lin's and 5 of wang's, of January, two months later.
    assert +found.spent == {(MONTHS, 2): 20}
    assert (found.issued[MONTHS], found.issued[MONTHS + 1]) == (40, 20)


def test_what_is_ever_spent_is_read_off_the_ages_that_were_seen():
    # Of 100 a month: 30 after one month, 20 after three. February's and later ones are not old enough for all of it.
    issued = dict.fromkeys(range(6), 100)
    spent = {(month, age): points for month in issued for age, points in ((1, 30), (3, 20)) if month + age <= 5}
    found = Observed()
    found.issued.update(issued)
    found.spent.update(spent)
    # (1 × 30 + 3 × 20) / 50 is 1.8 months.
    assert estimated(found, 5) == Behaviour(5_000, 2)
    assert estimated(found, 2) is None
    assert estimated(Observed(), 5) is None
    unspent = Observed()
    unspent.issued.update(issued)
    assert estimated(unspent, 5) is None
