"""Owner and application are two roles, in tests as in production."""

import pytest
from django.db import ProgrammingError, connection


@pytest.mark.django_db
def test_the_application_is_not_the_owner():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, usesuper FROM pg_user WHERE usename = current_user")
        assert cursor.fetchone() == ("regulars_app", False)


@pytest.mark.django_db
def test_the_application_makes_no_tables():
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("CREATE TABLE intruder ()")


@pytest.mark.django_db
def test_the_application_empties_no_tables():
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("TRUNCATE access_staff CASCADE")
