"""Who may sign in, and the keys of machines."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from regulars.access.permissions import ROLES


class Staff(AbstractUser):
    """A person who signs in to the console."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.TextField(blank=True)
    role = models.CharField(max_length=20, choices=[(role, role) for role in ROLES], default="analyst")
    # Sessions begun under a lower number are over.
    era = models.PositiveIntegerField(default=0, db_default=0)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=list(ROLES)), name="access_staff_role_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def permissions(self) -> frozenset[str]:
        return ROLES[self.role] if self.is_active else frozenset()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What Django compares at each request: another password ends sessions, and so does another era."""
        of_password: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]  # not in the stubs
        return f"{of_password}.{self.era}" if self.era else of_password


class ApiKey(models.Model):
    """A machine's key to one program. The key itself is shown once and never kept."""

    program_id = models.IntegerField()
    prefix = models.CharField(max_length=8, unique=True)
    hash = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=40))
    name = models.TextField()
    made_at = models.DateTimeField(db_default=models.functions.Now())
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} (rk_{self.prefix}…)"


class Policy(models.Model):
    """What holds for everybody who signs in: one row, or none as long as nobody chose.

    `grave` are the roles that give away what the shop pays for, or decide who may.
    """

    WHO: ClassVar = ("nobody", "grave", "everyone")

    id = models.SmallIntegerField(primary_key=True, default=1)
    second_factor = models.CharField(max_length=10, default="nobody")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="access_policy_one"),
            models.CheckConstraint(
                condition=models.Q(second_factor__in=("nobody", "grave", "everyone")),
                name="access_policy_second_factor",
            ),
        ]

    def __str__(self) -> str:
        return f"second step: {self.second_factor}"


class Change(models.Model):
    """Who changed what has no row of its own that says so: a key made or revoked, a person let in, given another role,
    shut out, how somebody signs in, how pages look, a draft begun; and who took or erased what is held about a member.

    Only added to, which the database sees to.

    `about` is `key:PREFIX`, `staff:NUMBER`, `member:ID`, `program:ID` or `policy:second_factor`; `before` and `after`
    hold what differs, never a secret. `program_id` is that of a member; staff are everybody's. `number` is that of the
    form, so that one that is sent twice acts once.
    """

    number = models.UUIDField(unique=True)
    about = models.TextField()
    what = models.CharField(max_length=20)
    actor = models.TextField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    program_id = models.IntegerField(null=True)
    at = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return f"{self.about} {self.what}"
