"""Segments, what was changed about them, and how many were in them. Who is in which is kept by traits and standings."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Segment(models.Model):
    """A named set of members. `key` is what programs call it, for ever; `tells` says that they may: then who is in it
    is recorded as facts. What is archived has nobody in it any more."""

    program_id = models.IntegerField()
    key = models.TextField(db_collation="C")
    name = models.TextField()
    definition = models.JSONField()
    tells = models.BooleanField(db_default=False)
    edition = models.IntegerField(db_default=1)
    archived_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_default=Now())
    # How many were in it when it was last counted, and as which edition.
    size = models.IntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    counted_edition = models.IntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("program_id", "key", name="segments_segment_key")]

    def __str__(self) -> str:
        return self.name


class SegmentChange(models.Model):
    """Who changed what of a segment; `before` and `after` hold what differs. Only added to. `number` is that of the
    form, so that one that is sent twice acts once."""

    number = models.UUIDField(unique=True)
    segment = models.ForeignKey(Segment, models.CASCADE)
    what = models.CharField(max_length=20)
    actor = models.TextField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.segment_id} {self.what}"


class SegmentSize(models.Model):
    """How many were in a segment on a local day, as it was last counted on it."""

    segment = models.ForeignKey(Segment, models.CASCADE)
    day = models.DateField()
    members = models.IntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("segment", "day", name="segments_size_day")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.day} {self.members}"
