"""A file without a mapping: how it looks, as a mapping to begin with; what is not clear is for somebody to say."""

import json
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.intake.proposing import Proposal, proposed, why_unclear
from regulars.intake.reading.peeking import peek


def proposal_of(file: Path) -> Proposal:
    """Raises Unreadable, OSError."""
    found = peek(file)
    return proposed(found, found.guess)


def questions(proposal: Proposal, zone: tzinfo) -> Iterator[str]:
    """What has to be said before the file can be read."""
    if proposal.missing:
        yield _("No column looks like: %(missing)s.") % {"missing": ", ".join(proposal.missing)}
    for name in proposal.unclear:
        yield why_unclear(proposal.manner, name)
        yield from (f"  {way}" for way in readings(proposal, name, zone))


def readings(proposal: Proposal, name: str, zone: tzinfo) -> Iterator[str]:
    """What each way makes of a value of the file, on the shop's clock."""
    if name == "time_format":
        for one in proposal.manner.times:
            yield f"time_format: {_quoted(one.form)}  # {one.example} → {one.on_clock(zone):%Y-%m-%d %H:%M}"
    else:
        for way in proposal.manner.numbers:
            signs = f"decimal: {_quoted(way.decimal)}, thousands: {_quoted(way.thousands)}"
            yield f"{signs}  # {way.example} → {way.read:f}"


def mapping_file(proposal: Proposal) -> Iterator[str]:
    """As docs/import.md has it; what is unclear is left out."""
    unsaid = {"decimal", "thousands"} if "numbers" in proposal.unclear else set()
    for name, value in proposal.said.items():
        if name not in proposal.unclear and name not in unsaid:
            yield f"{name}: {_quoted(value)}"


def _quoted(value: object) -> str:
    """JSON is YAML, too."""
    return json.dumps(value, ensure_ascii=False)
