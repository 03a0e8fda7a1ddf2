"""The tea house with one of everything that a page can show, and the address of every page there is.

What walks all pages (their weight, their looks, whether everybody can use them) takes its list from the routes
themselves. A route with something new in its address is told in PARTS what to show.
"""

import re
from collections.abc import Mapping
from typing import LiteralString
from uuid import uuid4

from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from regulars.access import changing
from regulars.access.actions import create_staff
from regulars.access.models import ApiKey
from regulars.access.routes import Route, routes
from regulars.engine.calendar import DAY, datetime_of
from regulars.intake.models import Reckoning
from regulars.intake.reckonings import begin_plan, work_out
from regulars.intake.stating import Stated
from regulars.intake.uploading import bring
from regulars.ledger.connect import raw, rows
from regulars.members import noting
from regulars.members.entering import make_link
from regulars.members.uniting import unite
from regulars.programs import drafting
from regulars.programs.actions import publish
from regulars.programs.models import ProgramDraft
from regulars.programs.queries import Published, now
from regulars.rewards.actions import drawing, owning
from regulars.rewards.actions.adjusting import Wish, adjust
from regulars.segments import actions as segments
from regulars.segments import traits
from tests.rewarded import open_rewarded, richest
from tests.secured import secure
from tests.teahouse import DOCUMENT, DRAWING

# A shop that opened just now: what its pages show where there is nothing yet.
CORNER = "corner"
PAGES_OF_CORNER = (
    "",
    "today",
    "imports",
    "members",
    "orders",
    "program/presets",
    "rewards",
    "segments",
    "settings/log",
)
PASSWORD = "a password of some length"
FILE = b"Order ID;Date;Customer;SKU;Qty;Total\nN-1;2026-03-01 10:00;1001;OOL-1;2;998\nN-2;never;1001;OOL-1;1;499\n"
# One whose first draw of 4 March is the tea bags.
SEED = (2832).to_bytes(32)
OFTEN = {"groups": [{"conditions": [{"about": "orders", "is": "at_least", "values": ["3"]}]}]}
CHEAPER = ("reach: 6000", "reach: 5000")
STORIES = """\
# Somebody joins and buys oolong
member: {id: lin}
story:
  - at: 2026-01-05 09:00
    enrol: {channel: web}
    expect: {points: 50}
  - wait: 1 day
    order: {id: A-1, lines: [{sku: OOL-1, category: oolong, price: 998}]}
    expect: {points: {available: 50, pending: 198}}
  - wait: 7 days
    expect: {points: {available: 248, pending: 0}}
---
# Goods come back
member: {id: mei}
story:
  - at: 2026-01-05 09:00
    enrol: {channel: web}
  - order: {id: B-1, lines: [{sku: BLK-1, category: black-tea, price: 640}]}
    expect: {points: {pending: 64}}
  - wait: 2 days
    refund: {order: B-1, lines: everything}
    expect: {points: {pending: 10}}
"""


def open_full_house(customers: int = 40) -> Published:
    """Everything has happened here at least once; whoever signed in before is owner."""
    cache.clear()
    shop = open_rewarded(customers, DRAWING)
    first, second, third, *others = richest(shop, 8)
    for place, member in enumerate(others):
        at = now(shop) - DAY + place
        owning.claim(shop.programs, member, "wheel", at, actor="staff:mei")
        if place:
            ticket = _one("SELECT id FROM rewards_issued WHERE reward = 'wheel' ORDER BY issued_at DESC LIMIT 1")
            drawing.draw(shop.programs, ticket, at, actor="staff:mei", fresh=lambda: SEED)  # type: ignore[arg-type]
    wish = Wish("points", 20, "goodwill", "the parcel came late")
    adjust(shop.programs, first, wish, now(shop), actor="staff:mei")
    unite(
        shop.programs,
        second,
        third,
        now(shop),
        number=uuid4(),
        reason="same_person",
        actor="staff:mei",
        words="both cards",
    )
    noting.write(shop.id, second, "prefers to be called on Mondays", "staff:mei", datetime_of(now(shop)), uuid4())
    _let_in(shop)
    bring(shop.id, "march.csv", [FILE], "staff:mei", "en")
    while traits.catch_up(shop.programs, now(shop)):
        pass
    segments.make(shop, "Often here", OFTEN, "staff:mei", uuid4(), key="often-here")
    _plan(shop)
    publish(CORNER, DOCUMENT.replace("program: tea-house", f"program: {CORNER}"), 1, "staff:mei")
    return shop


def _let_in(shop: Published) -> None:
    """A colleague with every way to sign in, another one, and keys; it is written down who made them."""
    secure(create_staff("mei", PASSWORD, "program_manager", name="Mei Chen", email="mei@example.com"))
    changing.let_in("anna", "Anna", "anna@example.com", "cashier", "staff:mei", uuid4())
    changing.make_key(shop.id, "till", ["orders:write", "members:read", "rewards:redeem"], "terminal", uuid4())
    changing.make_key(shop.id, "web shop", ["orders:write"], "staff:mei", uuid4())
    changing.end_key(shop.id, ApiKey.objects.get(name="web shop").prefix, "staff:mei", uuid4())


def _plan(shop: Published) -> None:
    """A draft that was planned."""
    document = ProgramDraft(program_id=shop.id).program.versions.get().document
    number = drafting.begin_draft(
        shop.slug, "staff:mei", document=document.replace(*CHEAPER), note="More silver members", stories=STORIES
    )
    begun = begin_plan(shop, ProgramDraft.objects.get(pk=number), Stated())
    work_out(Reckoning.objects.get(pk=begun.pk).pk)


