"""What staff wrote in their own words about a member's rewards goes when the member is forgotten.

Closing an account is announced by the ledger, which knows nothing of rewards. Codes, numbers and ids of staff stay:
they lead to nobody once the identity is deleted. See docs/adr/0009-words-beside-facts.md.
"""

from uuid import UUID

from django.db import transaction

from regulars.engine.program import Programs
from regulars.ledger import load, outbox
from regulars.ledger.connect import raw, run
from regulars.ledger.outbox import Letter

READER = "forgetting"
CLOSED = "account.closed"
OF_COPIES = """
    UPDATE rewards_happened AS h SET reason = '' FROM rewards_issued AS i
    WHERE i.program_id = %s AND i.member_id = ANY(%b) AND h.issued_id = i.id AND h.reason <> ''
"""
OF_CHECKOUTS = """
    UPDATE rewards_deed AS d SET reason = '' FROM rewards_checkout AS c
    WHERE c.program_id = %s AND c.member_id = ANY(%b)
        AND d.program_id = c.program_id AND d.about = 'checkout:' || c.id AND d.reason <> ''
"""


OF_ADJUSTMENTS = """
    UPDATE rewards_askedadjustment SET words = '' WHERE program_id = %s AND member_id = ANY(%b) AND words <> ''
"""


@transaction.atomic
def forget_words(programs: Programs, limit: int = 500) -> int:
    """Read on in the outbox, and forget what was written about whose account was closed; how much was read."""
    conn, program_id = raw(), programs.program_id
    read = outbox.unread(conn, program_id, READER, limit)
    closed = [member for letter in read if _closes(letter) for member in _parts(programs, letter.member_id)]
    if closed:
        run(conn, OF_COPIES, [program_id, closed])
        run(conn, OF_CHECKOUTS, [program_id, closed])
        run(conn, OF_ADJUSTMENTS, [program_id, closed])
    if read:
        outbox.has_read(conn, program_id, READER, read[-1])
    return len(read)


def _closes(letter: Letter) -> bool:
    return letter.told.kind == CLOSED and not letter.told.withdrawn


def _parts(programs: Programs, member_id: UUID) -> list[UUID]:
    """With a member go those who became part of them."""
    account = load.account(raw(), programs.program_id, member_id)
    return [member_id, *(UUID(name) for _, names in account.joined for name in names)]
