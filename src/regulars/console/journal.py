"""The log: who changed what, newest first; one reading over everything that says so.

Nothing is written for it. Versions, segments, deeds about rewards, notes and facts that somebody decided have rows of
their own, only ever added to; `access_change` holds what has none. What the program dates by its own clock, which may
live in another time, is brought to the real one.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, LiteralString

from django.utils import timezone
from msgspec import Struct, json

from regulars.engine.calendar import datetime_of, instant_of
from regulars.engine.facts import Adjustment, Merge, Unmerge
from regulars.ledger import codec, contents
from regulars.ledger.connect import raw
from regulars.ledger.queries import decided_lately
from regulars.storefront.shop import Shop

PLACE = re.compile(r"([0-9]{1,16})\.([a-z]+:[^\s\0]{0,200})")
FACT, AFTER_ALL = "fact:", "\U0010ffff"
DECIDED = tuple(codec.KINDS[kind] for kind in (Adjustment, Merge, Unmerge))
# Each of these tells lines by the instant and a key that orders what happened at once.
KEPT: LiteralString = """
    SELECT at, 'change:' || lpad(id::text, 12, '0') AS key, what, about, actor, before, after FROM access_change
    WHERE split_part(about, ':', 1) = ANY(%(abouts)s)
        AND (about NOT LIKE 'key:%%' OR substr(about, 5) IN
            (SELECT prefix FROM access_apikey WHERE program_id = %(program)s))
        AND (about NOT LIKE 'program:%%' OR about = 'program:' || %(program)s)
        AND (about NOT LIKE 'member:%%' OR program_id = %(program)s)
"""
VERSIONS: LiteralString = """
    SELECT published_at - %(ahead)s, 'version:' || lpad(number::text, 12, '0'), 'program.published',
        'program:' || program_id, published_by,
        CASE WHEN number > 1 THEN jsonb_build_object('version', number - 1) ELSE '{}' END,
        jsonb_build_object('version', number, 'why', note)
    FROM programs_programversion WHERE program_id = %(program)s
"""
SWITCHES: LiteralString = """
    SELECT said_at, 'switch:' || lpad(id::text, 12, '0'),
        CASE WHEN is_asked THEN 'program.one_asked' ELSE 'program.two_people' END,
        'program:' || program_id, said_by,
        jsonb_build_object('two_people', COALESCE((
            SELECT e.required FROM programs_twopeople AS e
            WHERE e.program_id = t.program_id AND e.id < t.id AND NOT e.is_asked ORDER BY e.id DESC LIMIT 1
        ), FALSE)),
        jsonb_build_object('two_people', required)
    FROM programs_twopeople AS t WHERE program_id = %(program)s
"""
SEGMENTS: LiteralString = """
    SELECT c.at, 'segment:' || lpad(c.id::text, 12, '0'), 'segment.' || what, 'segment:' || s.name, actor,
        c.before - 'archived', c.after - 'archived'
    FROM segments_segmentchange AS c JOIN segments_segment AS s ON s.id = c.segment_id
    WHERE s.program_id = %(program)s
"""
# Words about stock and codes name no member; those about a checkout may.
DEEDS: LiteralString = """
    SELECT d.at - %(ahead)s, 'deed:' || lpad(d.id::text, 12, '0'), split_part(d.about, ':', 1) || '.' || d.what,
        CASE WHEN b.coupon <> '' THEN 'coupon:' || b.coupon WHEN b.reward <> '' THEN 'reward:' || b.reward
        WHEN c.member_id IS NOT NULL THEN 'member:' || c.member_id WHEN d.about LIKE 'stock:%%'
        THEN 'reward:' || substr(d.about, 7) ELSE '' END, d.actor, '{}'::jsonb,
        jsonb_build_object('quantity', d.quantity, CASE WHEN c.id IS NULL THEN 'why' ELSE 'words' END, d.reason)
    FROM rewards_deed AS d
    LEFT JOIN rewards_batch AS b ON d.about = 'batch:' || b.id
    LEFT JOIN rewards_checkout AS c ON d.about = 'checkout:' || c.id
    WHERE d.program_id = %(program)s
"""
BATCHES: LiteralString = """
    SELECT made_at - %(ahead)s, 'batch:' || lpad(b.id::text, 12, '0'), 'batch.made',
        CASE WHEN coupon <> '' THEN 'coupon:' || coupon ELSE 'reward:' || reward END, made_by, '{}'::jsonb,
        jsonb_build_object('quantity', wanted)
    FROM rewards_batch AS b WHERE program_id = %(program)s AND made_by <> 'personal' AND NOT EXISTS (
        SELECT FROM rewards_deed AS d
        WHERE d.program_id = b.program_id AND d.about = 'batch:' || b.id AND d.what = 'imported'
    )
"""
# What people gave or took away at a desk, nobody having paid for it there.
COPIES: LiteralString = """
    SELECT h.at - %(ahead)s, 'copy:' || lpad(h.id::text, 12, '0'), 'copy.' || what, 'member:' || i.member_id, actor,
        '{}'::jsonb, jsonb_build_object('reward', i.reward, 'words', h.reason)
    FROM rewards_happened AS h JOIN rewards_issued AS i ON i.id = h.issued_id
    WHERE h.program_id = %(program)s AND h.what IN ('cancelled', 'issued') AND h.actor LIKE 'staff:%%'
        AND h.checkout_id IS NULL
