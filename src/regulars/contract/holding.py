"""Which of many requests must wait for somebody: found at once, so that the others need not be tried by halves."""

from collections.abc import Sequence

from django.db import transaction

from regulars.contract.asked import Asked
from regulars.ledger.connect import raw
from regulars.ledger.holding import held_accounts, held_facts
from regulars.members.queries import carded, ids_of
from regulars.programs.queries import Published


@transaction.atomic
def held(published: Published, asked: Sequence[Asked]) -> set[int]:
    """The numbers of those whose order or activity, or whose member, somebody else holds now. Nothing is held
    afterwards."""
    conn = raw()
    facts, owners = held_facts(conn, published.id, {key for ask in asked for key in ask.keys()})  # noqa: SIM118
    customers = {given.body.customer for ask in asked for given in ask.given if given.body.customer}
    known = ids_of(published.id, customers) if customers else {}
    cards = {given.body.card for ask in asked for given in ask.given if given.body.card is not None}
    carriers = carded(published.id, cards) if cards else {}
    members = [
        {owners.get(key) for key in ask.keys()}  # noqa: SIM118  # no mapping
        | {
            given.body.member or known.get(given.body.customer or "") or carriers.get(given.body.card or "")
            for given in ask.given
        }
        for ask in asked
    ]
    accounts = held_accounts(conn, published.id, {one for some in members for one in some if one is not None})
    return {
        number
        for number, (ask, some) in enumerate(zip(asked, members, strict=True))
        if facts & set(ask.keys()) or accounts & some
    }
