"""The verb as a shop types it."""

import re

import pytest
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.ledger.connect import raw, rows
from regulars.members.actions import Newcomer, enrol
from regulars.members.models import Member
from regulars.programs.queries import published
from tests.intake.shop import NOW, orders_kept, shop
from tests.intake.staged import HEADER

MAPPING = """
source: shop
columns: {order: id, time: at, customer: who, product: sku, quantity: qty, total: total}
refunds: {when: {qty: {below: 0}}}
"""
CONTENT = (
    HEADER
    + "A,2020-01-01 10:00,lin,TEA,2,9.98\nB,2020-01-02,,CUP,1,3.50\nR,2020-01-03,lin,TEA,-1,-4.99\nX,?,lin,TEA,1,1\n"
)


@pytest.fixture
def typed(db, tmp_path):
    shop()
    (tmp_path / "m.yaml").write_text(MAPPING)
    (tmp_path / "orders.csv").write_text(CONTENT)

    def type_in(*words, mapping=tmp_path / "m.yaml", program="shop"):
        said = [
            "import",
            "orders",
            str(tmp_path / "orders.csv"),
            "--mapping",
            str(mapping),
            "--program",
            program,
            *words,
        ]
        return CliRunner(env={"COLUMNS": "120"}).invoke(app, said)

    return type_in


def test_an_import(typed, tmp_path):
    result = typed("--rejects", str(tmp_path / "r.csv"))
    assert result.exit_code == 0, result.output
    said = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert said[:4] == [
        "4 lines in the file, of which",
        "2 in 2 new orders",
        "1 in 1 refund",
        "1 not taken: This is not a date and time",
    ]
    assert "a second." in said[-1]
    assert orders_kept() == {"shop/A": (998, 499), "shop/B": (350, 350)}
    assert (tmp_path / "r.csv").exists()


def test_why_orders_were_refused(typed, tmp_path):
    late = "D,2090-01-04,wu,TEA,1,4.99\nE,2090-01-05,wu,TEA,1,4.99\n"
    (tmp_path / "orders.csv").write_text(CONTENT + late)
    result = typed()
    assert result.exit_code == 0
    assert "2 × too_far_in_future: This order lies in the future" in result.stdout


def test_an_import_that_takes_nothing_fails(typed, tmp_path):
    (tmp_path / "orders.csv").write_text(HEADER + "D,2090-01-04,wu,TEA,1,4.99\n")
    result = typed()
    assert result.exit_code == 1
    assert "1 × too_far_in_future: This order lies in the future" in result.stdout
    assert "Nothing of this file was taken." in result.stderr


def test_the_second_time(typed):
    typed()
    result = typed()
    assert result.exit_code == 0
    assert "Nothing was changed" in result.stdout


def test_known_refunds_are_told(typed, tmp_path):
    typed()
    (tmp_path / "orders.csv").write_text(CONTENT + "D,2020-01-04,lin,TEA,1,4.99\n")
    said = [" ".join(line.split()) for line in typed().stdout.splitlines()]
    assert "1 in 1 refund, 1 of them known before" in said


def test_without_a_mapping_one_is_proposed_and_nothing_is_kept(typed, tmp_path):
    written = HEADER + "A,13/04/2020,lin,TEA,2,9.98\n"
    (tmp_path / "orders.csv").write_text(written)
    result = typed(mapping="")
    assert result.exit_code == 0, result.output
    assert "2020-04-13 00:00:00" in result.stdout
    assert "13/04/2020 → 2020-04-13 00:00" in result.stderr
    assert orders_kept() == {}
    proposed = [line for line in result.stdout.splitlines() if re.match(r"\w+: ", line)]
    (tmp_path / "m.yaml").write_text("\n".join(proposed))
    assert typed().exit_code == 0
    assert orders_kept() == {"shop/A": (998, 998)}


def test_a_time_with_an_offset_is_said_as_it_is_taken_in(typed, tmp_path):
    (tmp_path / "orders.csv").write_text(HEADER + "A,2020-01-01 23:30:00 -0500,lin,TEA,2,9.98\n")
    result = typed(mapping="")
    assert "2020-01-02 04:30:00" in result.stdout
    assert "2020-01-01 23:30:00 -0500 → 2020-01-02 04:30" in result.stderr


def test_a_day_that_could_be_a_month_is_asked_for(typed, tmp_path):
    (tmp_path / "orders.csv").write_text(HEADER + "A,03/04/2020,lin,TEA,2,9.98\n")
    result = typed(mapping="")
    assert result.exit_code == 1
    assert 'time_format: "%d/%m/%Y"  # 03/04/2020 → 2020-04-03 00:00' in result.stderr
    assert 'time_format: "%m/%d/%Y"  # 03/04/2020 → 2020-03-04 00:00' in result.stderr
    assert "time_format" not in result.stdout
    assert orders_kept() == {}


def test_a_preview(typed):
    result = typed("--preview")
    assert result.exit_code == 0, result.output
    assert "2020-01-01 10:00:00  A  lin" in result.stdout
    assert "guest" in result.stdout
    assert "9.98" in result.stdout
    assert "R  →  A" in result.stdout
    assert "4.99  given back by the refunds altogether" in result.stdout
    assert "not used" not in result.stdout
    assert orders_kept() == {}


def test_a_preview_names_what_is_not_used_and_what_is_known(typed, tmp_path):
    typed()
    (tmp_path / "orders.csv").write_text("name," + "[x],".join(CONTENT.splitlines(keepends=True)))
    said = typed("--preview").stdout
    assert "2  of these orders are known already" in said
    assert "Columns that are not used: name" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"program": "nobody"}, "There is no program “nobody”."),
        ({"mapping": "nothing.yaml"}, "nothing.yaml"),
    ],
)
def test_what_cannot_be(typed, words, said):
    result = typed(**words)
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_file_that_knows_cards(typed, tmp_path):
    programs = published("shop").programs
    lin = enrol(programs, Newcomer("C-1", card="8880001"), NOW, "", NOW).member_id
    (tmp_path / "orders.csv").write_text(
        HEADER + "A,2020-01-01 10:00,8880001,TEA,2,9.98\nB,2020-01-01 11:00,8880009,TEA,2,9.98\n"
    )
    refused = typed("--rejects", str(tmp_path / "r.csv"))
    assert "1 × customer_is_card: This is the number of a card" in " ".join(refused.stdout.split()), "no other"
    (tmp_path / "m.yaml").write_text(MAPPING.replace("customer: who", "card: who"))
    assert "1 × member_unknown: There is no such member" in " ".join(typed().stdout.split())
    assert rows(raw(), "SELECT member_id FROM ledger_order WHERE key = 'shop/A'") == [(lin,)]
    assert not Member.objects.filter(external_id="8880001").exists()