"""
ASKED: LiteralString = """
    SELECT asked_at - %(ahead)s, 'asked:' || id, 'points.asked', 'member:' || member_id, asked_by, '{}'::jsonb,
        jsonb_build_object('wallet', wallet, 'points', points, 'reason', reason, 'words', words)
    FROM rewards_askedadjustment WHERE program_id = %(program)s
    UNION ALL
    SELECT decided_at - %(ahead)s, 'denied:' || id,
        CASE WHEN decided_by = asked_by THEN 'points.withdrawn' ELSE 'points.declined' END, 'member:' || member_id,
        decided_by, jsonb_build_object('wallet', wallet, 'points', points, 'reason', reason), '{}'::jsonb
    FROM rewards_askedadjustment WHERE program_id = %(program)s AND outcome = 'declined'
"""
NOTES: LiteralString = """
    SELECT n.at, 'note:' || lpad(n.id::text, 12, '0'), 'note.written', 'member:' || member_id, author, '{}'::jsonb,
        jsonb_build_object('words', n.words)
    FROM members_note AS n JOIN members_member AS m ON m.id = n.member_id WHERE m.program_id = %(program)s
    UNION ALL
    SELECT n.struck_at, 'struck:' || lpad(n.id::text, 12, '0'), 'note.struck', 'member:' || member_id, struck_by,
        jsonb_build_object('words', n.words), '{}'::jsonb
    FROM members_note AS n JOIN members_member AS m ON m.id = n.member_id
    WHERE m.program_id = %(program)s AND n.struck_at IS NOT NULL
"""
NEWEST: LiteralString = """
    SELECT at, key, what, about, actor, before, after FROM ({kinds}) AS told
    WHERE (at, key COLLATE "C") < (%(at)s, %(key)s COLLATE "C") ORDER BY at DESC, key COLLATE "C" DESC LIMIT %(limit)s
"""


class Line(Struct, frozen=True):
    """Who did what to what: `about` and the words of `before` and `after` as they are kept. `at` by the real clock."""

    at: datetime
    key: str
    what: str
    about: str
    actor: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def place(self) -> str:
        """Where a page that ends with it goes on."""
        return f"{instant_of(self.at)}.{self.key}"


class Kind(Struct, frozen=True):
    """What is looked at by itself: what `access_change` says about these, and what others tell."""

    abouts: tuple[str, ...]
    tellers: tuple[LiteralString, ...] = ()
    decided: bool = False


KINDS: Mapping[str, Kind] = {
    "keys": Kind(("key",)),
    "members": Kind(("member",), (ASKED, NOTES), decided=True),
    "program": Kind(("program",), (VERSIONS, SWITCHES)),
    "rewards": Kind((), (DEEDS, BATCHES, COPIES)),
    "segments": Kind((), (SEGMENTS,)),
    "staff": Kind(("policy", "staff")),
}
ALL = Kind(
    tuple(about for kind in KINDS.values() for about in kind.abouts),
    tuple(teller for kind in KINDS.values() for teller in kind.tellers),
    decided=True,
)


def lines(shop: Shop, kind: str, place: str, limit: int) -> list[Line]:
    """The newest, or those before a place."""
    asked = KINDS.get(kind, ALL)
    last = PLACE.fullmatch(place)
    at = datetime_of(int(last[1])) if last else timezone.now() + timedelta(days=1)
    key = last[2] if last else ""
    ahead = timedelta(microseconds=shop.published.clock_offset_us)
    values = {
        "abouts": list(asked.abouts), "program": shop.id, "ahead": ahead, "at": at, "key": key, "limit": limit,
    }  # fmt: skip
    told = NEWEST.replace("{kinds}", " UNION ALL ".join((KEPT, *asked.tellers)))
    found = raw().execute(told, values).fetchall()
    kept = [Line(*row[:5], json.decode(row[5]), json.decode(row[6])) for row in found]
    decided = _decided(shop, at, key, limit) if asked.decided else []
    return sorted([*kept, *decided], key=lambda one: (one.at, one.key), reverse=True)[:limit]


def _decided(shop: Shop, at: datetime, key: str, limit: int) -> Iterator[Line]:
    """Points by hand, and members who became one or two again."""
    ahead = timedelta(microseconds=shop.published.clock_offset_us)
    before = key.removeprefix(FACT) if key.startswith(FACT) else AFTER_ALL if key > FACT else ""
    for when, member_id, fact, words in decided_lately(raw(), shop.id, DECIDED, at + ahead, before, limit):
        about, said = f"member:{member_id}", {"words": words}
        match fact:
            case Adjustment() if fact.approver == contents.APPROVER:
                said |= {"wallet": fact.wallet, "points": fact.points}
                yield Line(when - ahead, f"{FACT}{fact.key}", "points.credited", about, contents.APPROVER, {}, said)
            case Adjustment():
                said |= {"wallet": fact.wallet, "points": fact.points, "reason": fact.reason, "second": fact.approver}
                yield Line(when - ahead, f"{FACT}{fact.key}", "points.adjusted", about, fact.actor, {}, said)
            case Merge():
                about, said = f"member:{fact.survivor}", {"with": fact.absorbed, "reason": fact.reason}
                yield Line(when - ahead, f"{FACT}{fact.key}", "member.merged", about, fact.actor, {}, said)
            case Unmerge():
                said |= {"reason": fact.reason}
                yield Line(when - ahead, f"{FACT}{fact.key}", "member.parted", about, fact.actor, {}, said)
