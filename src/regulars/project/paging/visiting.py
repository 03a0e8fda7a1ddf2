"""Opens every main page, one after the other, and notes what the server needed for each.

The whole way of a request is measured but the wire: middleware, view, template, compression. Pages take turns, so that
what else the machine does falls on all of them alike.
"""

import os
from collections.abc import Callable
from statistics import quantiles
from time import perf_counter
from typing import Any, LiteralString

from django.test import Client
from django.utils import timezone

from regulars.access.models import Staff
from regulars.ledger.connect import raw, rows
from regulars.members.entering import make_link
from regulars.project.paging.outcome import Opened, Page
from regulars.project.paging.questions import questions

EMPTY = "livez"
BOUGHT_MOST = "SELECT member_id FROM ledger_account ORDER BY entry_seq DESC, member_id LIMIT 1"
ORDER = "SELECT key FROM ledger_order ORDER BY points DESC, key LIMIT 1"
DRAFT = "SELECT max(id) FROM programs_programdraft"
STAFF = (
    "", "today", "members", "members?search=oak", "members?search=made-0000777", "members?sort=-points",
    "members?sort=-spend", "members/{member}", "members/{member}/adjust", "members/{member}/merge?search=oak",
    "members/{member}/rewards", "orders", "orders/{order}", "returns/{order}?line-1=1", "program",
    "program/presets", "program/drafts/{draft}", "program/drafts/{draft}/form", "program/drafts/{draft}/stories",
    "program/drafts/{draft}/plan", "rewards", "rewards/issued", "rewards/codes", "rewards/approvals",
    "rewards/adjustments", "segments", "segments/new", "till", "till/{member}?amount=50", "imports", "settings",
    "settings/staff", "settings/log", "figures/retention-rate",
)  # fmt: skip
MEMBER = ("", "card", "rewards", "history", "me")


def opened(slug: str, rounds: int) -> Opened:
    """Every page of the program so many times, after once to warm up."""
    visits = _visits(slug)
    for visit in visits.values():
        visit()
    took: dict[str, list[float]] = {name: [] for name in visits}
    for _round in range(rounds):
        for name, visit in visits.items():
            begun = perf_counter()
            visit()
            took[name].append((perf_counter() - begun) * 1000)
    found = [_page(name, visit, took[name]) for name, visit in visits.items()]
    [[members]] = rows(raw(), "SELECT count(*) FROM ledger_account")
    return Opened(members, found[0], found[1:], os.getloadavg()[0])


def _visits(slug: str) -> dict[str, Callable[[], Any]]:
    """By what the table calls them, the empty page first."""
    staff, member = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    staff.force_login(Staff.objects.get(role="owner"))
    richest, token = _one(BOUGHT_MOST), "bench"
    make_link(richest, token, timezone.now())
    member.post(f"/m/{slug}/link/{token}")
    parts = {"member": richest, "order": _one(ORDER), "draft": _one(DRAFT)}
    found = {EMPTY: _visit(Client(SERVER_NAME="localhost"), f"/{EMPTY}")}
    found |= {place or "insight": _visit(staff, f"/programs/{slug}/{place.format(**parts)}") for place in STAFF}
    return found | {f"m/{place}": _visit(member, f"/m/{slug}/{place}") for place in MEMBER}


def _visit(browser: Client, url: str) -> Callable[[], Any]:
    def visit() -> Any:
        answer = browser.get(url, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200, (url, answer.status_code)
        return answer

    return visit


def _page(name: str, visit: Callable[[], Any], took: list[float]) -> Page:
    with questions() as asked:
        answer = visit()
    cut = quantiles(took, n=20, method="inclusive")
    return Page(name, cut[9], cut[18], len(asked), len(answer.content))


def _one(statement: LiteralString) -> Any:
    [[found]] = rows(raw(), statement)
    return found
