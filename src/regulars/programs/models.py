"""Programs, the documents they were published as, and those that somebody still works on."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Program(models.Model):
    """A shop's loyalty program. `clock_offset_us` above or below zero makes it live in another time (a test clock).

    With `four_eyes` nobody publishes what they wrote themselves. `accent` is the colour of its pages.
    """

    ACCENTS: ClassVar = ("jade", "teal", "indigo", "plum", "graphite")

    slug = models.SlugField(unique=True)
    name = models.JSONField()
    clock_offset_us = models.BigIntegerField(default=0)
    four_eyes = models.BooleanField(db_default=False)
    accent = models.CharField(max_length=10, db_default="jade")
    made_at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return self.slug


class ProgramVersion(models.Model):
    """A document as it was published; never edited, since old orders are read by it for ever.

    `published_at` is by the program's clock. `written_by` are all who had a hand in it, `note` says why it was made.
    `stories` are those that it was tested with.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    document = models.TextField()
    starts_at = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.TextField()
    written_by = ArrayField(models.TextField(), db_default=[])
    note = models.TextField(db_default="")
    stories = models.TextField(db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("program", "number", name="programs_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.number}"


class ProgramDraft(models.Model):
    """A document on its way to the next version. It may be wrong while it is written.

    `edition` counts its changes: whoever saves says which edition they saw. `based_on` is the version whose difference
    to it was last looked at. `starts_at` is when it should be in force; null: as soon as it may. `stories` test it;
    who wrote them is no author of it.
    """

    DRAFT, REVIEW, PUBLISHED, WITHDRAWN = "draft", "review", "published", "withdrawn"
    STATES = (DRAFT, REVIEW, PUBLISHED, WITHDRAWN)
    OPEN = (DRAFT, REVIEW)

    program = models.ForeignKey(Program, models.CASCADE, related_name="drafts")
    document = models.TextField()
    note = models.TextField(default="")
    stories = models.TextField(db_default="")
    based_on = models.IntegerField()
    state = models.CharField(max_length=9, default=DRAFT)
    edition = models.IntegerField(default=1)
    written_by = ArrayField(models.TextField())
    answer = models.TextField(default="")
    answered_by = models.TextField(default="")
    starts_at = models.DateTimeField(null=True)
    version = models.ForeignKey(ProgramVersion, models.PROTECT, null=True)
    made_at = models.DateTimeField(db_default=models.functions.Now())
    changed_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "review", "published", "withdrawn")),
                name="programs_draft_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} draft {self.pk}"


class TwoPeople(models.Model):
    """Who said, and when, whether a version needs two people; only added to.

    Asked for only, where somebody else must agree that one is enough.
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="two_people")
    required = models.BooleanField()
    is_asked = models.BooleanField(db_default=False)
    said_by = models.TextField()
    said_at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return f"{self.program} {self.required}"
