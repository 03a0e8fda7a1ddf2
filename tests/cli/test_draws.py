"""`regulars draws`: digests ahead, and the proof of every draw."""

import pytest
from django.db import transaction
from typer.testing import CliRunner

from regulars.cli.app import app
from regulars.engine.calendar import datetime_of
from regulars.ledger.connect import raw
from regulars.ledger.receipt import Incoming
from regulars.ledger.record import record
from regulars.members.models import Member
from regulars.programs.actions import publish
from regulars.programs.queries import now
from regulars.rewards.actions import drawing, owning
from tests.ledger.shop import enrolment, member
from tests.ledger.test_verify import as_superuser

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = """\
program: tea-house
timezone: Asia/Taipei
currency: TWD
wallets:
  points: {}
earn:
  - {rule: welcome, on: enrolment, give: 10 points}
rewards:
  - {reward: wheel, costs: nothing, gives: {draw: [{prize: points, odds: 100%, credit: 5 points}]}}
"""


def run(*words: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(app, ["draws", *words])
    return done.exit_code, done.output.splitlines()


def test_seeds_are_listed_and_draws_made_again():
    shop = publish("tea-house", PROGRAM, 0, "tests")
    code, lines = run("seeds", "tea-house")
    assert (code, len(lines), {len(line.split()[1]) for line in lines}) == (0, 8, {64})
    assert run("seeds", "tea-house") == (0, lines)
    assert run("verify", "tea-house") == (
        0, ["tea-house: 0 draws of 8 days made again.", "Every draw is as its seed says."],
    )  # fmt: skip
    drawn(shop)
    code, lines = run("verify", "tea-house")
    assert (code, lines[0].partition(":")[0], lines[1]) == (0, "late", "tea-house: 1 draws of 8 days made again.")
    as_superuser("UPDATE rewards_draw SET drawn = '', prize = ''")
    code, lines = run("verify", "tea-house")
    assert (code, lines[-1]) == (1, "Not every draw is as its seed says.")
    assert lines[1].startswith("prize_differs: ")
    assert run("verify", "nobody")[0] == 2


def drawn(shop):

    since = now(shop) - 1
    Member.objects.create(id=member("lin"), program_id=shop.id, external_id="lin", joined_at=datetime_of(since))
    with transaction.atomic():
        record(raw(), shop.programs, [Incoming(member("lin"), enrolment("lin", "2026-01-01 12:00"))], now(shop))
    ticket = owning.give(shop.programs, member("lin"), "wheel", "c", now(shop), actor="tests")
    drawing.draw(shop.programs, ticket, now(shop))
