"""Staff: who signs in to the console."""

from django.contrib.auth.models import AbstractUser


class Staff(AbstractUser):
    pass
