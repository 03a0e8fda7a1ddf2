"""What the import remembers, so that it can be stopped at any point and started again."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class ImportRun(models.Model):
    """One file read with one mapping into one program; the same file with the same mapping is the same run."""

    program_id = models.IntegerField()
    file_name = models.TextField()
    file_digest = models.CharField(max_length=64)
    mapping_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    # What the file's lines are, as counts that add up to them (reading.counting).
    counts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program_id", "file_digest", "mapping_digest"], name="intake_importrun_same"
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportPart(models.Model):
    """How far one part of the customers is. Written in the same transaction as the orders it counts."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="parts")
    part = models.SmallIntegerField()
    position = models.BigIntegerField(default=0)
    orders_recorded = models.BigIntegerField(default=0)
    orders_known = models.BigIntegerField(default=0)
    orders_refused = models.BigIntegerField(default=0)
    lines_recorded = models.BigIntegerField(default=0)
    lines_known = models.BigIntegerField(default=0)
    lines_refused = models.BigIntegerField(default=0)
    refunds_recorded = models.BigIntegerField(default=0)
    refunds_known = models.BigIntegerField(default=0)
    refunds_refused = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "part"], name="intake_importpart_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.part}"


class ImportRefusal(models.Model):
    """An order or refund of the file that the ledger refused, and the line it begins on."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refusals")
    line = models.BigIntegerField()
    key = models.TextField()
    code = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.line} {self.code}"
