"""The catalogue, what was issued, what is done about it: who may, what is said, and that refusals change nothing."""

import re
from uuid import UUID

import psycopg
from django.test import Client

from regulars.console.rewards.copy_page import moments
from regulars.engine.calendar import DAY, datetime_of
from regulars.engine.facts import Line, RefundLine
from regulars.intake.actions import take_orders
from regulars.intake.orders import LateRefund, OrderIn, RefundIn
from regulars.ledger.connect import raw, rows
from regulars.ledger.queries import statement
from regulars.programs.queries import Published, now
from regulars.rewards import queries
from regulars.rewards.actions.adjusting import Wish, adjust
from regulars.rewards.queries import HappenedLine
from regulars.rewards.spelling import masked
from regulars.storefront.shop import Shop
from tests.console.conftest import signed_in
from tests.console.pages import links, text
from tests.rewarded import richest
from tests.rewards.counter import everything
from tests.teahouse import open_teahouse

SHOP = "/programs/tea-house"
REWARDS = f"{SHOP}/rewards"
QUERIES = 15


def copy_of(reward: str, state: str) -> UUID:
    found = rows(raw(), "SELECT id FROM rewards_issued WHERE reward = %s AND state = %s", [reward, state])
    return found[0][0]


def checkout_of(reward: str) -> UUID:
    question = "SELECT id FROM rewards_checkout WHERE parts -> 0 ->> 'name' = %s"
    return rows(raw(), question, [reward])[0][0]


def batch_of(coupon: str) -> int:
    return rows(raw(), "SELECT id FROM rewards_batch WHERE coupon = %s", [coupon])[0][0]


def waiting() -> UUID:
    return rows(raw(), "SELECT id FROM rewards_checkout WHERE state = 'held'")[0][0]


def deeds() -> list[tuple[str, str, str]]:
    found = rows(raw(), "SELECT what, actor, reason FROM rewards_deed ORDER BY id")
    return [(what, actor, reason) for what, actor, reason in found]


def said(client: Client, address: str, **sent: str) -> str:
    """What is read after a form was sent."""
    return text(client.post(address, sent, follow=True).content)


def test_the_catalogue_says_what_there_is(owner: Client, rewarded: Published) -> None:
    shown = text(owner.get(REWARDS).content)
    for words in (
        *("Tea sampler", "30 points", "49 of 50 in stock", "Gold: 60 points", "30 days from issue"),
        *("NT$100 off, on orders of NT$500 or more", "Needs approval", "1 Apr 2026 – 30 Apr 2026"),
        *("FIRSTCUP", "codes in batches", "a code for each member", "NT$4,950 of NT$5,000 budget left"),
    ):
        assert words in shown, words


def test_a_program_without_rewards_says_how_they_come(owner: Client, teahouse: Published) -> None:
    shown = text(owner.get(REWARDS).content)
    assert "No rewards yet" in shown
    assert "No coupons yet" in shown
    assert "Rewards will appear here" in text(owner.get(f"{REWARDS}/issued").content)
    assert "No codes yet" in text(owner.get(f"{REWARDS}/codes").content)
    assert "Nothing is waiting" in text(owner.get(f"{REWARDS}/approvals").content)


def test_stock_is_added_with_a_reason_and_by_those_who_may(rewarded: Published, owner: Client, desk: Client) -> None:
    address = f"{REWARDS}/of/tea-sampler"
    assert "Add pieces" not in text(desk.get(address).content)
    assert "54 of 55 in stock" in said(owner, f"{address}/stock", quantity="5", reason="from the other shop")
    assert deeds()[-1] == ("added", "staff:owner", "from the other shop")
    before = everything()
    assert desk.post(f"{address}/stock", {"quantity": "5", "reason": "x"}).status_code == 403
    for sent in ({"quantity": "5"}, {"quantity": "-5", "reason": "x"}, {"quantity": "many", "reason": "x"}, {}):
        assert 'aria-invalid="true"' in owner.post(f"{address}/stock", sent).content.decode()
    assert owner.post(f"{REWARDS}/of/museum/stock", {"quantity": "5", "reason": "x"}).status_code == 404
    assert everything() == before


