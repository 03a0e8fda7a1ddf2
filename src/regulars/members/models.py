"""Who the members are; what they have is the ledger's."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q


class Member(models.Model):
    """Who a member is. What a member has is in the ledger, under the same random id, and names nobody.

    A customer whom we know only from orders is kept here too: `joined_at` is empty until they enrol. The columns
    `words` and `label`, made by a migration, are what lists search and sort by.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program_id = models.IntegerField()
    external_id = models.TextField(blank=True, db_default="", db_collation="C")
    card = models.TextField(blank=True, db_default="", db_collation="C")
    name = models.TextField(blank=True, db_default="")
    email = models.TextField(blank=True, db_default="")
    phone = models.TextField(blank=True, db_default="")
    language = models.CharField(max_length=10, blank=True, db_default="")
    joined_at = models.DateTimeField(null=True)
    # Invented for a demonstration or a load test, never a real person.
    made = models.BooleanField(db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "program_id", "external_id", condition=~Q(external_id=""), name="members_member_external_id"
            ),
            models.UniqueConstraint("program_id", "card", condition=~Q(card=""), name="members_member_card"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id or str(self.id)


class Trace(models.Model):
    """The mark of something that a member uses: of two members with the same one, one may not have brought the other.

    A mark is keyed with the installation's secret, and goes with the member.
    """

    KINDS: ClassVar = ("address", "card", "device")

    member = models.ForeignKey(Member, models.CASCADE)
    kind = models.TextField()
    mark = models.TextField(db_collation="C")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("member", "kind", "mark", name="members_trace_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark[:8]}"
