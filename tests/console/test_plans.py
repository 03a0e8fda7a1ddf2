"""What a draft would cost, asked in the console: worked out by the job worker, shown, stopped, out of date; presets."""

import re

import msgspec
import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.intake.models import Reckoning
from regulars.intake.reckonings import work_out
from regulars.jobs import tasks
from regulars.ledger.connect import raw, rows
from regulars.programs.actions import publish
from regulars.programs.models import ProgramDraft
from regulars.programs.planning import replaying
from regulars.programs.queries import Published
from regulars.project.worker import AT_ONCE
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.console.test_drafts import DRAFTS, OTHER, begun
from tests.teahouse import DOCUMENT

PRESETS = "/programs/tea-house/program/presets"


def drafted(client: Client, document: str = OTHER) -> str:
    """The address of the plan of a new draft."""
    address = begun(client)
    client.post(address, {"edition": "1", "document": document, "note": "", "do": "save"})
    return f"{address}/plan"


def worked_out(client: Client, address: str, **stated: str) -> str:
    """What the page says when the worker has done its work."""
    assert client.post(f"{address}/begin", stated).status_code == 302
    work_out(Reckoning.objects.latest("pk").pk)
    return text(client.get(address).content)


def test_a_draft_is_planned_over_the_shops_own_orders(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    assert "Nobody has asked yet" in text(mei.get(address).content)
    assert mei.post(f"{address}/begin").status_code == 302
    assert ProcrastinateJob.objects.get(task_name=tasks.work_out_now.name).args == {
        "number": Reckoning.objects.get().pk
    }
    assert "Waiting for the job worker" in text(mei.get(address).content)
    assert "Waiting for the job worker" in text(mei.get(f"{address}/progress").content)
    work_out(Reckoning.objects.get().pk)
    assert mei.get(f"{address}/progress")["HX-Refresh"] == "true"
    page = text(mei.get(address).content)
    assert re.search(r"Points cost NT\$[\d,]+", page)
    members = rows(raw(), "SELECT count(*)::int FROM ledger_account WHERE NOT guest")[0][0]
    assert f"matches the ledger: {members} of {members} members" in page
    assert "as if it had always been in force" in page
    assert "This plan is of another day" not in page
    assert "Points cost NT$" in text(mei.get(address.removesuffix("/plan")).content)
    assert "Points cost NT$" in text(mei.get("/programs/tea-house/program").content)


def test_reckonings_wait_for_each_other_so_that_times_own_work_goes_on_beside_one(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    for _draft in range(2):
        assert mei.post(f"{drafted(mei)}/begin").status_code == 302
    assert mei.post("/programs/tea-house/program/presets/begin").status_code == 302
    assert set(ProcrastinateJob.objects.filter(task_name="work_out").values_list("lock", flat=True)) == {"work_out"}
    assert tasks.work_out_now.lock == "work_out"
    assert tasks.keep_up_everywhere.lock != "work_out"
    assert AT_ONCE > 1


def test_a_draft_that_says_the_same_gives_everybody_the_same(teahouse: Published) -> None:
    """Whoever never joined is no member by it either: the ledger says who did."""
    mei = signed_in("program_manager")
    page = worked_out(mei, drafted(mei, DOCUMENT))
    against = Reckoning.objects.get().told["report"]["against"]
    assert (against["gain"], against["lose"], against["moves"]) == (0, 0, [])
    assert against["same"] > 3
    assert "Every customer becomes a member" not in page


def test_other_money_of_the_same_fold_is_told_at_once(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    worked_out(mei, address)
    before = Reckoning.objects.get()
    mei.post(f"{address}/begin", {"margin": "50", "budget": "1", "behaviour": "usual", "more_orders": "2.5"})
    after = Reckoning.objects.get()
    assert (after.pk, after.state) == (before.pk, "done")
    told = after.told["report"]
    assert told["verdict"]["gross"] == told["verdict"]["revenue"] // 2
    assert (told["assumed"]["budget"], told["assumed"]["more_orders"]) == (100, 250)
    assert told["assumed"]["manner"] == "usual"
    assert "are more than the budget of" in text(mei.get(address).content)
    assert 'value="50"' in mei.get(address).content.decode()
    # The same as if it had been folded anew.
    Reckoning.objects.update(outcome=b"")
    worked_out(mei, address, margin="50", budget="1", behaviour="usual", more_orders="2.5")
    assert Reckoning.objects.get().told == after.told
    # Who redeems otherwise leaves other points behind: that is folded anew.
    worked_out(mei, address, behaviour="eager")
    assert Reckoning.objects.get().pk > after.pk + 1
    assert Reckoning.objects.get().told["report"]["simulated"] > told["simulated"]


def test_categories_may_have_another_margin(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    worked_out(mei, address)
    all_alike = Reckoning.objects.latest("pk").told["report"]["verdict"]
    page = worked_out(mei, address, margins="tea = 80\n\ncake：12.5 %")
    told = Reckoning.objects.latest("pk").told["report"]
    assert told["assumed"]["margins"] == [["tea", 8_000], ["cake", 1_250]]
    assert told["verdict"]["revenue"] == all_alike["revenue"]
    assert told["verdict"]["gross"] != all_alike["gross"]
    assert "Other margins: tea 80.0\N{NO-BREAK SPACE}%; cake 12.5\N{NO-BREAK SPACE}%" in page
    assert "tea = 80\ncake = 12.5</textarea>" in mei.get(address).content.decode()
    # The same fold says less of it as well.
    before = Reckoning.objects.latest("pk").pk
    mei.post(f"{address}/begin", {"margins": "tea = 30"})
    assert Reckoning.objects.latest("pk").pk == before
    assert Reckoning.objects.latest("pk").told["report"]["verdict"]["gross"] == all_alike["gross"]
    refused = mei.post(f"{address}/begin", {"margins": "tea = 30\ntea: lots"})
    assert (refused.status_code, "“tea: lots” is no margin" in text(refused.content)) == (409, True)


def test_what_cannot_be_read_is_marked_and_nothing_is_begun(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    refused = mei.post(f"{address}/begin", {"margin": "a lot", "budget": "-1", "months": "900"})
    assert refused.status_code == 409
    page = text(refused.content)
    assert "Per cent from 0 to 100" in page
    assert "A whole number from 0 to 60." in page
    assert not Reckoning.objects.exists()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("earn: [", "Something is wrong with the saved text"),
        (DOCUMENT.replace("program: tea-house", "program: other-house"), "Both programs need the same"),
        (DOCUMENT.replace("timezone: Asia/Taipei", "timezone: Asia/Tokyo"), "Both programs need the same"),
    ],
)
def test_what_is_no_next_version_is_not_planned(teahouse: Published, document: str, said: str) -> None:
    mei = signed_in("program_manager")
    refused = mei.post(f"{drafted(mei, document)}/begin")
    assert (refused.status_code, said in text(refused.content)) == (409, True)
    assert not Reckoning.objects.exists()


def test_it_can_be_stopped_and_begun_again(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    mei.post(f"{address}/begin")
    mei.post(f"{address}/begin")
    first = Reckoning.objects.get()
    mei.post(f"{address}/stop")
    work_out(first.pk)
    assert Reckoning.objects.get().state == "stopped"
    assert "It was stopped before it was done." in text(mei.get(address).content)
    assert "Points cost" in worked_out(mei, address)


def test_while_one_is_worked_out_other_figures_are_refused_aloud(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    begin = f"{address}/begin"
    assert '<button class="button is-main">' in mei.get(address).content.decode()
    assert mei.post(begin, {"margin": "40"}).status_code == 302
    page = mei.get(address).content.decode()
    assert '<button class="button is-main" disabled>' in page
    assert '<fieldset class="plain-fields" disabled>' in page
    assert mei.post(begin, {"margin": "40"}).status_code == 302
    refused = mei.post(begin, {"margin": "50"})
    assert (refused.status_code, "with other figures" in text(refused.content)) == (409, True)
    assert Reckoning.objects.get().asked["margin"] == 4000


def test_the_worker_hears_that_somebody_stopped_it(teahouse: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """Already while it reads how members have spent points so far."""
    mei = signed_in("program_manager")
    address = drafted(mei)
    mei.post(f"{address}/begin")
    monkeypatch.setattr(replaying, "STEP", 1)
    said: list[tuple[object, ...]] = []

    def stopped(execute, sql, params, many, context):
        if sql.startswith('UPDATE "intake_reckoning" SET "done"'):
            said.append(tuple(params))
            mei.post(f"{address}/stop")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(stopped):
        work_out(Reckoning.objects.get().pk)
    assert (Reckoning.objects.get().state, Reckoning.objects.get().told) == ("stopped", {})
    assert [params[0] for params in said] == [0]


def test_one_that_waits_is_not_lost(teahouse: Published) -> None:
    """The worker has other work first: nobody need begin again."""
    mei = signed_in("program_manager")
    address = drafted(mei)
    mei.post(f"{address}/begin")
    Reckoning.objects.update(heard_at="2026-01-01T00:00Z")
    assert "Waiting for the job worker" in text(mei.get(address).content)
    mei.post(f"{address}/begin")
    assert Reckoning.objects.get().state == "waiting"


@pytest.mark.parametrize(
    "old",
    [{"told": {"report": {}}}, {"outcome": msgspec.msgpack.encode({"tally": 1})}, {"asked_at": "2026-01-01T00:00Z"}],
)
def test_what_is_of_another_release_or_day_is_worked_out_again(teahouse: Published, old: dict[str, object]) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    worked_out(mei, address)
    before = Reckoning.objects.get().pk
    Reckoning.objects.update(**old)
    assert mei.get(address).status_code == 200
    assert "Points cost" in worked_out(mei, address)
    assert Reckoning.objects.get().pk > before


def test_one_that_fails_or_is_left_says_so(teahouse: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    mei.post(f"{address}/begin")
    Reckoning.objects.update(state="running", heard_at="2026-01-01T00:00Z")
    assert "Nobody has worked on it for two minutes" in text(mei.get(address).content)
    assert mei.get(f"{address}/progress")["HX-Refresh"] == "true"
    assert "Points cost" in worked_out(mei, address)
    monkeypatch.setattr("regulars.intake.reckonings.fold_ledger", lambda *_given: 1 / 0)
    drafted(mei, DOCUMENT)
    second = f"{DRAFTS}/{ProgramDraft.objects.latest('pk').pk}/plan"
    assert "It could not be worked out." in worked_out(mei, second)


def test_a_plan_says_what_was_changed_since(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    worked_out(mei, address)
    draft = address.removesuffix("/plan")
    changed = OTHER.replace("1 point per 8 TWD", "1 point per 7 TWD")
    mei.post(draft, {"edition": str(ProgramDraft.objects.get().edition), "document": changed, "do": "save"})
    assert "The draft was changed since." in text(mei.get(address).content)
    assert "The draft was changed since." in text(mei.get(draft).content)
    publish("tea-house", OTHER, None, "lin")
    assert "Another version was published since." in text(mei.get(address).content)
    Reckoning.objects.update(facts=Reckoning.objects.get().facts - 3)
    assert "Since then 3 orders, returns and other events were recorded." in text(mei.get(address).content)


def test_layout_and_comments_change_no_plan(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    address = drafted(mei)
    worked_out(mei, address)
    said = {"edition": str(ProgramDraft.objects.get().edition), "document": "# mine\n" + OTHER, "do": "save"}
    mei.post(address.removesuffix("/plan"), said)
    assert "This plan is of another day" not in text(mei.get(address).content)


def test_an_analyst_reads_the_plan_and_nobodys_name(teahouse: Published) -> None:
    mei, analyst = signed_in("program_manager"), signed_in("analyst")
    address = drafted(mei)
    named = worked_out(mei, address)
    most = Reckoning.objects.get().told["report"]["against"]["most"]
    assert len(most) > 3
    assert all(change["customer"] in named for change in most)
    answer = analyst.get(address)
    masked = text(answer.content)
    assert not any(change["customer"] in answer.content.decode() for change in most if len(change["customer"]) > 3)
    assert "Member 1 " in masked
    assert "Your role does not see who the members are" in masked
    assert "Work it out again" not in masked
    assert analyst.post(f"{address}/begin").status_code == 403
    assert address in analyst.get("/programs/tea-house/program").content.decode()


def test_a_shop_without_orders_is_told_what_will_stand_here(db: None) -> None:
    publish("tea-house", DOCUMENT, None, "lin")
    mei = signed_in("program_manager")
    address = drafted(mei)
    assert "There is no order to plan over yet" in text(mei.get(address).content)
    assert "There is no order yet" in text(mei.get(PRESETS).content)


def test_presets_are_ranked_over_the_shops_own_orders(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    assert "cashback" not in text(mei.get(PRESETS).content)
    assert "a share of what was paid" in text(mei.get(PRESETS).content)
    mei.post(f"{PRESETS}/begin")
    work_out(Reckoning.objects.get().pk)
    told = Reckoning.objects.get().told
    assert len(told["places"]) == 13
    page = text(mei.get(PRESETS).content)
    assert f"{told['orders']} orders; {told['active']} customers bought in the last 90 days" in page
    assert "It leaves the most margin." in page
    # A preset that is not shipped any more is left out.
    told["places"][0]["name"] = "no-more"
    Reckoning.objects.update(told=told)
    assert mei.get(PRESETS).status_code == 200


def test_a_draft_begins_with_a_preset_in_the_shops_own_money(teahouse: Published) -> None:
    mei = signed_in("program_manager")
    answer = mei.post(f"{PRESETS}/draft", {"preset": "tiered"})
    document = ProgramDraft.objects.get().document
    assert answer["Location"].endswith("/form")
    assert "program: tea-house" in document
    assert "currency: TWD" in document
    assert "timezone: Asia/Taipei" in document
    assert teahouse.names["zh-Hant"] in document
    assert mei.post(f"{PRESETS}/draft", {"preset": "none"}).status_code == 404
    page = text(mei.get(PRESETS).content)
    assert "Counts in “stars”: only for a program of its own" in page