def test_issued_rewards_are_narrowed_by_what_they_are(owner: Client, rewarded: Published) -> None:
    def shown(**asked: str) -> str:
        return text(owner.get(f"{REWARDS}/issued", asked).content)

    assert len(links(owner.get(f"{REWARDS}/issued").content, "row-link")) == 9
    assert len(links(owner.get(f"{REWARDS}/issued", {"reward": "museum"}).content, "row-link")) == 2
    assert len(links(owner.get(f"{REWARDS}/issued", {"state": "cancelled"}).content, "row-link")) == 1
    assert len(links(owner.get(f"{REWARDS}/issued", {"fulfilment": "ordered"}).content, "row-link")) == 1
    [(number,)] = rows(raw(), "SELECT external_id FROM members_member WHERE id = %s", [richest(rewarded, 1)[0]])
    assert len(links(owner.get(f"{REWARDS}/issued", {"search": number}).content, "row-link")) == 3
    assert "Nothing fits" in shown(search="nobody at all")
    assert "Tea sampler" in shown(state="'", reward="\0", fulfilment="x", after="9" * 17 + ".x")


def test_pages_of_issued_rewards_follow_each_other(owner: Client, rewarded: Published, monkeypatch) -> None:
    monkeypatch.setattr("regulars.console.rewards.issued_lines.PAGE_SIZE", 4)
    monkeypatch.setattr("regulars.console.rewards.issued_lines.page.__defaults__", (4,))
    seen, url = [], f"{REWARDS}/issued"
    while url:
        page = owner.get(url)
        seen += links(page.content, "row-link")
        following = re.search(r'href="([^"]+)" rel="next"', page.content.decode())
        url = f"{REWARDS}/issued" + following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 9


def test_a_code_is_seen_by_those_who_may_read_codes(owner: Client, cashier: Client, rewarded: Published) -> None:
    number = copy_of("museum", "issued")
    line = queries.issued(rewarded.id, number, now(rewarded))
    assert line is not None
    assert line.code.startswith("MUSEUM-")
    page = owner.get(f"{REWARDS}/issued/{number}").content.decode()
    assert line.code in page
    assert "<svg" in page.partition('class="qr"')[2]
    hidden = cashier.get(f"{REWARDS}/issued/{number}").content.decode()
    assert line.code not in hidden
    assert masked(line.code) in hidden
    assert 'class="qr"' not in hidden


def test_goods_go_out_step_by_step(desk: Client, cashier: Client, rewarded: Published) -> None:
    address = f"{REWARDS}/issued/{copy_of('tea-sampler', 'used')}"
    assert "Mark as: Shipped" in text(desk.get(address).content)
    before = everything()
    assert "Goods are ordered, then shipped, then delivered" in said(desk, f"{address}/fulfil", step="delivered")
    assert cashier.post(f"{address}/fulfil", {"step": "shipped"}).status_code == 403
    assert desk.post(f"{address}/fulfil", {"step": "lost"}).status_code == 404
    assert everything() == before
    shown = said(desk, f"{address}/fulfil", step="shipped", note="parcel 8")
    assert "Written down: Shipped." in shown
    assert "Mark as: Delivered" in shown
    assert "Service_Desk" in shown
    assert "parcel 8" in shown


def test_what_is_cancelled_says_who_and_why(desk: Client, rewarded: Published) -> None:
    number = copy_of("hundred-off", "issued")
    before = everything()
    assert "Say why" in said(desk, f"{REWARDS}/issued/{number}/cancel", reason=" ")
    assert everything() == before
    shown = said(desk, f"{REWARDS}/issued/{number}/cancel", reason="given twice")
    assert "Cancelled. Nobody can use it any more." in shown
    assert "given twice" in shown
    assert "given twice" not in text(signed_in("auditor").get(f"{REWARDS}/issued/{number}").content)
    assert "This code was cancelled" in said(desk, f"{REWARDS}/issued/{number}/cancel", reason="again")
    nobody = UUID(int=0)
    assert desk.post(f"{REWARDS}/issued/{nobody}/cancel", {"reason": "x"}).status_code == 404
    assert desk.get(f"{REWARDS}/issued/{nobody}").status_code == 404


