"""Readings of the members: frozen values out.

Names, e-mail addresses and phone numbers come out only when `personal` is True; without it neither the search nor the
order of a list can be used to find them out. Some shops know their customers by an address or a telephone number alone:
then the shop's number is one, and is kept back like one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from msgspec import Struct

from regulars.ledger.connect import raw, rows
from regulars.members.paging import Position, position_of, token_of
from regulars.members.sql import statement
from regulars.members.telephones import spellings

PAGE_LIMIT = 200
SEARCH_LIMIT = 100
# What a list can be sorted by. A "-" before it turns it round.
SORTS = {
    "last_order": "coalesce((extract(epoch FROM a.last_order_at) * 1000000)::bigint, -1)",
    "name": "m.label",
    "points": "coalesce(a.available, 0)",
    "spend": "coalesce(a.spend_minor, 0)",
}
AFTER_ORDER = """
    (a.last_order_at, a.member_id)
        < ('epoch'::timestamptz + %(after_key)s * interval '1 microsecond', %(after_id)s::uuid)
"""
# An address, or a number that is a telephone's by itself: with a plus, a mobile's in Taiwan or mainland China, or a
# landline's there whose area code stands apart; one written as digits alone may be any number that a shop counts. Most
# numbers show by how they begin that they are none.
NAMES_SOMEBODY = (
    "(strpos({0}, '@') > 0 OR {0} ~ '^[+(018]' AND regexp_replace({0}, '[ ().-]', '', 'g')"
    " ~ '^(\\+[0-9]{{7,15}}|(09|8869)[0-9]{{8}}|(86)?1[3-9][0-9]{{9}})$'"
    " OR {0} ~ '^([(]0(10|[2-9][0-9]{{0,2}})[)] ?|0(10|[2-9][0-9]{{0,2}})[ -])[0-9]{{3,4}}[ -]?[0-9]{{3,4}}$')"
)
NUMBERS = ("m.external_id", "m.card")
IMPERSONAL = {number: f"CASE WHEN {NAMES_SOMEBODY.format(number)} THEN '' ELSE {number} END" for number in NUMBERS}
IMPERSONAL_SORTS = {**SORTS, "name": IMPERSONAL["m.external_id"]}

CONDITIONS = {
    "tier": "a.tier = %(tier)s",
    "has_points": "(coalesce(a.available, 0) > 0) = %(has_points)s",
    "ordered_since": "a.last_order_at >= %(ordered_since)s",
    "not_ordered_since": "(a.last_order_at IS NULL OR a.last_order_at < %(not_ordered_since)s)",
    "made": "m.made = %(made)s",
}
# As the index has it (migration 0004).
DIGITS = "regexp_replace(m.phone, '[^0-9]', '', 'g')"
PHONE_IS = f"(m.phone <> '' AND {DIGITS} = ANY(%(phones)s))"
WORDS_BEGIN = "m.words @@ %(search)s::tsquery"
NUMBER_BEGINS = " OR ".join(f"({number} LIKE %(search)s AND NOT {NAMES_SOMEBODY.format(number)})" for number in NUMBERS)
# Told apart from '' so that the index of those who have a number serves.
# The index has only those with a number, so it is asked of the member's own column.
IDS_OF = """
    SELECT m.external_id, m.id FROM unnest(%b::text[]) AS wanted (external_id)
    JOIN members_member AS m ON m.external_id = wanted.external_id
    WHERE m.program_id = %s AND m.external_id <> ''
"""
MEMBERS_OF = f"{IDS_OF} AND m.joined_at IS NOT NULL"
CARDED = """
    SELECT m.card, m.id FROM unnest(%b::text[]) AS wanted (card)
    JOIN members_member AS m ON m.card = wanted.card WHERE m.program_id = %s AND m.card <> ''
