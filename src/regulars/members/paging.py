"""Where a list was left: the sort key and id of its last row, as a token that goes into an address."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import msgspec
from msgspec import Struct


class Position(Struct, frozen=True, array_like=True):
    key: int | str
    id: UUID


def token_of(position: Position) -> str:
    return urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def position_of(token: str, kind: type) -> Position:
    """The place in a list sorted by keys of this kind. Raises ValueError for what `token_of` did not make."""
    try:
        position = msgspec.json.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=Position)
    except (ValueError, msgspec.MsgspecError) as error:
        raise ValueError("not a place in a list") from error
    if not isinstance(position.key, kind) or "\0" in str(position.key):
        raise ValueError("not a place in this list")
    return position
