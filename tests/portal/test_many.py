"""Members of whom there is a lot: nothing that is good is out of sight, and nothing is left out of the file."""

import json

from regulars.ledger.connect import raw, rows
from regulars.members.models import Member
from regulars.programs.queries import Published, now
from regulars.rewards.queries import good_of, over_of
from regulars.storefront import exporting
from tests.console.pages import text
from tests.portal.conftest import SHOP, comes_in

GOOD = "SELECT id, member_id FROM rewards_issued WHERE state = 'issued' AND reward = 'hundred-off' LIMIT 1"
COPIES = """
    INSERT INTO rewards_issued SELECT (jsonb_populate_record(i, jsonb_build_object(
        'id', gen_random_uuid(), 'state', 'cancelled', 'mark', '\\x' || md5(n::text),
        'issued_at', i.issued_at + n * interval '1 second'))).*
    FROM rewards_issued AS i, generate_series(1, 260) AS n WHERE id = %s
"""


def test_a_good_voucher_is_seen_behind_many_that_are_over(rewarded: Published) -> None:
    [(issued_id, member_id)] = rows(raw(), GOOD)
    raw().execute(COPIES, [issued_id])
    client = comes_in(Member.objects.get(id=member_id))
    for place in ("card", "rewards"):
        page = client.get(f"{SHOP}{place}")
        assert f"{SHOP}mine/{issued_id}" in page.content.decode(), place
        assert "Ready to use" in text(page.content)
    present = now(rewarded)
    assert len(over_of(rewarded.id, [member_id], present)) == 50
    assert {one.state for one in good_of(rewarded.id, [member_id], present)} == {"issued"}
    found = json.loads(client.get(f"{SHOP}download").content)
    assert len(found["rewards"]) >= 261


def test_orders_of_one_instant_are_all_in_the_file(rewarded: Published, monkeypatch: object) -> None:
    [(member_id, count)] = rows(
        raw(), "SELECT member_id, count(*) FROM ledger_order GROUP BY member_id ORDER BY 2 DESC LIMIT 1"
    )
    monkeypatch.setattr(exporting, "PAGE", 2)  # type: ignore[attr-defined]
    raw().execute(
        "UPDATE ledger_order SET paid_at = (SELECT max(paid_at) FROM ledger_order WHERE member_id = %s) "
        "WHERE member_id = %s", [member_id, member_id]
    )  # fmt: skip
    found = json.loads(comes_in(Member.objects.get(id=member_id)).get(f"{SHOP}download").content)
    assert len(found["orders"]) == count > 2
    assert len({one["order"] for one in found["orders"]}) == count
