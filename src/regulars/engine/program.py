"""A program, compiled: the version in force decides each step."""

from collections.abc import Sequence
from datetime import tzinfo

from msgspec import Struct


class Programs:
    """The versions of one program in order of their start.

    `program_id`, `zone` (tzinfo) and `currency` (ISO 4217) hold for all versions.
    """

    program_id: int
    zone: tzinfo
    currency: str
