"""The day's page: what needs somebody, what changed, the way of a new program; and the way between programs."""

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.console import attention
from regulars.insight.actions import refresh_lake
from regulars.insight.lake import Lake
from regulars.intake.models import ImportRun, Reckoning
from regulars.ledger.connect import raw, rows
from regulars.programs.drafting import ask_for_review, begin_draft, publish_draft
from regulars.programs.models import Program, ProgramDraft
from regulars.programs.opening import open_program
from regulars.programs.presets import TYPES
from regulars.programs.presets.starting import Own
from regulars.programs.queries import Published, published
from regulars.rewards.actions import desk as actions
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.teahouse import DOCUMENT

TODAY = "/programs/tea-house/today"
QUERIES = 15
NEW = {"name": "我的茶店", "slug": "my-tea", "currency": "TWD", "zone": "Asia/Taipei", "preset": "points"}


def shown(client: Client, address: str = TODAY) -> str:
    return text(client.get(address).content)


def test_the_page_says_what_needs_somebody(owner: Client, rewarded: Published) -> None:
    assert "1 redemption waits for approval" in shown(owner)
    number = begin_draft("tea-house", "staff:mei", document=DOCUMENT, note="more for oolong")
    ask_for_review("tea-house", number, 1)
    Reckoning.objects.create(program_id=rewarded.id, kind="fit", state="failed")
    ImportRun.objects.create(program_id=rewarded.id, file_name="march.csv", file_digest="x", mapping_digest="y")
    ImportRun.objects.update(started_at="2026-01-01T00:00Z")
    assert "march.csv" not in shown(owner)
    ImportRun.objects.update(started_at=rows(raw(), "SELECT now() - interval '1 hour'")[0][0])
    page = shown(owner)
    assert f"Draft {number} waits for review more for oolong" in page
    assert "The presets could not be compared" in page
    assert "The import of march.csv was left unfinished" in page
    assert "Version 1" in page


def test_what_is_nearly_gone_is_told(owner: Client, rewarded: Published) -> None:
    assert "in stock" not in shown(owner)
    rows(raw(), "UPDATE rewards_supply SET taken = 48 WHERE thing LIKE 'stock:%%' RETURNING 1")
    assert "Tea sampler 2 of 50 in stock" in shown(owner)


def test_points_that_pile_up_are_told(owner: Client, teahouse: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    refresh_lake(teahouse)
    held = [900, 1_000, 1_249]

    def flow(lake: Lake, until: date) -> SimpleNamespace:
        return SimpleNamespace(outstanding=held[2 - ((lake.manifest.today - until).days + 1) // 30])

    monkeypatch.setattr(attention, "flow_until", flow)
    assert "Members hold" not in shown(owner)
    held[2] = 1_250
    assert "Members hold 25\u202f% more points than 30 days ago 1,250 instead of 1,000" in shown(owner)
    assert "Members hold" not in shown(signed_in("cashier"))
    # A young shop's grow evenly.
    held[0] = 800
    assert "Members hold" not in shown(owner)


def test_everybody_sees_only_what_is_theirs(rewarded: Published) -> None:
    for role in ("analyst", "cashier", "finance"):
        page = shown(signed_in(role))
        assert "redemption waits" not in page
        assert "What needs you" in page
    assert "What changed in the program" not in shown(signed_in("cashier"))


def test_the_last_month_stands_beside_the_one_before(owner: Client, teahouse: Published) -> None:
    refresh_lake(teahouse)
    page = shown(owner)
    assert "February 2026 All figures" in page
    assert "Revenue" in page


def test_the_page_asks_little_of_the_database(owner: Client, rewarded: Published) -> None:
    refresh_lake(rewarded)
    shown(owner)
    with CaptureQueriesContext(connection) as asked:
        shown(owner)
    assert len(asked) <= QUERIES, len(asked)


def test_a_new_installation_is_led_from_its_name_to_its_first_order(owner: Client, db: None) -> None:
    page = owner.get("/", follow=True)
    assert "A new program" in text(page.content)
    assert "points for the money spent" in text(page.content)
    after = owner.post("/new-program", NEW, follow=True)
    said = text(after.content)
    assert "Set up your program" in said
    assert after.content.decode().count("way-step is-done") == 1
    assert "1 point" not in said
    shop = published("my-tea")
    assert (shop.currency, shop.zone) == ("TWD", "Asia/Taipei")
    draft = ProgramDraft.objects.get()
    assert "30 TWD" in draft.document
    Reckoning.objects.create(program_id=shop.id, draft=draft, kind="plan", state="done")
    assert owner.get("/programs/my-tea/today").content.decode().count("way-step is-done") == 2
    publish_draft("my-tea", draft.pk, 1, None, "staff:owner")
    assert owner.get("/programs/my-tea/today").content.decode().count("way-step is-done") == 3


def test_a_program_that_runs_is_not_led(owner: Client, teahouse: Published) -> None:
    assert "Set up your program" not in shown(owner)


def test_every_type_can_begin_a_program(db: None) -> None:
    for name in TYPES:
        own = Own(f"a-{name}", "TWD", "Asia/Taipei", "店")
        program, number = open_program(name, own, "staff:owner")
        publish_draft(program.slug, number, 1, None, "staff:owner")
        assert len(published(program.slug).programs.versions) == 2


def test_a_program_that_cannot_be_is_refused_and_nothing_is_made(owner: Client, teahouse: Published) -> None:
    wrong = (
        {"slug": "tea-house"}, {"slug": "Tea House"}, {"name": ""},
        {"currency": "money"}, {"zone": "Mars"}, {"preset": "x"},
    )  # fmt: skip
    for changes in wrong:
        page = owner.post("/new-program", {**NEW, **changes})
        assert page.status_code == 200, changes
        assert "field-note" in page.content.decode(), changes
    assert Program.objects.count() == 1
    assert not ProgramDraft.objects.exists()


@pytest.mark.parametrize(
    ("name", "slugs"), [("回頭客茶館", ["shop", "shop-2"]), ("My 2nd Tea", ["my-2nd-tea", "my-2nd-tea-2"])]
)
def test_an_address_is_made_of_the_name(owner: Client, name: str, slugs: list[str]) -> None:
    for _time in slugs:
        owner.post("/new-program", {**NEW, "name": name, "slug": ""})
    assert sorted(Program.objects.values_list("slug", flat=True)) == slugs


def test_there_is_a_way_from_one_program_to_another(owner: Client, teahouse: Published) -> None:
    assert "New program" in shown(owner)
    assert 'href="/programs/my-tea/today"' not in owner.get(TODAY).content.decode()
    owner.post("/new-program", NEW)
    assert 'href="/programs/my-tea/today"' in signed_in("cashier").get(TODAY).content.decode()
    assert "New program" not in shown(signed_in("cashier"))


def test_who_cannot_make_a_program_is_told_that_there_is_none(db: None) -> None:
    assert "No program yet" in text(signed_in("cashier").get("/", follow=True).content)


def test_a_request_for_approval_that_was_decided_needs_nobody(owner: Client, rewarded: Published) -> None:
    [(checkout,)] = rows(raw(), "SELECT id FROM rewards_checkout WHERE state = 'held'")
    from regulars.programs.queries import now

    actions.decline(rewarded.programs, checkout, now(rewarded), actor=f"staff:{uuid4()}", reason="x")
    assert "redemption waits" not in shown(owner)