# What stands for each part of an address, by how the route begins; the longest that fits is taken.
PARTS: Mapping[str, Mapping[str, LiteralString]] = {
    "": {
        "slug:slug": "SELECT 'tea-house'",
        "slug:key": "SELECT 'often-here'",
        "uuid:member_id": "SELECT member_id FROM ledger_account ORDER BY available DESC LIMIT 1",
        "uuid:issued_id": "SELECT id FROM rewards_issued WHERE reward = 'museum' ORDER BY state = 'issued' DESC, id",
        "uuid:checkout_id": "SELECT id FROM rewards_checkout WHERE state = 'captured' ORDER BY id LIMIT 1",
        "path:key": "SELECT key FROM ledger_order WHERE refunded_minor > 0 ORDER BY points DESC LIMIT 1",
        "uuid:number": "SELECT '00000000-0000-4000-8000-000000000000'",
        "slug:name": "SELECT 'rfm'",
        "slug:definition": "SELECT 'retention-rate'",
        "str:name": "SELECT 'wheel'",
        "str:token": "SELECT 'a-link-that-was-used'",
    },
    "m/<slug:slug>/mine": {
        "uuid:issued_id": "SELECT id FROM rewards_issued WHERE state = 'issued' AND member_id ="
        " (SELECT member_id FROM ledger_account ORDER BY available DESC LIMIT 1) ORDER BY id LIMIT 1",
    },
    "m/<slug:slug>/rewards": {"str:name": "SELECT 'hundred-off'"},
    "programs/<slug:slug>/imports": {"int:number": "SELECT id FROM intake_upload ORDER BY id LIMIT 1"},
    "programs/<slug:slug>/members/<uuid:member_id>/merge/": {
        "uuid:member_id": "SELECT member_id FROM ledger_account WHERE member_id IN"
        " (SELECT member_id FROM ledger_fact WHERE kind = 21) ORDER BY available DESC LIMIT 1",
        "uuid:number": "SELECT key FROM ledger_fact WHERE kind = 21 LIMIT 1",
    },
    "programs/<slug:slug>/program": {"int:number": "SELECT 1"},
    "programs/<slug:slug>/program/drafts": {"int:number": "SELECT id FROM programs_programdraft ORDER BY id LIMIT 1"},
    "programs/<slug:slug>/rewards/codes": {"int:number": "SELECT id FROM rewards_batch WHERE coupon <> '' LIMIT 1"},
    "programs/<slug:slug>/rewards/coupons": {"str:name": "SELECT 'spring'"},
    "programs/<slug:slug>/settings/staff": {"int:number": "SELECT id FROM access_staff ORDER BY id LIMIT 1"},
    "security/passkeys": {"int:pk": "SELECT id FROM mfa_authenticator WHERE type = 'webauthn' LIMIT 1"},
}
# What allauth shows, it shows in our templates.
DOORS = ("regulars.console", "regulars.portal", "allauth")
# Pages of others: of the API.
OTHERS = ("v1/docs", "v1/problems")
# What is no page of its own: files, answers to scripts, and what only sends elsewhere.
NO_PAGES = re.compile(
    r"^$|^theme|embed|manifest|worker\.js|download|export|\.csv|/progress$|/rejects$|sign-out|^m/.*/(code|join)$|^v1/docs"
    r"|^sign-in/passkey$|^security/passkeys$"
)
FOR_NOBODY = ("sign-in", "m/<slug:slug>/enter")
# Whoever has no app yet sets one up.
FOR_STAFF = ("security/app",)
# What is asked at the end of an address, so that there is something to show.
ASKED = {
    "programs/<slug:slug>/members/<uuid:member_id>/merge": "?search=10",
    "programs/<slug:slug>/returns/<path:key>": "?line-2=1",
    "programs/<slug:slug>/till/<uuid:member_id>": "?amount=1280",
}


def pages() -> dict[str, str]:
    """The address in the full house of every route of console and portal that opens something, by the route."""
    ours = [route for route in routes() if route.opens and getattr(route.mark, "__module__", "").startswith(DOORS)]
    new = {f"{CORNER}/{path}": f"/programs/{CORNER}/{path}" for path in PAGES_OF_CORNER}
    return {one.path: _address(one) for one in ours} | {path: f"/{path}" for path in OTHERS} | new


def visitor_of(route: str) -> str:
    """Who opens it: somebody of the "staff", one who is "secured" by a second step, one "arriving" who is asked for it,
    a "member", or "nobody" whom we know."""
    if route in FOR_NOBODY:
        return "nobody"
    if route == "sign-in/second-step":
        return "arriving"
    if route.startswith("security") and route not in FOR_STAFF:
        return "secured"
    return "member" if route.startswith("m/") else "staff"


def _address(route: Route) -> str:
    path = route.path
    for begun in sorted(PARTS, key=len, reverse=True):
        for part, found in PARTS[begun].items() if path.startswith(begun) or not begun else ():
            path = path.replace(f"<{part}>", str(_one(found))) if f"<{part}>" in path else path
    return f"/{path}{ASKED.get(route.path, '')}"


def _one(found: LiteralString) -> object:
    [[value], *_others] = rows(raw(), found) or [[None]]
    return value


def visitors(staff: Client, secured: Client) -> dict[str, Client]:
    """The browsers of all who open pages, given those of the staff."""
    member, arriving = Client(), Client()
    member.post(richest_member_link())
    arriving.post("/sign-in", {"login": "mei", "password": PASSWORD})
    return {"staff": staff, "secured": secured, "arriving": arriving, "member": member, "nobody": Client()}


def richest_member_link() -> str:
    """Opens the portal as the member with the most points."""
    token = f"link-{timezone.now().timestamp()}"
    make_link(_one(PARTS[""]["uuid:member_id"]), token, timezone.now())  # type: ignore[arg-type]
    return f"/m/tea-house/link/{token}"
