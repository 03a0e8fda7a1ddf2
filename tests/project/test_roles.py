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
@pytest.mark.parametrize("table", ["access_change", "programs_twopeople", "rewards_deed", "segments_segmentchange"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_application_rewrites_nothing_of_what_people_did(table: str, act: str):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(act.format(table))


@pytest.mark.django_db
def test_the_application_empties_no_tables():
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("TRUNCATE access_staff CASCADE")