"""
ID_OF = "SELECT id FROM members_member WHERE program_id = %s AND external_id <> '' AND external_id = %s"


class Filters(Struct, frozen=True):
    """Which members a list shows; what is None does not matter. `not_ordered_since`: the last order is older."""

    tier: str | None = None
    has_points: bool | None = None
    ordered_since: datetime | None = None
    not_ordered_since: datetime | None = None
    made: bool | None = None


class MemberLine(Struct, frozen=True):
    """A member with the plain figures of the account, which are as of its last entry; `spend_minor` in minor units."""

    id: UUID
    external_id: str
    card: str
    name: str
    email: str
    phone: str
    language: str
    joined_at: datetime | None
    made: bool
    tier: str
    available: int
    pending: int
    orders: int
    spend_minor: int
    first_order_at: datetime | None
    last_order_at: datetime | None
    enrolled_at: datetime | None


class Page(Struct, frozen=True):
    """`after` asks for the next page; None on the last one."""

    lines: list[MemberLine]
    after: str | None


ALL = Filters()


def page(
    program_id: int,
    search: str = "",
    filters: Filters = ALL,
    sort: str = "name",
    after: str | None = None,
    limit: int = 50,
    *,
    personal: bool = True,
) -> Page:
    """Members in order of `sort`. Raises ValueError for a sort that does not exist or an `after` we never gave out."""
    where, values = _which(program_id, search, filters, personal)
    limit = min(limit, PAGE_LIMIT)
    rows = _rows(where, values, sort, position_of(after, _kind(sort)) if after else None, limit + 1, personal)
    lines = [_line(row, personal) for row in rows[:limit]]
    token = token_of(Position(rows[limit - 1][-1], rows[limit - 1][0])) if len(rows) > limit else None
    return Page(lines, token)


def count(program_id: int, search: str = "", filters: Filters = ALL, *, personal: bool = True) -> int:
    """How many members there are on all pages."""
    where, values = _which(program_id, search, filters, personal)
    with connection.cursor() as cursor:
        cursor.execute(statement("count").format(which=where), values)
        return int(cursor.fetchone()[0])


def get(program_id: int, member_id: UUID, *, personal: bool = True) -> MemberLine | None:
    return _one(program_id, "m.id = %(sought)s", member_id, personal)


def get_external(program_id: int, external_id: str, *, personal: bool = True) -> MemberLine | None:
    """The member whom the shop knows by this number."""
    return _one(program_id, "m.external_id <> '' AND m.external_id = %(sought)s", external_id, personal)


def id_of(program_id: int, external_id: str) -> UUID | None:
    """Who the member is whom the shop knows by this number: all that a till needs."""
    found = rows(raw(), ID_OF, [program_id, external_id])
    return found[0][0] if found else None


def ids_of(program_id: int, external_ids: Iterable[str]) -> dict[str, UUID]:
    """Who those are whom the shop knows by these numbers."""
    return dict(rows(raw(), IDS_OF, [list(external_ids), program_id]))


def members_of(program_id: int, external_ids: Iterable[str]) -> dict[str, UUID]:
    """Who those are, of whom have joined; not who is known from orders alone."""
    return dict(rows(raw(), MEMBERS_OF, [list(external_ids), program_id]))


def carded(program_id: int, cards: Iterable[str]) -> dict[str, UUID]:
    """Whose these cards are."""
    return dict(rows(raw(), CARDED, [list(cards), program_id]))


def get_card(program_id: int, card: str, *, personal: bool = True) -> MemberLine | None:
    """The member who has this card; its QR says its number."""
    return _one(program_id, "m.card <> '' AND m.card = %(sought)s", card, personal)


def get_phone(program_id: int, phone: str, *, personal: bool = True) -> list[MemberLine]:
    """Members with this telephone number, however it is written; several may share one. Two are enough to know so."""
    phones = spellings(phone)
    if not phones:
        return []
    where = f"m.program_id = %(program_id)s AND {PHONE_IS}"
    rows = _rows(where, {"program_id": program_id, "phones": phones}, "name", None, 2, personal)
    return [_line(row, personal) for row in rows]


def several(program_id: int, member_ids: Iterable[UUID], *, personal: bool = True) -> dict[UUID, MemberLine]:
    """Those of these members who are known, by their id."""
    sought = list(member_ids)
    where = "m.program_id = %(program_id)s AND m.id = ANY(%(sought)s)"
    found = _rows(where, {"program_id": program_id, "sought": sought}, "name", None, len(sought), personal)
    return {row[0]: _line(row, personal) for row in found}


def _one(program_id: int, condition: str, sought: object, personal: bool) -> MemberLine | None:
    where = f"m.program_id = %(program_id)s AND {condition}"
    rows = _rows(where, {"program_id": program_id, "sought": sought}, "name", None, 1, personal)
    return _line(rows[0], personal) if rows else None


def _rows(
    where: str, values: Mapping[str, Any], sort: str, after: Position | None, limit: int, personal: bool
) -> list[tuple[Any, ...]]:
    key = (SORTS if personal else IMPERSONAL_SORTS).get(sort.removeprefix("-"))
    if key is None:
        raise ValueError(f"no such sort: {sort}; there are {', '.join(SORTS)}")
    way, beyond = ("DESC", "<") if sort.startswith("-") else ("ASC", ">")
    # An index would be read to its end for the few whom a search finds.
    who = "page_newest" if sort == "-last_order" and "search" not in values else "page_any"
    # A statement that is kept is planned for any place and limit, which is the plan for all members: so both are told.
    begins = f"({key}, m.id) {beyond} (%(after_key)s, %(after_id)s::uuid)" if after else "true"
    found = statement(who).format(
        key=key, way=way, which=where, after=begins, after_order=AFTER_ORDER if after else "true", limit=int(limit)
    )
    place = {"after_key": after.key, "after_id": after.id} if after else {}
    with connection.cursor() as cursor:
        external_id, card = NUMBERS if personal else IMPERSONAL.values()
        query = statement("page").format(page=found, way=way, external_id=external_id, card=card)
        cursor.execute(query, {**values, **place})
        return list(cursor.fetchall())


def _kind(sort: str) -> type:
    return str if sort.removeprefix("-") == "name" else int


def _line(row: tuple[Any, ...], personal: bool) -> MemberLine:
    number, external_id, card, name, email, phone, *rest = row[:-1]
    if not personal:
        name = email = phone = ""
    return MemberLine(number, external_id, card, name, email, phone, *rest)


def _which(program_id: int, search: str, filters: Filters, personal: bool) -> tuple[str, dict[str, Any]]:
    """The condition of a list, and the values in it."""
    asked = {name: getattr(filters, name) for name in CONDITIONS}
    values = {"program_id": program_id, **{name: value for name, value in asked.items() if value is not None}}
    chosen = ["m.program_id = %(program_id)s", *(CONDITIONS[name] for name in CONDITIONS if name in values)]
    search = search[:SEARCH_LIMIT].replace("\0", "").strip()
    if search:
        values["search"] = _query(search) if personal else _beginning(search)
        values["phones"] = spellings(search) if personal else []
        words = f"({WORDS_BEGIN} OR {PHONE_IS})" if values["phones"] else WORDS_BEGIN
        chosen.append(words if personal else f"({NUMBER_BEGINS})")
    return " AND ".join(chosen), values


def _query(search: str) -> str:
    """Every word of the search must begin a word of the member."""
    return " & ".join(map(_lexeme, search.lower().split()))


def _lexeme(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"


def _beginning(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