def test_a_void_says_first_what_goes_back(desk: Client, rewarded: Published) -> None:
    address = f"{REWARDS}/checkouts/{checkout_of('hundred-off')}"
    [(had,)] = rows(raw(), "SELECT max(available) FROM ledger_account")
    before = everything()
    assert "points go back" not in text(desk.get(f"{address}/void").content)
    shown = said(desk, f"{address}/void", reason="wrong member")
    assert everything() == before
    assert "80 points go back to the member, with the expiry they had." in shown
    assert f"The member has {had + 80:,} points to use then." in shown
    assert "“NT$100 off” is cancelled" in shown
    assert "NT$100 that were taken off are to be paid again" in shown
    before = everything()
    assert "Say why" in text(desk.post(f"{address}/void", {"reason": ""}).content)
    assert signed_in("program_manager").post(f"{address}/void", {"reason": "x"}).status_code == 403
    assert everything() == before
    shown = said(desk, f"{address}/void", reason="wrong member", do="keep")
    assert f"Undone. The member has {had + 80:,} points to use now." in shown
    assert "wrong member" in shown
    assert "wrong member" not in text(signed_in("auditor").get(address).content)
    assert deeds()[-1] == ("voided", "staff:service_desk", "wrong member")
    assert desk.get(f"{address}/void").status_code == 302
    assert "This was undone already" in said(desk, f"{address}/void", reason="again", do="keep")
    assert desk.post(f"{REWARDS}/checkouts/{UUID(int=0)}/void", {"reason": "x"}).status_code == 404


def test_a_void_says_what_settles_what_is_owed(desk: Client, rewarded: Published) -> None:
    """Points that an order no longer earns are owed, and what comes back settles that first."""
    checkout = checkout_of("hundred-off")
    [(member_id,)] = rows(raw(), "SELECT member_id FROM rewards_checkout WHERE id = %s", [checkout])
    present = now(rewarded)
    order = OrderIn("till", "BIG", (Line("1", "POT", 1, 10_000, ""),), member_id=member_id, paid_at=present - 30 * DAY)
    take_orders(rewarded, [order], present)
    held = statement(raw(), rewarded.programs, member_id, present)
    assert held
    everything_left = Wish("points", -held.balances["points"].available, "other", "x")
    adjust(rewarded.programs, member_id, everything_left, present, actor="x")
    back = RefundIn("R-1", present, (RefundLine("1", 1),))
    take_orders(rewarded, [LateRefund("till", "BIG", back)], present)
    address = f"{REWARDS}/checkouts/{checkout}/void"
    shown = said(desk, address, reason="wrong member")
    assert "80 points go back to the member" in shown
    assert "Used to settle what was owed from before: 10 points" in shown
    assert "The member has 70 points to use then." in shown
    assert "Undone. The member has 70 points to use now." in said(desk, address, reason="wrong member", do="keep")


def test_goods_that_went_out_are_not_undone(desk: Client, rewarded: Published) -> None:
    number, address = copy_of("tea-sampler", "used"), f"{REWARDS}/checkouts/{checkout_of('tea-sampler')}/void"
    said(desk, f"{REWARDS}/issued/{number}/fulfil", step="shipped")
    before = everything()
    for do in ("look", "keep"):
        assert "The goods are on their way already" in said(desk, address, reason="changed their mind", do=do)
    assert everything() == before


def test_a_second_person_approves(desk: Client, owner: Client, cashier: Client, rewarded: Published) -> None:
    address = f"{REWARDS}/approvals/{waiting()}"
    assert "asked for by Mei" not in text(owner.get(f"{REWARDS}/approvals").content)
    before = everything()
    assert cashier.post(f"{address}/approve").status_code == 403
    assert "Say why" in said(desk, f"{address}/decline")
    assert everything() == before
    assert "Approved. The member has it now." in said(desk, f"{address}/approve", reason="a regular")
    assert deeds()[-1] == ("approved", "staff:service_desk", "a regular")
    assert copy_of("tasting", "issued")
    assert "This was paid already" in said(owner, f"{address}/decline", reason="late")


def test_whoever_asked_does_not_decide(desk: Client, owner: Client, rewarded: Published) -> None:
    member = richest(rewarded, 1)[0]
    shown = said(desk, f"{SHOP}/members/{member}/rewards/ask", reward="tasting", number=str(UUID(int=7)))
    assert "Somebody else approves it within a day" in shown
    address = f"{REWARDS}/approvals/{UUID(int=7)}"
    assert "You asked for this, so somebody else decides." in text(desk.get(f"{REWARDS}/approvals").content)
    before = everything()
    for verb in ("approve", "decline"):
        assert "Somebody else must approve what you asked for" in said(desk, f"{address}/{verb}", reason="x")
    assert everything() == before
    assert "Declined." in said(owner, f"{address}/decline", reason="no seats")
    assert deeds()[-1] == ("declined", "staff:owner", "no seats")


