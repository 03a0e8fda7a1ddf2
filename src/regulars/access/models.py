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
