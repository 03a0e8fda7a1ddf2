"""A small tea house, and people of its staff who have signed in."""

import pytest
from django.test import Client

from regulars.access.actions import create_staff
from regulars.access.models import Staff
from regulars.programs.queries import Published
from tests.rewarded import open_rewarded
from tests.rewards.guesses import forget_guesses
from tests.teahouse import open_teahouse

CUSTOMERS = 16


@pytest.fixture
def teahouse(db: None) -> Published:
    return open_teahouse(CUSTOMERS)


@pytest.fixture
def rewarded(db: None) -> Published:
    """The tea house with rewards, of which everything has happened once."""
    forget_guesses()
    return open_rewarded(CUSTOMERS)


def signed_in(role: str, username: str = "") -> Client:
    """A browser of somebody with that role, who is called as it unless said."""
    username = username or role
    staff = Staff.objects.filter(username=username).first()
    client = Client()
    client.force_login(staff or create_staff(username, "a password of some length", role, name=username.title()))
    return client


@pytest.fixture
def owner(db: None) -> Client:
    return signed_in("owner")


@pytest.fixture
def cashier(db: None) -> Client:
    return signed_in("cashier")


@pytest.fixture
def desk(db: None) -> Client:
    return signed_in("service_desk")
