"""What a plan was made of, so that nothing else is published on its strength."""

from hashlib import sha256

import msgspec
from msgspec import Struct

from regulars.engine.document import shape
from regulars.engine.problems import Problem
from regulars.programs.tree import grown


class PlanOf(Struct, frozen=True):
    """`document` is the digest of the draft's meaning; `newest` the program's newest version then, 0 before the first.

    A plan over a file knows of no version: None.
    """

    program: str
    document: str
    newest: int | None = None


def plan_of(document_text: str, newest: int | None = None) -> PlanOf:
    """Raises DocumentErrors and Unreadable."""
    raw = shape(grown(document_text).tree)
    return PlanOf(raw.program, sha256(msgspec.json.encode(raw, order="deterministic")).hexdigest(), newest)


def unplanned(planned: PlanOf, document_text: str) -> Problem | None:
    """Why this document must not be published on the strength of that plan, if so."""
    now = plan_of(document_text)
    if now.program != planned.program:
        return Problem("program", now.program, "other_program", (planned.program,))
    return None if now.document == planned.document else Problem("", "", "changed_since_plan")
