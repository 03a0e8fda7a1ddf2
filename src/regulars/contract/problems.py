"""Everything that a request can be refused for, as RFC 9457 problems.

A code is stable for ever and never reused: programs of our callers branch on it. Its title is for people, in their
language. `retry` says whether the same request may succeed later without a change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from regulars.ledger.claims import is_busy
from regulars.rewards import refusing
from regulars.rewards.pricing import refusals
from regulars.rewards.titles import TITLES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MEDIA_TYPE = "application/problem+json"


class Kind(Struct, frozen=True):
    status: int
    title: StrPromise
    retry: bool = False


KINDS: dict[str, Kind] = {
    "activity_conflict": Kind(409, _("This activity is known with other content")),
    "already_enrolled": Kind(409, _("This customer is a member already")),
    "attribute_undeclared": Kind(422, _("The program does not declare this attribute, or not with this value")),
    "body_too_large": Kind(413, _("The body is larger than 1 MB")),
    "body_too_slow": Kind(408, _("The body did not come in time"), retry=True),
    "busy": Kind(409, _("Somebody else is changing the same thing; try again in a moment"), retry=True),
    "card_mistyped": Kind(422, _("This card’s number is mistyped: its last digit does not go with the others.")),
    "card_taken": Kind(409, _("This card belongs to another member")),
    "customer_is_card": Kind(422, _("This is the number of a card: say it as card, not as customer")),
    "currency_mismatch": Kind(422, _("The program counts in another currency")),
    "duplicate_activity": Kind(422, _("The batch holds the same activity twice")),
    "duplicate_order": Kind(422, _("The batch holds the same order twice")),
    "idempotency_key_reused": Kind(422, _("This Idempotency-Key was used with other content")),
    "internal_error": Kind(500, _("Something went wrong on our side"), retry=True),
    "invalid": Kind(422, _("The request does not fit the description")),
    "key_unknown": Kind(401, _("An API key is needed, and this is none")),
    "length_required": Kind(411, _("The length of the body must be stated: send Content-Length")),
    "malformed_json": Kind(400, _("The body is not JSON")),
    "member_unknown": Kind(404, _("There is no such member")),
    "method_not_allowed": Kind(405, _("This address does not answer this method")),
    "not_found": Kind(404, _("There is nothing at this address")),
    "order_of_other_member": Kind(409, _("This order belongs to another member")),
    "order_unknown": Kind(422, _("A refund of an order that is not known")),
    "overloaded": Kind(429, _("More requests came than can be answered in time; try again in a moment"), retry=True),
    "permission_missing": Kind(403, _("This key may not do that")),
    "redemption_of_other_member": Kind(422, _("The points that the order names as a payment are another member's")),
    "redemption_undone": Kind(422, _("The points that the order names as a payment have gone back to the member")),
    "redemption_used": Kind(422, _("The points that the order names as a payment have paid for another order")),
    "referrer_unknown": Kind(422, _("Nobody who joined is known by that id, so nobody was brought by them")),
    "self_referral": Kind(422, _("Nobody brings themselves: both share an e-mail, telephone, card, address or device")),
    "timed_out": Kind(503, _("This took too long, and may have been kept; ask again, it is kept once"), retry=True),
    "token_over": Kind(401, _("This token is none, or it is too old: ask for another one")),
    "too_far_in_future": Kind(422, _("A time lies more than five minutes ahead")),
    "too_many_attempts": Kind(429, _("Too many wrong keys; wait a minute"), retry=True),
    "version_conflict": Kind(409, _("This version of the order is known with other content")),
    "words_in_fact": Kind(422, _("A reason is a code and a person is an id; words belong into a note")),
}


# Where the state of things forbids it, another request may be granted; where the request itself does, none like it.
CONFLICTS = frozenset((
    "adjustment_decided", "already_shipped", "budget_gone", "checkout_captured", "checkout_lapsed", "checkout_released",
    "checkout_voided", "code_held", "code_used", "coupon_limit_reached", "draw_blank", "fulfilment_order",
    "hold_closed", "hold_lapsed", "limit_reached", "more_than_left", "not_enough_points", "out_of_stock",
    "phone_ambiguous", "plan_endless", "pool_empty", "reward_limit_reached", "seed_lost", "uses_reached",
))  # fmt: skip
STATUSES = {
    "adjustment_unknown": 404,
    "approval_missing": 403,
    "approval_own": 403,
    "batch_unknown": 404,
    "checkout_unknown": 404,
    "issued_unknown": 404,
    "too_many_codes": 429,
}
RETRIES = {**refusals.CODES, **refusing.CODES}


def _kind(code: str) -> Kind:
    status = 409 if code in CONFLICTS else STATUSES.get(code, 422)
    return Kind(status, TITLES[code], RETRIES.get(code, status == 409))


KINDS = dict(sorted({**{code: _kind(code) for code in TITLES}, **KINDS}.items()))


class Fault(Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong with a request: `pointer` into the body (RFC 6901), or the name of a `parameter`."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(Exception):
    """Ends a request; nothing was changed."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        parameters: Mapping[str, int | str] | None = None,
    ) -> None:
        super().__init__(code, detail)
        self.code, self.detail, self.faults, self.headers = code, detail, tuple(faults), headers or {}
        self.parameters = dict(parameters or {})

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Problem:
        """The problem that a document of ours told of; its title is said anew, in the caller's language, its details
        stay as they were said."""
        faults = msgspec.convert(document.get("errors", []), list[Fault])
        parameters = msgspec.convert(document.get("parameters", {}), dict[str, int | str])
        return cls(str(document["code"]), str(document.get("detail", "")), faults, parameters=parameters)

    @property
    def status(self) -> int:
        return KINDS[self.code].status

    def document(self) -> dict[str, object]:
        """The problem in the language that is active now."""
        kind = KINDS[self.code]
        found: dict[str, object] = {
            "type": f"/v1/problems#{self.code}",
            "title": str(kind.title),
            "status": kind.status,
            "code": self.code,
            "retry": kind.retry,
        }
        if self.detail:
            found["detail"] = self.detail
        if self.parameters:
            found["parameters"] = self.parameters
        if self.faults:
            found["errors"] = self.faults_told()
        return found

    def faults_told(self) -> list[dict[str, str]]:
        """In the language that is active now."""
        return [_shown(fault) for fault in self.faults]

    def response(self) -> JsonResponse:
        return JsonResponse(self.document(), status=self.status, content_type=MEDIA_TYPE, headers=dict(self.headers))


def problem_of(error: Exception) -> Problem:
    """What is answered to an error, one that nobody foresaw too."""
    if isinstance(error, Problem):
        return error
    if is_busy(error):
        return Problem("busy", headers={"Retry-After": "1"})
    return Problem("internal_error")


def _shown(fault: Fault) -> dict[str, str]:
    place = {"pointer": fault.pointer, "parameter": fault.parameter}
    return {**{name: value for name, value in place.items() if value is not None}, "detail": str(fault.detail)}
