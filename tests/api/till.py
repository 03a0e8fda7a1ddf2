"""A till of one shop: it has a key, sends JSON, and can count everything that the database holds."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from regulars.access.actions import issue_key
from regulars.access.permissions import SCOPES
from regulars.engine.calendar import instant_of
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.queries import Published

SHOP = """\
program: tea-house
name: {en: Tea House, zh-Hant: 茶屋, zh-Hans: 茶屋}
timezone: Asia/Taipei
currency: TWD
enrolment: first order
wallets:
  points:
    unit: {en: [point, points], zh-Hant: 點, zh-Hans: 点}
    pending: 7 days
    expires: 12 months, end of month
    worth: 10 TWD per 100
tiers:
  - set: status
    levels:
      - {tier: member, name: {en: Member, zh-Hant: 會員, zh-Hans: 会员}}
      - {tier: gold, reach: 5000, retain: 4000, name: {en: Gold, zh-Hant: 金卡, zh-Hans: 金卡}}
earn:
  - rule: base
    name: {en: Points on purchases, zh-Hant: 消費積點, zh-Hans: 消费积分}
    give: 1 point per 100 TWD
  - rule: welcome
    name: {en: Welcome, zh-Hant: 入會禮, zh-Hans: 入会礼}
    on: enrolment
    give: 10 points
rewards:
  - {reward: cup, name: {en: A cup, zh-Hant: 茶杯, zh-Hans: 茶杯}, costs: 10 points, gives: {product: CUP-1}, stock: 10}
  - {reward: tasting, costs: 5 points, gives: {event: spring-tasting}, valid: 30 days}
coupons:
  - {coupon: spring, code: SPRING10, gives: {discount: 10%}}
  - {coupon: batch, codes: batch, prefix: TEA-, length: 14, gives: {discount: 50 TWD}}
  - {coupon: own, codes: personal, prefix: ME-, length: 9, gives: {discount: 50 TWD}}
"""
TABLES = (
    "api_answer",
    "ledger_account",
    "ledger_entry",
    "ledger_fact",
    "ledger_fact_key",
    "ledger_order",
    "members_member",
    "rewards_batch",
    "rewards_checkout",
    "rewards_code",
    "rewards_draw",
    "rewards_happened",
    "rewards_issued",
    "rewards_reservation",
    "rewards_supply",
)


# The shop's clock stands here when a test begins, whenever it is run.
TODAY = instant_of(datetime(2026, 11, 1, tzinfo=UTC))


def open_shop(slug: str = "tea-house") -> Published:
    text = SHOP.replace("tea-house", slug)
    return publish(slug, text, 0, "tests", clock_offset_us=TODAY - real_now())


class Till:
    """Sends requests with a key of its own, by whichever door its client knows."""

    make_client: Callable[[], Client] = Client

    def __init__(self, published: Published, *scopes: str, language: str = "en") -> None:
        self.key = issue_key(published.id, "till", scopes or SCOPES)
        self.headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": language}
        self.client = self.make_client()

    def send(self, method: str, path: str, body: object = None, **headers: str) -> HttpResponse:
        content = body if isinstance(body, (bytes, str)) else json.dumps(body) if body is not None else ""
        return self.client.generic(
            method, f"/v1{path}", content, "application/json", headers={**self.headers, **_dashed(headers)}
        )

    def put(self, number: str = "A-1", body: object = None, **changes: Any) -> HttpResponse:
        return self.send("PUT", f"/orders/web/{number}", order(**changes) if body is None else body)

    def batch(self, *orders: dict[str, Any]) -> HttpResponse:
        return self.send("POST", "/orders:batch", {"orders": list(orders)})

    def did(self, number: str = "V-1", body: object = None, **changes: Any) -> HttpResponse:
        return self.send("PUT", f"/activities/app/{number}", activity(**changes) if body is None else body)

    def did_many(self, *activities: dict[str, Any]) -> HttpResponse:
        return self.send("POST", "/activities:batch", {"activities": list(activities)})

    def quote(self, **changes: Any) -> HttpResponse:
        return self.send("POST", "/orders:quote", cart(**changes))

    def enrol(self, request_key: str = "k-1", **body: Any) -> HttpResponse:
        return self.send("POST", "/members", body, idempotency_key=request_key)

    def get(self, path: str) -> HttpResponse:
        return self.send("GET", path)


def line(number: str = "1", total: str = "1250", **changes: Any) -> dict[str, Any]:
    return {"line": number, "sku": "OOL-1", "quantity": 2, "total": total, "category": "tea", **changes}


def cart(**changes: Any) -> dict[str, Any]:
    known = {"currency": "TWD", "customer": "C-1", "paid_at": "2026-05-01T10:00:00+08:00", "lines": [line()]}
    return {name: value for name, value in {**known, **changes}.items() if value is not ...}


def activity(**changes: Any) -> dict[str, Any]:
    known = {"name": "review", "customer": "C-1", "happened_at": "2026-05-02T10:00:00+08:00"}
    return {name: value for name, value in {**known, **changes}.items() if value is not ...}


def order(**changes: Any) -> dict[str, Any]:
    return cart(**{"version_at": "2026-05-01T10:00:00+08:00", **changes})


def everything() -> dict[str, list[str]]:
    """Every row of every table that a request could touch."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb({table}) FROM {table}")
            found[table] = sorted(str(row) for row in cursor.fetchall())
    return found


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
