"""Two members who are one person: what each has, what they have together, and merges that can be undone."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from regulars.console import people, reasons
from regulars.console.adjusting import foreseen
from regulars.engine.facts import Merge
from regulars.ledger import codec
from regulars.ledger import queries as ledger
from regulars.ledger.connect import raw
from regulars.members import queries as members
from regulars.members import uniting
from regulars.members.queries import MemberLine
from regulars.programs import wording
from regulars.programs.explain import said as sentence
from regulars.storefront.shop import Shop
from regulars.storefront.timeline import UNITING

FOUND_AT_MOST = 10
REFUSED: Mapping[str, Promise] = {
    "account_closed": gettext_lazy("One of them left the program: that account is closed."),
    "already_one": gettext_lazy("They are one already."),
    "member_unknown": gettext_lazy("There is no such member"),
    "merge_not_last": gettext_lazy("A later merge of this member has to be undone first."),
    "merge_unknown": gettext_lazy("There is no such merge, or it was undone already."),
    "number_reused": gettext_lazy("Something else was asked for under this number"),
    "not_a_member": gettext_lazy("Only two members become one: somebody of them has not joined."),
}


class Side(Struct, frozen=True):
    """One account, before or after. `points` by wallet; `worth` is all there is of each, less what is owed."""

    title: str
    number: str
    tier: str
    points: list[str]
    pending: str
    owed: str
    orders: int
    worth: Mapping[str, int]


class Preview(Struct, frozen=True):
    """`goes` are the entries that put right what two have otherwise than one, `sums` what that comes to."""

    before: list[Side]
    after: list[Side]
    goes: list[str]
    sums: list[str]


class Merged(Struct, frozen=True):
    """A merge that still holds; only the latest one can be undone."""

    key: str
    who: str
    who_id: UUID
    at: datetime
    by: str
    reason: str
    is_last: bool


def found(shop: Shop, member: MemberLine, search: str, *, personal: bool) -> list[MemberLine]:
    """Others who might be the same person; those alike in e-mail or telephone are found by searching for it."""
    if not search:
        return []
    page = members.page(shop.id, search, limit=FOUND_AT_MOST + 1, personal=personal)
    return [line for line in page.lines if line.id != member.id][:FOUND_AT_MOST]


def preview(shop: Shop, member: MemberLine, other: MemberLine) -> Preview:
    """What they would have as one. Raises UnitingRefused, Refused."""

    def act() -> None:
        programs = shop.published.programs
        uniting.unite(programs, member.id, other.id, shop.now, number=uuid4(), reason="same_person", actor="preview")

    return foreseen(lambda: _told(shop, [member, other], [member], act))


def preview_of_parting(shop: Shop, member: MemberLine, other: MemberLine, merge: str) -> Preview:
    """What each would have again. Raises UnitingRefused, Refused."""

    def act() -> None:
        uniting.part(shop.published.programs, member.id, merge, shop.now, number=uuid4(), reason="x", actor="preview")

    return foreseen(lambda: _told(shop, [member], [member, other], act))


def _told(shop: Shop, before: list[MemberLine], after: list[MemberLine], act: Callable[[], None]) -> Preview:
    had = [_side(shop, line) for line in before]
    [known] = ledger.entries(raw(), shop.id, after[0].id, None, 1) or [None]
    act()
    has = [_side(shop, line) for line in after]
    since = known.seq if known else 0
    new = [line.entry for line in ledger.entries(raw(), shop.id, after[0].id, None, 200) if line.seq > since]
    moved = [entry for entry in new if entry.kind in UNITING and "issued" not in (entry.source, entry.target)]
    goes = [sentence(entry, shop.published.programs) for entry in new if entry not in moved]
    return Preview(had, has, goes, list(_sums(shop, had, has)))


def _sums(shop: Shop, had: list[Side], has: list[Side]) -> Iterator[str]:
    """By how much they have less, or more, than before."""
    for name in {name: None for side in (*had, *has) for name in side.worth}:
        before, after = (sum(side.worth.get(name, 0) for side in sides) for sides in (had, has))
        if after != before:
            said = _("%(points)s less than before") if after < before else _("%(points)s more than before")
            yield said % {"points": wording.points(abs(after - before), name, shop.published.programs)}


def _side(shop: Shop, line: MemberLine) -> Side:
    programs = shop.published.programs
    held = ledger.statement(raw(), programs, line.id, shop.now)
    balances = held.balances if held else {}
    main = balances.get(programs.main_wallet)
    return Side(
        title=people.called(line),
        number=people.number(line),
        tier=shop.tier(held.tier) if held else "",
        points=[wording.points(balance.available, name, programs) for name, balance in balances.items()],
        pending=wording.points(main.pending, programs.main_wallet, programs) if main and main.pending else "",
        owed=wording.points(main.deficit, programs.main_wallet, programs) if main and main.deficit else "",
        orders=held.account.orders if held else 0,
        worth={name: one.available + one.pending + one.held - one.deficit for name, one in balances.items()},
    )


def merges(shop: Shop, held: ledger.Statement | None, heard: reasons.Heard, *, personal: bool) -> list[Merged]:
    """Those that hold, the latest first; `heard` is what was decided about the member."""
    joined = list(reversed(held.account.joined)) if held else []
    if not joined or held is None:
        return []
    by_key = {fact.key: fact for fact, _words in heard.found if isinstance(fact, Merge)}
    known = members.several(shop.id, {UUID(names[0]) for _key, names in joined}, personal=personal)
    shown = []
    for place, (key, names) in enumerate(joined):
        fact = by_key[key]
        line = known.get(UUID(names[0]))
        shown.append(
            Merged(
                key=key,
                who=people.called(line) if line else "–",
                who_id=UUID(names[0]),
                at=shop.local(fact.at),
                by=heard.called.get(fact.actor, ""),
                reason=reasons.said(fact.reason),
                is_last=place == 0,
            )
        )
    return shown


def absorbed(shop: Shop, member_id: UUID, merge: str, *, personal: bool) -> MemberLine | None:
    """Who became part of the member by this merge; None where there is no such merge."""
    told = ledger.said_about(raw(), shop.id, [member_id], [codec.KINDS[Merge]])
    names = [fact.absorbed for fact, _words in told if isinstance(fact, Merge) and fact.key == merge]
    return members.get(shop.id, UUID(names[0]), personal=personal) if names else None
