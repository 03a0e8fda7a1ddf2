"""What machines hand over: one thing or a batch, each with its place in the body and its key in the ledger."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, TypeAlias

from django.utils import translation
from msgspec import Struct

from regulars.contract.bodies import ActivityBody, OrderBody
from regulars.contract.problems import Problem
from regulars.intake.orders import order_key
from regulars.ledger.codec import KIND_ACTIVITY, KIND_ORDER

Answer: TypeAlias = dict[str, Any] | Problem
# Of a request, and of a thing in it.
Place: TypeAlias = tuple[int, int]
# As their addresses have them, and the lists of their batches.
Sort: TypeAlias = Literal["activities", "orders"]
NOTHING_SAID = {"detail": None, "parameters": None}


class Given(Struct, frozen=True):
    """An order or an activity as it was handed over. `at` is its place in the body: "" or "/orders/3"."""

    at: str
    source: str
    id: str
    body: OrderBody | ActivityBody

    @property
    def key(self) -> tuple[int, str]:
        """Its kind and its key in the ledger."""
        kind = KIND_ACTIVITY if isinstance(self.body, ActivityBody) else KIND_ORDER
        return kind, order_key(self.source, self.id)


class Asked(Struct, frozen=True):
    """A request: one thing, or a batch of which each is kept or refused by itself.

    It is answered in its `language`; "": in the one that is active.
    """

    sort: Sort
    given: tuple[Given, ...]
    is_batch: bool
    language: str = ""

    def keys(self) -> Iterator[tuple[int, str]]:
        return (one.key for one in self.given)

    @property
    def size(self) -> int:
        return len(self.given)


def speaking(language: str) -> AbstractContextManager[None]:
    """In this language, or as it is with ""."""
    if not language:
        return nullcontext()
    return translation.override(language)  # type: ignore[return-value]


def refused(given: Given, problem: Problem) -> dict[str, Any]:
    """In a batch everything that may be said has its place, also where nothing is said."""
    told = {**NOTHING_SAID, **problem.document()}
    told["errors"] = [{"pointer": None, "parameter": None, **fault} for fault in problem.faults_told()] or None
    return {"source": given.source, "id": given.id, "outcome": "refused", "problem": told, "member": None}
