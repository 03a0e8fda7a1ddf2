"""Two members turn out to be one person, or two after all: said by somebody, for a reason, once.

Both keep their number, their card and their name; what they have is in the account of the one who survives. Worked
examples: docs/rules/merge.md.
"""

from typing import TypeVar
from uuid import UUID

from django.db import transaction

from regulars.engine.decide import Refusal
from regulars.engine.facts import Merge, Unmerge
from regulars.engine.program import Programs
from regulars.ledger import codec, load, notes, uniting
from regulars.ledger.connect import raw, rows
from regulars.members.models import Member

# Why nobody was united or parted. Stable for ever.
REFUSALS = ("account_closed", "already_one", "member_unknown", "merge_not_last", "merge_unknown", "not_a_member",
            "number_reused")  # fmt: skip
KNOWN = """
    SELECT f.body FROM ledger_fact_key AS k
    JOIN ledger_fact AS f ON (f.program_id, f.member_id, f.kind, f.key) = (k.program_id, k.member_id, k.kind, k.key)
    WHERE k.program_id = %s AND k.kind = %s AND k.key = %s
"""
F = TypeVar("F", Merge, Unmerge)


class UnitingRefused(Exception):
    """Nothing was changed; `code` is one of REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def unite(
    programs: Programs, survivor: UUID, absorbed: UUID, now: int, *,
    number: UUID, reason: str, actor: str, words: str = "",
) -> None:  # fmt: skip
    """The survivor has everything of both. Under one `number` it is done once. Raises UnitingRefused."""
    found = Member.objects.filter(program_id=programs.program_id, id__in=(survivor, absorbed)).count()
    if found < len({survivor, absorbed}):
        raise UnitingRefused("member_unknown")
    load.accounts(raw(), programs.program_id, {survivor: False, absorbed: False})
    if known := _known(programs.program_id, Merge, number):
        _must_be((known.survivor, known.absorbed), (str(survivor), str(absorbed)))
        return
    asked = Merge(str(number), str(absorbed), str(survivor), now, str(absorbed), reason, actor)
    said = uniting.merge(raw(), programs, survivor, absorbed, asked, now)
    if isinstance(said, Refusal):
        raise UnitingRefused(said.code)
    notes.keep(raw(), programs.program_id, [(survivor, said, words)])


@transaction.atomic
def part(
    programs: Programs, survivor: UUID, merge: str, now: int, *,
    number: UUID, reason: str, actor: str, words: str = "",
) -> None:  # fmt: skip
    """The latest merge of a member was a mistake. Under one `number` it is done once. Raises UnitingRefused."""
    load.accounts(raw(), programs.program_id, {survivor: False})
    if known := _known(programs.program_id, Unmerge, number):
        _must_be((known.merge,), (merge,))
        return
    said = uniting.unmerge(raw(), programs, survivor, Unmerge(str(number), merge, now, reason, actor), now)
    if isinstance(said, Refusal):
        raise UnitingRefused(said.code)
    notes.keep(raw(), programs.program_id, [(survivor, said, words)])


def _known(program_id: int, kind: type[F], number: UUID) -> F | None:
    """What was done under this number."""
    found = rows(raw(), KNOWN, [program_id, codec.KINDS[kind], str(number)])
    fact = codec.decode_fact(found[0][0]) if found else None
    return fact if isinstance(fact, kind) else None


def _must_be(done: tuple[str, ...], asked: tuple[str, ...]) -> None:
    """Raises UnitingRefused where it was something else that was asked for."""
    if done != asked:
        raise UnitingRefused("number_reused")
