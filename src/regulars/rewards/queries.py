"""Readings of codes and issued rewards: frozen values out."""

from collections.abc import Iterator

from regulars.rewards import secrecy
from regulars.rewards.actions.batches import printed
from regulars.rewards.models import Batch, Code


def codes_of(program_id: int, batch_id: int) -> Iterator[str]:
    """Every code of a batch as it is printed, in order; "" where it is not known any more, or never was."""
    batch = Batch.objects.get(program_id=program_id, id=batch_id)
    for code in Code.objects.filter(batch=batch).order_by("number").iterator(10_000):
        known = bytes(code.mark)
        if code.sealed is not None:
            yield secrecy.unseal(program_id, bytes(code.sealed), known)
        else:
            yield printed(batch, code.number, known)
