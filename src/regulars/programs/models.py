"""Programs and the documents they were published as."""

from typing import ClassVar

from django.db import models


class Program(models.Model):
    """A shop's loyalty program. `clock_offset_us` above or below zero makes it live in another time (a test clock)."""

    slug = models.SlugField(unique=True)
    name = models.JSONField()
    clock_offset_us = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return self.slug


class ProgramVersion(models.Model):
    """A document as it was published; never edited, since old orders are read by it for ever.

    `published_at` is by the program's clock.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    document = models.TextField()
    starts_at = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("program", "number", name="programs_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.number}"
