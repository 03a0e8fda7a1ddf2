"""Programs are published as versions: numbered, announced a minute ahead, never edited."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from regulars.engine.calendar import instant_of
from regulars.engine.problems import Problem
from regulars.programs import actions, queries
from regulars.programs.document import DocumentRefused
from regulars.programs.models import Program, ProgramVersion
from tests.programs.test_document import TINY

pytestmark = pytest.mark.django_db
MINUTE = 60_000_000
YEAR = 365 * 24 * 60 * MINUTE


def publish(text: str = TINY, starts_at: int | None = None) -> queries.Published:
    return actions.publish("tiny", text, starts_at, "tests")


def test_the_first_version_makes_the_program_and_may_start_at_any_time() -> None:
    published = publish(TINY.replace("program: tiny", "program: tiny\nname: {en: Tiny, zh-Hant: 小店}"), starts_at=1)
    assert (published.slug, published.currency, published.zone) == ("tiny", "TWD", "Asia/Taipei")
    assert [published.name(language) for language in ("en", "zh-hant", "zh-hans")] == ["Tiny", "小店", "Tiny"]
    assert published.programs.versions[0].starts_at == 1
    assert queries.published("tiny") == published == queries.published_by_id(published.id)
    assert queries.all_programs() == [published]


def test_the_next_version_starts_a_minute_later() -> None:
    publish()
    second = publish(TINY.replace("1 point", "2 points"))
    assert [version.number for version in second.programs.versions] == [1, 2]
    row = ProgramVersion.objects.get(number=2)
    assert instant_of(row.starts_at) - instant_of(row.published_at) == MINUTE
    assert row.published_by == "tests"


def test_a_program_begins_with_money_that_is_in_use_and_goes_on_with_what_it_has() -> None:
    odd = TINY.replace("TWD", "RMB")
    with pytest.raises(DocumentRefused, match="is 'CNY' meant"):
        publish(odd)
    assert not Program.objects.exists()
    publish()
    ProgramVersion.objects.update(document=odd)
    assert [one.currency for one in publish(odd.replace("1 point", "2 points")).programs.versions] == ["RMB", "RMB"]


@pytest.mark.parametrize("ahead", [0, MINUTE - 5_000_000, -YEAR])
def test_a_version_that_starts_too_soon_is_refused(ahead: int) -> None:
    first = publish()
    with pytest.raises(actions.PublishRefused) as refused:
        publish(starts_at=queries.now(first) + ahead)
    assert refused.value.problem.code == "starts_too_soon"
    assert ProgramVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("program: tiny", "program: other", "other_program"),
        ("TWD", "USD", "currency_changed"),
        ("Asia/Taipei", "Asia/Tokyo", "timezone_changed"),
        ("wallets:\n", "wallets:\n  stars: {}\n", "main_wallet_changed"),
    ],
)
def test_what_must_stay_the_same_is_refused(before: str, after: str, code: str) -> None:
    first = publish()
    with pytest.raises(actions.PublishRefused) as refused:
        publish(TINY.replace(before, after))
    assert refused.value.problem.code == code
    assert queries.published("tiny") == first
    assert Program.objects.count() == ProgramVersion.objects.count() == 1


def test_a_tier_set_that_was_given_up_comes_back_as_it_was() -> None:
    tiers = "tiers: [{set: status, levels: [{tier: member}]}]\n"
    publish(TINY + tiers)
    publish(TINY)
    with pytest.raises(actions.PublishRefused) as refused:
        publish(TINY + tiers.replace("status,", "status, grows_by: orders,"))
    stays = Problem("tiers[0].grows_by", "orders", "tiers_changed", ("spend",), {"set": "status"})
    assert refused.value.problem == stays
    assert len(publish(TINY + tiers).programs.versions) == 3


def test_a_document_that_is_wrong_changes_nothing() -> None:
    with pytest.raises(DocumentRefused, match="line 3"):
        publish(TINY.replace("TWD", "NTD$"))
    assert not Program.objects.exists()


def test_what_is_compiled_is_kept_until_something_changes() -> None:
    publish()
    first = queries.published("tiny")
    assert queries.published("tiny") is first
    assert actions.set_clock("tiny", -YEAR).clock_offset_us == -YEAR
    assert queries.published("tiny").clock_offset_us == -YEAR
    publish(TINY.replace("1 point", "2 points"))
    assert len(queries.published("tiny").programs.versions) == 2


def test_a_version_that_was_rolled_back_is_forgotten() -> None:
    publish()
    with transaction.atomic():
        publish(TINY.replace("1 point", "2 points"))
        transaction.set_rollback(True)
    third = publish(TINY.replace("1 point", "3 points"))
    assert queries.published("tiny").programs.numbered(2).order_rules[0].points == 3
    assert len(third.programs.versions) == 2


def test_a_program_without_a_version_is_none() -> None:
    Program.objects.create(slug="empty", name={})
    with pytest.raises(Program.DoesNotExist):
        queries.published("empty")


def test_a_sandbox_lives_in_its_own_time() -> None:
    published = actions.publish("tiny", TINY, None, "tests", clock_offset_us=-YEAR)
    behind = queries.real_now() - queries.now(published)
    assert abs(behind - YEAR) < MINUTE
    assert queries.local_today(actions.set_clock("tiny", 0)) - queries.local_today(published) == timedelta(days=365)


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_get_two_numbers() -> None:
    def one(turn: int) -> None:
        try:
            publish(TINY.replace("1 point", f"{turn + 1} points"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    assert sorted(ProgramVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


GOAL = "  - {rule: regular, name: {en: Regular}, goal: {units: 8, per: month}, give: 5 points}\n"


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (GOAL, []),
        (GOAL.replace("en: Regular", "en: Our regular"), []),
        (GOAL.replace("units: 8", "units: 10"), ["regular"]),
        (GOAL.replace("5 points", "6 points"), ["regular"]),
        (GOAL.replace("rule: regular", "rule: often"), ["often"]),
        (GOAL + GOAL.replace("rule: regular", "rule: other").replace("8", "3"), []),
        ("", []),
    ],
)
def test_a_goal_that_begins_anew_is_warned_of(after: str, lost: list[str]) -> None:
    assert actions.reviewed(TINY + GOAL).warnings == []
    publish(TINY + GOAL)
    found = actions.reviewed(TINY + after).warnings
    assert [(one.line, one.path, one.value, one.code) for one in found] == [
        (10, "earn[1].goal", name, "goal_anew") for name in lost
    ]
