"""What was answered under an Idempotency-Key, so that a repeated request gets the same answer."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Answer(models.Model):
    """Written in the transaction of what it answers. `fingerprint` tells whether a repeat asks the same."""

    program_id = models.IntegerField()
    key = models.CharField(max_length=100)
    fingerprint = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    body = models.JSONField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("program_id", "key", name="api_answer_key")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
