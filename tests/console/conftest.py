"""A small tea house, and people of its staff who have signed in."""

import pytest
from django.test import Client

from regulars.access.actions import create_staff
from regulars.access.models import Staff
from regulars.programs.queries import Published
from tests.teahouse import open_teahouse

CUSTOMERS = 16


@pytest.fixture
def teahouse(db: None) -> Published:
    return open_teahouse(CUSTOMERS)


def signed_in(role: str) -> Client:
    """A browser of somebody with that role."""
    staff = Staff.objects.filter(username=role).first()
    client = Client()
    client.force_login(staff or create_staff(role, "a password of some length", role, name=role.title()))
    return client


@pytest.fixture
def owner(db: None) -> Client:
    return signed_in("owner")


@pytest.fixture
def cashier(db: None) -> Client:
    return signed_in("cashier")
