"""Who the members are; what they have is the ledger's."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper


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
        indexes: ClassVar = [
            models.Index("program_id", Upper("email"), condition=~Q(email=""), name="members_member_email")
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


class SignInCode(models.Model):
    """A code that was sent to an address so that whoever reads letters there can come in. Both are kept as marks.

    `asked` counts the codes sent since `since`, `tries` the wrong answers to the newest, good `until` then.
    """

    pk = models.CompositePrimaryKey("program_id", "address")
    program_id = models.IntegerField()
    address = models.TextField(db_collation="C")
    code = models.TextField(db_collation="C")
    until = models.DateTimeField()
    tries = models.IntegerField(db_default=0)
    asked = models.IntegerField(db_default=1)
    since = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("until", name="members_signin_until")]

    def __str__(self) -> str:
        return self.address[:8]


class Pass(models.Model):
    """What lets a member in without a code: a `link` from the shop, good once, or a `visit` of a browser. Goes with the
    member."""

    KINDS: ClassVar = ("link", "visit")

    mark = models.TextField(primary_key=True, db_collation="C")
    member = models.ForeignKey(Member, models.CASCADE)
    kind = models.TextField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("until", name="members_pass_until")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark[:8]}"


class Consent(models.Model):
    """What a member agreed to or no longer agrees to: in which words, and when. The newest of a kind holds; only added
    to, and goes with the member."""

    KINDS: ClassVar = ("news", "terms")

    member = models.ForeignKey(Member, models.CASCADE)
    kind = models.TextField()
    version = models.IntegerField()
    words = models.TextField()
    given = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("member", "kind", "id", name="members_consent_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.given}"
