"""Goods that come back, over HTTP: what of it is money and what is points, before anybody takes them."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from regulars.api.answers import TierAnswer
from regulars.api.door import operation, program_of
from regulars.contract.returning import RefundQuoteBody, quoted

router = Router(tags=["Orders"])


class ReturnsAnswer(Schema):
    """Points that had paid, with the expiry they had; null: none."""

    wallet: str
    points: int
    expires_at: str | None


class ShortAnswer(Schema):
    """Points that the order had earned and that are spent by now."""

    wallet: str
    points: int
    policy: str = Field(description="deficit: owed; write_off: let go; charge: withheld in money.")


class RefundQuoteAnswer(Schema):
    """What the refund would do; nothing is kept."""

    cash: str = Field(description="Money for what comes back, without what points had paid.")
    withheld: str = Field(description="What of it the till keeps for points that are spent already.")
    pays: str = Field(description="What to give back in money: `cash` less `withheld`.")
    goes_back: dict[str, int] = Field(description="Points that it takes back, by wallet.")
    returns: list[ReturnsAnswer] = Field(description="Points that the member gets back.")
    short: list[ShortAnswer]
    tier: TierAnswer | None


@router.post("/refunds:quote", summary="Ask what a refund would do", **operation("orders:read", RefundQuoteAnswer))
def quote_refund(request: HttpRequest, body: RefundQuoteBody) -> dict[str, Any]:
    """What to give back in money, and which points come and go. To record it, put the order with its refund."""
    return quoted(program_of(request), body)
