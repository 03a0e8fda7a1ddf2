from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from regulars.access import actions, changing
from regulars.access.models import Staff
from regulars.access.permissions import PERMISSIONS, ROLES, SCOPES

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk to the shop"


def test_the_vocabulary_is_in_alphabetical_order() -> None:
    assert list(PERMISSIONS) == sorted(PERMISSIONS)
    assert list(SCOPES) == sorted(set(SCOPES) & set(PERMISSIONS))
    assert all(granted <= set(PERMISSIONS) for granted in ROLES.values())


def test_a_person_has_the_permissions_of_the_role() -> None:
    staff = actions.create_staff("mei", PASSWORD, "service_desk", name="Mei")
    assert staff.check_password(PASSWORD)
    assert staff.permissions == ROLES["service_desk"]
    assert str(staff) == "Mei"


def test_whoever_has_left_has_none() -> None:
    staff = actions.create_staff("mei", PASSWORD, "owner")
    staff.is_active = False
    assert staff.permissions == frozenset()


def test_a_role_that_does_not_exist_is_refused_twice() -> None:
    with pytest.raises(ValueError, match="wizard"):
        actions.create_staff("mei", PASSWORD, "wizard")
    with pytest.raises(IntegrityError), transaction.atomic():
        Staff.objects.create(username="mei", role="wizard")
    assert not Staff.objects.exists()


def test_a_new_password_replaces_the_old_one() -> None:
    actions.create_staff("mei", PASSWORD, "owner")
    another = changing.new_password_of("mei", "terminal", uuid4())
    staff = Staff.objects.get()
    assert staff.check_password(another)
    assert not staff.check_password(PASSWORD)
