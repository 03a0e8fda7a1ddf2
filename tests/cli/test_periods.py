"""`regulars periods`: what it prints, and what it refuses."""

from pathlib import Path

import pytest
from django.db import transaction
from typer.testing import CliRunner, Result

from regulars.cli.app import app
from regulars.engine.facts import Line, Order
from regulars.engine.outcome import KINDS, PLACES
from regulars.ledger.connect import raw
from regulars.ledger.periods import open_from
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.programs import moves
from regulars.programs.queries import now, published
from tests.api.till import SHOP
from tests.ledger.shop import at, member

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"})


@pytest.fixture
def shop(tmp_path: Path) -> str:
    (tmp_path / "shop.yaml").write_text(SHOP)
    said = run("apply", str(tmp_path / "shop.yaml"), "--starts", "2025-01-01T00:00:00+0800")
    return said.stdout.partition(":")[0]


def test_a_month_is_closed_once_it_is_over(shop: str) -> None:
    chosen = published(shop)
    bought = Order("web/A", at("2025-01-10 12:00"), (Line("1", "sku", 1, 100_000),), at("2025-01-10 12:00"))
    with transaction.atomic():
        record(raw(), chosen.programs, [Incoming(member("lin"), bought)], now(chosen))
    assert "2025-01 │ open" in run("periods", "list", shop).output
    said = run("periods", "close", shop, "2025-01")
    assert (said.exit_code, said.output) == (0, f"{shop}: 2025-01 is closed; 1 account was advanced to its end.\n")
    assert open_from(raw(), chosen.id) == at("2025-02-01 00:00")
    assert "2025-01 │ closed" in run("periods", "list", shop).output


def test_what_is_refused_changes_nothing(shop: str) -> None:
    assert run("periods", "close", shop, "2025-01").exit_code == 0
    again = run("periods", "close", shop, "2025-01")
    assert (again.exit_code, again.output) == (1, "2025-01 cannot be closed: it is closed already.\n")
    ahead = run("periods", "close", shop, "2999-01")
    assert (ahead.exit_code, ahead.output) == (1, "2999-01 cannot be closed: it is not over yet.\n")
    assert run("periods", "close", "nobody", "2025-01").exit_code == 2
    assert run("periods", "close", shop, "January").exit_code == 2


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-Hant", "無法結算 2999-01：當月還沒結束。\n"),
        ("zh_CN.UTF-8", "无法结算 2999-01：当月还没结束。\n"),
        ("en", "2999-01 cannot be closed: it is not over yet.\n"),
    ],
)
def test_the_terminal_speaks_the_language_that_is_asked_for(shop: str, language: str, said: str) -> None:
    assert run("--language", language, "periods", "close", shop, "2999-01").output == said
    told = CliRunner().invoke(app, ["periods", "close", shop, "2999-01"], env={"LC_ALL": language})
    assert told.output == said


def test_every_place_and_every_kind_has_a_name() -> None:
    assert (tuple(moves.KINDS), tuple(moves.PLACES)) == (KINDS, PLACES)
