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
    # When they last showed that they read letters at this address; anybody may have said it before.
    proven_at = models.DateTimeField(null=True)
    # What friends come by who were invited: no id, so that it leads nowhere once the member is forgotten.
    invitation = models.TextField(blank=True, db_default="", db_collation="C")
    # Invented for a demonstration or a load test, never a real person.
    made = models.BooleanField(db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "program_id", "external_id", condition=~Q(external_id=""), name="members_member_external_id"
            ),
            models.UniqueConstraint("program_id", "card", condition=~Q(card=""), name="members_member_card"),
            models.UniqueConstraint(
                "program_id", "invitation", condition=~Q(invitation=""), name="members_member_invitation"
            ),
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
    """A code that was sent to an address, for the browser that asked: whoever reads letters there comes in by it.

    All are kept as marks: of the browser's `token`, the `address`, the `client` that asked, and the code, good `until`
    then. `tries` counts wrong answers; `proven_at` is when the right one came.
    """

    token = models.TextField(primary_key=True, db_collation="C")
    program_id = models.IntegerField()
    address = models.TextField(db_collation="C")
    client = models.TextField(db_collation="C")
    code = models.TextField(db_collation="C")
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    tries = models.IntegerField(db_default=0)
    proven_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index("address", "made_at", name="members_signin_address"),
            models.Index("client", "made_at", name="members_signin_client"),
            models.Index("made_at", name="members_signin_made"),
        ]

    def __str__(self) -> str:
        return self.token[:8]


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


class Note(models.Model):
    """What the staff wrote about a member, by whom (`person:NUMBER`) and when; goes with the member.

    One that is wrong is struck out, and says by whom and when; it is not edited. `number` is that of the form.
    """

    LONGEST: ClassVar = 1_000

    number = models.UUIDField(unique=True)
    member = models.ForeignKey(Member, models.CASCADE)
    words = models.TextField()
    author = models.TextField()
    at = models.DateTimeField()
    struck_by = models.TextField(blank=True, db_default="")
    struck_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index("member", "id", name="members_note_of")]

    def __str__(self) -> str:
        return f"{self.author} {self.at:%Y-%m-%d}"
