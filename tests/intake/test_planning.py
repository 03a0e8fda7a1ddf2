"""A draft folded over a file says what the ledger would say, and what it would cost by hand."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from django.utils.translation import override
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.engine.calendar import datetime_of
from regulars.intake import crews, planning
from regulars.intake.importing import Request, import_file
from regulars.intake.planning import Question, drafted, fold_file
from regulars.ledger.connect import raw, rows
from regulars.programs.planning import saying
from regulars.programs.planning.assuming import Assumed, Behaviour
from regulars.programs.planning.comparing import Outcome
from regulars.programs.planning.report import Ground, report
from regulars.project.place import CHECKOUT
from tests.intake.shop import DOCUMENT, shop
from tests.intake.staged import HEADER, mapping

ORDERS = HEADER + "".join(
    f"{n},2019-{1 + n % 11:02}-{1 + n % 28:02} 10:00,{n % 7 or ''},S{n % 3},2,{n * 7}.50\n" for n in range(1, 90)
)
REFUNDS = "R1,2019-12-01,1,S1,-1,-1\n"
HOW = {"refunds": {"when": {"qty": {"below": "0"}}}}
MAPPING = "source: shop\ncolumns: {order: id, time: at, customer: who, product: sku, quantity: qty, total: total}\n"
# Issued in January and February; 70 % are spent two months later.
MONTHS = [
    ("2019-01", 100, 0, 0, 100, 0, 70),
    ("2019-02", 50, 0, 0, 150, 0, 105),
    ("2019-03", 0, 70, 0, 80, 70, 35),
    ("2019-04", 0, 35, 0, 45, 35, 0),
]
FEW = HEADER + (
    "A,2019-01-05 10:00,lin,X,1,100.00\n"
    "B,2019-02-05 10:00,lin,X,1,50.00\n"
    "C,2019-03-05 10:00,,X,1,70.00\n"
    "D,2019-04-30 23:30,wang,X,1,0.50\n"
)


def folded(path, document=DOCUMENT, in_force="", **how):
    return fold_file(Question(document, in_force), drafted(document), path, mapping(**how), lambda _done, _total: None)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS + REFUNDS)
    return path


@pytest.mark.django_db
def test_a_plan_of_the_program_in_force_gives_what_the_ledger_gave(file):
    published = shop()
    import_file(published, Request(file, mapping(**HOW), 10, 0), lambda _progress: None)
    given: Counter[tuple[int, str]] = Counter()
    for at, identity, points in rows(
        raw(), "SELECT occurred_at, identity, points FROM ledger_entry WHERE source = 'issued'"
    ):
        local = at.astimezone(published.programs.zone)
        given[local.year * 12 + local.month - 1, identity.rpartition("|")[2]] += points
    planned = folded(file, **HOW).outcome.tally
    assert sum(given.values()) > 10_000
    assert {
        (month, rule): points for (month, _, move, rule), points in planned.points.items() if move == "issued"
    } == dict(given)


def test_any_number_of_processes_comes_to_the_same(file, monkeypatch):
    alone = folded(file, **HOW).outcome.tally
    monkeypatch.setattr(crews, "BUCKET_LINES", 20)
    assert folded(file, **HOW).outcome.tally == alone


def test_what_it_costs_can_be_reckoned_by_hand(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text(FEW)
    found = folded(path)
    told = report(drafted(DOCUMENT), found.outcome, Assumed(Behaviour(7_000, 2), 3_000, 10_000))
    assert [
        (m.month, m.issued, m.redeemed, m.expired, m.outstanding, m.redeemed_worth, m.owed_worth)
        for m in told.wallets[0].months
    ] == MONTHS
    # 150 points, 70 % of them redeemed, are worth 1.05; 45.15 is what is left of 150.50 after the goods.
    verdict = told.verdict
    assert (verdict.revenue, verdict.cost, verdict.gross, verdict.left) == (15_050, 105, 4_515, 4_410)
    assert (verdict.break_even, verdict.is_affordable) == (239, True)
    assert (told.customers, told.members, found.orders, found.counts.guest_orders) == (2, 2, 3, 1)
    assert [(tier.tier, tier.members) for tier in told.tiers] == [("member", (1, 1, 1, 2)), ("silver", (0, 0, 0, 0))]
    assert [(given.rule, given.times, given.points, given.worth) for given in told.rules] == [("base", 2, 150, 105)]


@pytest.mark.parametrize(
    ("more", "extra", "extra_cost", "result", "pays_back"),
    [((1_000, 0), 451, 10, 336, "2019-01"), ((100, 0), 45, 1, -61, ""), ((200, 100), 136, 3, 28, "2019-01")],
)
def test_what_members_buy_more_pays_for_it_or_not(tmp_path, more, extra, extra_cost, result, pays_back):
    path = tmp_path / "few.csv"
    path.write_text(FEW)
    assumed = Assumed(Behaviour(7_000, 2), 3_000, 106, *more)
    verdict = report(drafted(DOCUMENT), folded(path).outcome, assumed).verdict
    found = (verdict.extra, verdict.extra_cost, verdict.result, verdict.pays_back)
    assert found == (extra, extra_cost, result, pays_back)
    # What points cost for what they buy more counts against the budget of 1.06.
    assert verdict.is_affordable == (extra_cost <= 1)


def test_each_assumption_is_moved_by_itself(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text(FEW)
    told = report(drafted(DOCUMENT), folded(path).outcome, Assumed(Behaviour(7_000, 2)))
    swings = {one.name: one for one in told.swings}
    spent, months, often, margin = (swings[name] for name in ("redeemed", "months", "more_orders", "margin"))
    assert (spent.low, spent.high, spent.result_low, spent.result_high) == (5_500, 8_500, -82, -127)
    # 1.05 leaves the till at once, or after April.
    assert (months.low, months.high, months.cash_low, months.cash_high, months.width) == (0, 4, 105, 0, 0)
    # 5 % more bring 2.25 and cost 0.05.
    assert (often.low, often.result_low, often.high, often.result_high) == (0, -105, 500, 115)
    assert (margin.width, margin.break_even_low, margin.break_even_high) == (0, 288, 204)
    assert [one.width for one in told.swings] == sorted((one.width for one in told.swings), reverse=True)


def test_categories_may_have_margins_of_their_own(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text(
        "id,at,who,sku,qty,total,cat\n"
        "A,2019-01-05 10:00,lin,X,1,100.00,tea\nA,2019-01-05 10:00,lin,Y,2,60.00,cups\n"
        "R,2019-02-05 10:00,lin,Y,-1,-30.00,cups\n"
    )
    (tmp_path / "draft.yaml").write_text(DOCUMENT)
    (tmp_path / "mapping.yaml").write_text(
        "source: shop\nrefunds: {when: {qty: {below: '0'}}}\n"
        "columns: {order: id, time: at, customer: who, product: sku, quantity: qty, total: total, category: cat}\n"
    )
    words = ["plan", str(tmp_path / "draft.yaml"), "--orders", str(path), "--mapping", str(tmp_path / "mapping.yaml")]
    words += ["--margin", "50", "--margin-of", "cups=20"]
    plain = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    # Half of 100.00, and a fifth of the 30.00 that are left of the cups.
    assert (plain["verdict"]["revenue"], plain["verdict"]["gross"]) == (13_000, 5_600)
    assert [month["gross"] for month in plain["trade"]] == [5_600, 0]
    margin = next(swing for swing in plain["swings"] if swing["name"] == "margin")
    # Both move: 45 % and 15 %, 55 % and 25 %; of 130 points 70 % are 0.91.
    assert margin["break_even_low"] == -(-91 * 10_000 // (4_950 - 91))
    assert margin["break_even_high"] == -(-91 * 10_000 // (6_250 - 91))
    assert "Other margins: cups 20.0\N{NO-BREAK SPACE}%. Customers" in CliRunner().invoke(app, words).output
    mistyped = CliRunner().invoke(app, [*words, "--margin-of", "cusp=20"]).output
    assert "No order has goods of these categories: cusp." in mistyped
    refused = CliRunner().invoke(app, [*words, "--margin-of", "tea"])
    assert (refused.exit_code, "is no margin of a category" in refused.output) == (2, True)


def test_it_is_said_who_gets_what_a_rule_gives(file):
    told = report(drafted(DOCUMENT), folded(file, **HOW).outcome, Assumed())
    base = told.rules[0]
    assert {getter.tier for getter in base.to} == {"silver"}
    assert sum(getter.points for getter in base.to) == base.points
    assert base.members == told.members
    assert sum(told.issued[0].points) == sum(month.issued for month in told.wallets[0].months)
    assert sum(month.cost for month in told.trade) == told.verdict.cost


def test_the_last_day_is_folded_to_the_end_of_its_month_in_the_programs_zone(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text(FEW)
    end = planning.end_of_month(drafted(DOCUMENT).calendar, 1_556_663_400_000_000)
    assert datetime_of(end + 1).isoformat() == "2019-04-30T23:00:00+00:00"


def test_whoever_the_draft_does_not_let_join_joins_with_the_first_order(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text(FEW)
    silent = DOCUMENT.replace("enrolment: first order\n", "")
    assert folded(path, silent).outcome == folded(path).outcome


def test_it_is_said_who_the_members_are_where_no_document_says_so(file):
    silent = drafted(DOCUMENT.replace("enrolment: first order\n", ""))
    told = report(silent, folded(file, **HOW).outcome, Assumed())
    with override("en"):
        assert "Every customer becomes a member" in saying.assumed(told, silent, Ground())[-1]
        assert "Members are those that there are" in saying.assumed(told, silent, Ground(is_joining_told=True))[-1]


def test_benefits_are_named_as_what_is_not_counted(file):
    given = drafted(DOCUMENT + "benefits: [{benefit: post, name: {en: Free delivery}, when: {tier: silver}}]\n")
    told = report(given, folded(file, **HOW).outcome, Assumed())
    with override("en"):
        last = saying.assumed(told, given, Ground())[-1]
    assert last == "Not counted: what benefits cost, and what members pay for them: Free delivery."


def verb(folder, *words, orders=FEW):
    for name, text in (("draft.yaml", DOCUMENT), ("few.csv", orders), ("mapping.yaml", MAPPING)):
        (folder / name).write_text(text)
    files = [str(folder / name) for name in ("draft.yaml", "few.csv", "mapping.yaml")]
    return CliRunner().invoke(app, ["plan", files[0], "--orders", files[1], "--mapping", files[2], *words])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2030-01"), "Nothing happened in these months"),
        (("--to", "2018-01"), "Nothing happened in these months"),
        (("--from", "2019-04", "--to", "2019-02"), "--to 2019-02 comes before --from 2019-04."),
        (("--html", "/no/such/folder/page.html"), "There is no folder /no/such/folder: make it first."),
        (("--budget", "1,000"), "Write one such as 5000."),
        (("--vary", "silver.reach=1..2"), "--vary says what a search looks for: add --tune."),
        (("--tune", "--from", "2019-01"), "leave out --from."),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_to_do(tmp_path, words, said):
    refused = verb(tmp_path, *words)
    assert (refused.exit_code, said in refused.output) == (2, True)


def test_where_nothing_can_be_folded_it_is_said_what_became_of_the_lines(tmp_path):
    guests = HEADER + "A,2019-01-05 10:00,,X,1,1.00\nB,5 January,lin,X,1,1.00\n"
    refused = verb(tmp_path, orders=guests)
    assert refused.exit_code == 2
    for said in ("2  lines in the file", "1  not taken: This is not a date", "not in it: 1", "nothing to fold"):
        assert said in refused.output


def test_months_that_cost_nothing_need_no_more_to_be_bought(tmp_path):
    said = verb(tmp_path, "--from", "2019-03", "--to", "2019-03").output
    assert "Points cost nothing: nobody has to buy more for them." in said
    assert "It cannot pay for itself" not in said


def test_the_verb_says_the_verdict_and_what_was_assumed(tmp_path):
    (tmp_path / "draft.yaml").write_text(DOCUMENT)
    (tmp_path / "few.csv").write_text(FEW)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    words = ["plan", str(tmp_path / "draft.yaml"), "--orders", str(tmp_path / "few.csv")]
    words += ["--mapping", str(tmp_path / "mapping.yaml"), "--after", "2", "--budget", "1"]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0
    for said in (
        "Points cost £1.05",
        "Points that cost £1.05 are more than the budget of £1.00: £0.05 are missing.",
        "At most £0.70 leave the till in one month, March 2019.",
        "At most £1.05 are still to be redeemed at the end of one, February 2019.",
        "Orders of guests, which are not in it: 1",
        "70.0\N{NO-BREAK SPACE}% of all points",
    ):
        assert said in shown.output
    page = tmp_path / "report.html"
    plain = json.loads(CliRunner().invoke(app, [*words, "--json", "--html", str(page)]).stdout)
    assert (plain["verdict"]["cost"], plain["file"]["guest_orders"]) == (105, 1)
    assert "Points cost £1.05" in page.read_text()


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--budget", "a lot"], "“a lot” is no amount of GBP."),
        (["--budget", "-5"], "“-5” is no amount of GBP."),
        (["--behaviour", "wild"], "There is no behaviour “wild”"),
        (["--mapping", "none"], "There is no mapping “none”: it is no file"),
    ],
)
def test_what_is_no_assumption_is_refused(tmp_path, option, said):
    (tmp_path / "draft.yaml").write_text(DOCUMENT)
    (tmp_path / "few.csv").write_text(FEW)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    words = ["plan", str(tmp_path / "draft.yaml"), "--orders", str(tmp_path / "few.csv")]
    refused = CliRunner().invoke(app, [*words, "--mapping", str(tmp_path / "mapping.yaml"), *option])
    assert (refused.exit_code, said in refused.output) == (2, True)


def test_a_draft_that_may_not_be_published_is_not_folded(tmp_path):
    (tmp_path / "draft.yaml").write_text(DOCUMENT.replace("1 point per 1 GBP", "1 star per 1 GBP"))
    (tmp_path / "few.csv").write_text(FEW)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    words = ["plan", str(tmp_path / "draft.yaml"), "--orders", str(tmp_path / "few.csv")]
    refused = CliRunner().invoke(app, [*words, "--mapping", str(tmp_path / "mapping.yaml")])
    assert refused.exit_code == 2
    assert "star" in refused.output


DEARER = DOCUMENT.replace("reach: 500, retain: 400", "reach: 4000, retain: 3000")
RICHER = DOCUMENT.replace("1 point per 1 GBP", "3 points per 2 GBP")


def test_a_draft_is_compared_customer_by_customer_with_the_program_in_force(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text(FEW)
    found = folded(path, RICHER, DOCUMENT)
    against = report(drafted(RICHER), found.outcome, Assumed(), drafted(DOCUMENT)).against
    # 150 points become 225: 75 are worth 0.75. Less than a step gives nothing either way.
    assert (against.gain, against.lose, against.same, against.gained, against.lost) == (1, 0, 1, 75, 0)
    assert [(one.customer, one.before, one.after) for one in against.most] == [("lin", 150, 225)]
    assert against.verdict.cost == 105


def test_a_changed_threshold_explains_every_customer_whom_it_moves(file):
    found = folded(file, DEARER, DOCUMENT, **HOW).outcome
    moved = found.comparison.moves[("silver", "member")]
    before, after = members_on(DOCUMENT, found.before, "silver"), members_on(DEARER, found.tally, "silver")
    assert before - after == moved > 0
    # Nothing else changed for anybody.
    assert found.comparison.moves.total() == moved
    assert {(one.tier_before, one.tier_after, one.more) for one in found.comparison.most} == {("silver", "member", 0)}
    assert len(found.comparison.most) == moved


def members_on(document, tally, tier):
    tiers = report(drafted(document), Outcome(tally), Assumed()).tiers
    return next(one.members[-1] for one in tiers if one.tier == tier)


def test_buckets_compare_like_one(file, monkeypatch):
    alone = folded(file, RICHER, DOCUMENT, **HOW).outcome
    monkeypatch.setattr(crews, "BUCKET_LINES", 20)
    assert folded(file, RICHER, DOCUMENT, **HOW).outcome == alone


def test_programs_of_other_money_are_not_compared(tmp_path):
    (tmp_path / "draft.yaml").write_text(DOCUMENT)
    (tmp_path / "other.yaml").write_text(DOCUMENT.replace("GBP", "EUR"))
    (tmp_path / "few.csv").write_text(FEW)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    words = ["plan", str(tmp_path / "draft.yaml"), "--orders", str(tmp_path / "few.csv")]
    words += ["--mapping", str(tmp_path / "mapping.yaml"), "--against", str(tmp_path / "other.yaml")]
    refused = CliRunner().invoke(app, words)
    assert (refused.exit_code, "same currency" in refused.output) == (2, True)


def test_points_that_go_back_are_never_redeemed(tmp_path):
    path = tmp_path / "returned.csv"
    path.write_text(
        HEADER + "A,2019-01-05 10:00,lin,X,10,1000.00\nR,2019-02-05 10:00,lin,X,-10,-1000.00\n"
        "B,2019-08-05 10:00,lin,X,1,10.00\n"
    )
    told = report(drafted(DOCUMENT), folded(path, **HOW).outcome, Assumed())
    months = told.wallets[0].months
    assert [(m.issued, m.returned) for m in months] == [(1000, 0), (0, 1000), *[(0, 0)] * 5, (10, 0)]
    assert {(m.redeemed, m.redeemed_worth) for m in months} == {(0, 0)}
    assert [m.outstanding for m in months] == [1000, *[0] * 6, 10]
    assert [m.owed_worth for m in months] == [700, *[0] * 6, 7]


# Whoever comes first gets what is left of 120 points.
SHARED = DOCUMENT.replace("{rule: base,", "{rule: base, campaign: opening,").replace(
    "earn:", "campaigns:\n  - {campaign: opening, budget: 120 points}\nearn:"
)
SHARING = HEADER + (
    "A,2019-01-05 10:00,wang,X,2,100.00\n"
    "B,2019-02-05 10:00,lin,X,1,100.00\n"
    "R,2019-03-05 10:00,wang,X,-1,-50.00\n"
    "C,2019-04-05 10:00,lin,X,1,100.00\n"
)
SHARED_MONTHS = [(100, 0), (20, 0), (0, 50), (50, 0)]


def test_customers_share_a_budget_in_the_order_in_which_they_buy(tmp_path, monkeypatch):
    path = tmp_path / "sharing.csv"
    path.write_text(SHARING)
    monkeypatch.setattr(crews, "BUCKET_LINES", 1)
    for in_force in ("", SHARED, DOCUMENT):
        told = report(drafted(SHARED), folded(path, SHARED, in_force, **HOW).outcome, Assumed())
        assert [(month.issued, month.returned) for month in told.wallets[0].months] == SHARED_MONTHS
    # Beside it the program in force has no budget.
    found = folded(path, SHARED, DOCUMENT, **HOW).outcome
    assert sum(points for (*_, move, _), points in found.before.points.items() if move == "issued") == 300
    assert (found.comparison.lose, found.comparison.lost) == (1, 130)


def test_what_the_file_could_not_say_is_not_passed_over(tmp_path):
    (tmp_path / "draft.yaml").write_text(DOCUMENT)
    (tmp_path / "few.csv").write_text(FEW + "E,yesterday,lin,X,1,5.00\n")
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    words = ["plan", str(tmp_path / "draft.yaml"), "--orders", str(tmp_path / "few.csv")]
    shown = CliRunner().invoke(app, [*words, "--mapping", str(tmp_path / "mapping.yaml")])
    assert "not taken: " in shown.output


def test_it_starts_without_a_database(tmp_path):
    (tmp_path / "draft.yaml").write_text(DOCUMENT)
    (tmp_path / "few.csv").write_text(FEW)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    words = ["plan", "draft.yaml", "--orders", "few.csv", "--mapping", "mapping.yaml", "--language", "en"]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "src")}
    ran = subprocess.run(
        [sys.executable, "-m", "regulars", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Points cost" in ran.stdout