def test_a_gift_is_given_once_however_often_the_form_is_sent(
    desk: Client, cashier: Client, rewarded: Published
) -> None:
    member = richest(rewarded, 3)[2]
    address = f"{SHOP}/members/{member}/rewards/gift"
    sent = {"reward": "tea-sampler", "reason": "parcel came late", "number": str(UUID(int=5))}
    before = everything()
    assert cashier.post(address, sent).status_code == 403
    assert "Say why" in said(desk, address, reward="tea-sampler")
    assert "There is no such reward." in said(desk, address, reward="nothing", reason="x")
    assert everything() == before
    assert "Given. The member can use it from now on." in said(desk, address, **sent)
    after = everything()
    said(desk, address, **sent)
    assert everything() == after
    assert "Tea sampler" in text(desk.get(f"{SHOP}/members/{member}/rewards").content)
    assert desk.post(f"{SHOP}/members/{UUID(int=0)}/rewards/gift", sent).status_code == 404


def test_words_about_a_reward_need_the_leave_that_names_need(
    desk: Client, cashier: Client, rewarded: Published
) -> None:
    """What the program gives as its reason names nobody."""
    member = richest(rewarded, 3)[2]
    said(
        desk,
        f"{SHOP}/members/{member}/rewards/gift",
        reward="tea-sampler",
        reason="for Mrs Wang",
        number=str(UUID(int=5)),
    )
    [(gift,)] = rows(raw(), "SELECT issued_id FROM rewards_happened WHERE reason = 'for Mrs Wang'")
    shown = text(desk.get(f"{REWARDS}/issued/{gift}").content)
    assert "for Mrs Wang" in shown
    shown = text(cashier.get(f"{REWARDS}/issued/{gift}").content)
    assert "Issued to the member" in shown
    assert "Wang" not in shown
    for actor, reason, told in (("program", "welcome", "welcome"), ("staff:1", "refunded", "its order came back")):
        happened = HappenedLine(datetime_of(now(rewarded)), "cancelled", actor, "", reason, None)
        [moment] = moments(Shop(rewarded, now(rewarded)), [happened], personal=False)
        assert moment.reason == told


def test_what_needs_a_second_person_is_not_offered_as_a_gift(desk: Client, rewarded: Published) -> None:
    address = f"{SHOP}/members/{richest(rewarded, 3)[2]}/rewards"
    form = desk.get(address).content.decode().partition('id="gift"')[2].partition("</select>")[0]
    assert ("tea-sampler" in form, "tasting" in form) == (True, False)
    before = everything()
    sent = {"reward": "tasting", "reason": "x", "number": str(UUID(int=6))}
    assert "This needs the approval" in said(desk, f"{address}/gift", **sent)
    assert everything() == before


def test_a_gift_that_went_into_the_account_is_cancelled(desk: Client, db: None) -> None:
    shop = open_teahouse(2, "rewards: [{reward: thirty, costs: 30 points, gives: {credit: 30 points}}]\n")
    member = richest(shop, 1)[0]
    said(desk, f"{SHOP}/members/{member}/rewards/gift", reward="thirty", reason="late", number=str(UUID(int=8)))
    address = f"{REWARDS}/issued/{copy_of('thirty', 'used')}"
    assert f"{address}/cancel" in desk.get(address).content.decode()
    assert "Cancelled. Nobody can use it any more." in said(desk, f"{address}/cancel", reason="wrong member")
    assert copy_of("thirty", "cancelled")
    assert f"{address}/cancel" not in desk.get(address).content.decode()


def test_every_page_asks_little_of_the_database(owner: Client, rewarded: Published, monkeypatch) -> None:
    """Also what goes by the driver itself."""
    asked: list[str] = []
    execute = psycopg.Cursor.execute
    member = richest(rewarded, 1)[0]

    def counted(cursor: psycopg.Cursor, query: object, *more: object, **named: object) -> psycopg.Cursor:
        asked.append(str(query))
        return execute(cursor, query, *more, **named)  # type: ignore[arg-type]

    pages = [
        *("rewards", "rewards/of/tea-sampler", "rewards/coupons/spring", "rewards/issued", "rewards/codes"),
        *("rewards/approvals", f"rewards/codes/{batch_of('spring')}", f"rewards/checkouts/{waiting()}", "till"),
        *(f"rewards/issued/{copy_of('museum', 'issued')}", f"members/{member}/rewards", f"till/{member}"),
    ]
    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    for page in pages:
        asked.clear()
        assert owner.get(f"{SHOP}/{page}").status_code == 200
        told = [query for query in asked if not query.startswith(("SAVEPOINT", "RELEASE"))]
        assert len(told) <= QUERIES, (page, told)
