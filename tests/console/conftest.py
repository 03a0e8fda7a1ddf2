"""A small tea house, and people of its staff who have signed in."""

import time
from pathlib import Path

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str
from django.test import Client
from pytest_django import Settings

from regulars.access.actions import create_staff
from regulars.access.models import Staff
from regulars.programs.queries import Published
from tests.rewarded import open_rewarded
from tests.rewards.guesses import forget_guesses
from tests.teahouse import open_teahouse

CUSTOMERS = 16


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """A folder of one's own: figures that one test worked out are none of the next one's."""
    settings.DATA_FOLDER = tmp_path


@pytest.fixture
def teahouse(db: None) -> Published:
    return open_teahouse(CUSTOMERS)


@pytest.fixture
def rewarded(db: None) -> Published:
    """The tea house with rewards, of which everything has happened once."""
    forget_guesses()
    return open_rewarded(CUSTOMERS)


def signed_in(role: str, username: str = "") -> Client:
    """A browser of somebody with that role who came in just now, and is called as it unless said."""
    username = username or role
    staff = Staff.objects.filter(username=username).first()
    client = Client()
    staff = staff or create_staff(username, "a password of some length", role, name=username.title())
    client.force_login(staff)
    came_in(client, staff, time.time())
    return client


def came_in(client: Client, staff: Staff, at: float) -> None:
    """As if they had said who they are then."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(staff)
    session.save()


@pytest.fixture
def owner(db: None) -> Client:
    return signed_in("owner")


@pytest.fixture
def cashier(db: None) -> Client:
    return signed_in("cashier")


@pytest.fixture
def desk(db: None) -> Client:
    return signed_in("service_desk")
