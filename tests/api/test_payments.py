"""Orders that name what paid for them: a redemption that nobody made, or somebody else, pays for nothing."""

from typing import Any

import pytest
from django.db import transaction

from regulars.engine.facts import Merge
from regulars.ledger.connect import raw
from regulars.ledger.uniting import merge
from regulars.members.models import Member
from regulars.programs.queries import Published
from tests.api.test_refusals import refused
from tests.api.test_spending import OPENING, cup, take
from tests.api.till import TODAY, Till, everything, line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_door")]


@pytest.fixture
def redemption(till: Till) -> str:
    """C-1 has spent their ten points; C-2 has theirs."""
    till.enrol("k-1", customer="C-1")
    till.enrol("k-2", customer="C-2")
    done = take(till, cup()).json()
    return str(done["applied"][0]["costs"][0]["redemption"])


def paid(redemption: str, **changes: Any) -> dict[str, Any]:
    payments = [{"method": "points", "amount": "1000", "redemption": redemption}]
    return {"paid_at": OPENING, "version_at": OPENING, "payments": payments, **changes}


def test_an_order_paid_with_a_redemption_that_nobody_made_is_refused(till: Till, redemption: str) -> None:
    before = everything()
    for unknown in ("nonsense", redemption + "1", "*", f"{redemption}/capture"):
        refused(till.put("A-1", **paid(unknown)), "redemption_unknown")
    refused(till.put("A-2", **paid("nonsense", customer="C-9")), "redemption_unknown")
    assert everything() == before


def test_an_order_paid_with_what_another_member_redeemed_is_refused(till: Till, redemption: str) -> None:
    before = everything()
    refused(till.put("A-1", **paid(redemption, customer="C-2")), "redemption_of_other_member")
    refused(till.put("A-1", **paid(redemption, customer="C-9")), "redemption_of_other_member")
    refused(till.put("A-1", **paid(redemption, customer=...)), "redemption_of_other_member")
    assert everything() == before
    assert till.put("A-1", **paid(redemption)).json()["outcome"] == "recorded"


def test_a_later_version_is_looked_at_as_well(till: Till, redemption: str) -> None:
    till.put("A-1", **paid(redemption))
    before = everything()
    later = {"version_at": "2026-11-01T00:00:01+00:00"}
    refused(till.put("A-1", **paid("nonsense", **later)), "redemption_unknown")
    assert everything() == before
    assert till.put("A-1", **paid(redemption, customer=..., **later)).json()["outcome"] == "recorded"


def test_an_order_that_named_it_before_there_was_a_check_can_still_be_changed(
    till: Till, redemption: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("regulars.intake.actions.refusals", lambda *_: {})
        assert till.put("A-1", **paid("nonsense")).json()["outcome"] == "recorded"
        assert till.put("A-2", **paid("nonsense")).json()["outcome"] == "recorded"
    later = {"version_at": "2026-11-01T00:00:01+00:00"}
    refund = {"id": "R-1", "lines": [{"line": "1", "quantity": 1, "total": "625"}]}
    refused(till.put("A-1", **paid("other", **later)), "redemption_unknown")
    assert till.put("A-1", **paid("nonsense", refunds=[refund], **later)).json()["outcome"] == "recorded"
    assert "R-1" in str(everything()["ledger_fact_key"])
    assert till.put("A-2", **paid("nonsense", cancelled=True, **later)).json()["outcome"] == "recorded"


def test_in_a_batch_the_others_are_kept(till: Till, redemption: str) -> None:
    good: dict[str, Any] = {"source": "web", "id": "B-1", "currency": "TWD", "lines": [line(total="100")]}
    bad = {**good, "id": "B-2", "customer": "C-2", "payments": paid(redemption)["payments"]}
    told = till.batch(good, bad).json()["orders"]
    assert [one["outcome"] for one in told] == ["recorded", "refused"]
    assert told[1]["problem"]["code"] == "redemption_of_other_member"


def test_members_who_became_one_pay_for_each_other(till: Till, shop: Published, redemption: str) -> None:
    first, second = (Member.objects.get(external_id=name).id for name in ("C-1", "C-2"))
    with transaction.atomic():
        asked = Merge("m", str(first), str(second), TODAY, str(first), "same-person", "mei")
        said = merge(raw(), shop.programs, second, first, asked, TODAY + 1_000_000)
    assert isinstance(said, Merge), said
    assert till.put("A-1", **paid(redemption, customer="C-2")).json()["outcome"] == "recorded"
    refused(till.put("A-2", **paid(redemption, customer="C-1")), "redemption_used")


def test_one_redemption_pays_for_one_order(till: Till, redemption: str) -> None:
    till.put("A-1", **paid(redemption))
    before = everything()
    refused(till.put("A-2", **paid(redemption)), "redemption_used")
    assert everything() == before
    later = {"version_at": "2026-11-01T00:00:01+00:00"}
    till.put("A-1", **paid(redemption, cancelled=True, **later))
    refused(till.put("A-2", **paid(redemption)), "redemption_used")


def test_nor_for_two_of_one_batch(till: Till, redemption: str) -> None:
    one: dict[str, Any] = {"source": "web", "currency": "TWD", "customer": "C-1", "lines": [line()], **paid(redemption)}
    told = till.batch({**one, "id": "B-1"}, {**one, "id": "B-2"}).json()["orders"]
    assert [shown["outcome"] for shown in told] == ["recorded", "refused"]
    assert told[1]["problem"]["code"] == "redemption_used"


@pytest.mark.parametrize("verb", ["release", "void"])
def test_points_that_went_back_pay_for_nothing(till: Till, verb: str) -> None:
    till.enrol("k-1", customer="C-1")
    done = take(till, cup(), **({"hold_minutes": 5} if verb == "release" else {})).json()
    till.send("POST", f"/checkouts/{done['id']}:{verb}", {}, idempotency_key="k-9")
    before = everything()
    refused(till.put("A-1", **paid(done["applied"][0]["costs"][0]["redemption"])), "redemption_undone")
    assert everything() == before
